"""Addresses of courses."""

from __future__ import annotations

from django.urls import path

from sessions.checkpoint import views

app_name = "courses"

urlpatterns = [
    path("courses/<uuid:course_id>/", views.course, name="course"),
    path("courses/<uuid:course_id>/plan/", views.change, {"name": "plan"}, name="plan"),
    path("courses/<uuid:course_id>/extend/", views.change, {"name": "extend"}, name="extend"),
    path("courses/<uuid:course_id>/end/", views.change, {"name": "end"}, name="end"),
    path("courses/<uuid:course_id>/reopen/", views.change, {"name": "reopen"}, name="reopen"),
    path("courses/<uuid:course_id>/checkpoint/", views.decide, name="decide"),
]
