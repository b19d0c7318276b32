from __future__ import annotations

from django.apps import AppConfig


class PointSetsConfig(AppConfig):
    name = "sessions.point_sets"
    label = "point_sets"
    verbose_name = "Point sets"
    default_auto_field = "django.db.models.BigAutoField"
