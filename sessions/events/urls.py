"""Addresses of adverse events."""

from __future__ import annotations

from django.urls import path

from sessions.events import views

app_name = "events"

urlpatterns = [
    path("notes/<uuid:note_id>/events/", views.from_note, name="from_note"),
    path("notes/<uuid:note_id>/events/check-in/", views.from_check_in, name="from_check_in"),
    path("events/<uuid:event_id>/", views.event, name="event"),
    path("events/<uuid:event_id>/follow-up/", views.follow_up, name="follow_up"),
]
