"""Addresses of the needle clocks and of calls for help."""

from __future__ import annotations

from django.urls import path

from sessions.clock import views

app_name = "clock"

urlpatterns = [
    path("clocks/", views.heard, name="heard"),
    path("clocks/door/", views.door, name="door"),
    path("notes/<uuid:note_id>/clock/", views.clock_page, name="clock"),
    path("notes/<uuid:note_id>/clock/in/", views.into, name="in"),
    path("notes/<uuid:note_id>/clock/stop/", views.stop, name="stop"),
    path("notes/<uuid:note_id>/clock/out/", views.out, name="out"),
    path("notes/<uuid:note_id>/help/", views.call_help, name="help"),
    path("help/<uuid:call_id>/", views.call, name="call"),
    path("help/<uuid:call_id>/heard/", views.hear, name="hear"),
    path("help/<uuid:call_id>/take-over/", views.take_over, name="take_over"),
    path("help/<uuid:call_id>/end/", views.end_call, name="end"),
]
