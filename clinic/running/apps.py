from __future__ import annotations

from django.apps import AppConfig


class RunningConfig(AppConfig):
    """The two commands, their processes, and the pages that machines ask for."""

    name = "clinic.running"
    label = "running"
