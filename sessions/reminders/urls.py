"""Addresses of the ledger."""

from __future__ import annotations

from django.urls import path

from sessions.reminders import views

app_name = "reminders"

urlpatterns = [
    path("reminders/", views.shown, name="ledger"),
    path("reminders/pause/", views.pause, name="pause"),
    path("reminders/resume/", views.resume, name="resume"),
    path("reminders/<uuid:public_id>/", views.letter, name="letter"),
    path("reminders/<uuid:public_id>/send-again/", views.send_again, name="send_again"),
    path("reminders/<uuid:public_id>/leave/", views.leave, name="leave"),
    path("reminders/<uuid:public_id>/send-now/", views.send_now, name="send_now"),
]
