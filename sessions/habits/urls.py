"""Addresses of the needles."""

from __future__ import annotations

from django.urls import path

from sessions.habits import views

app_name = "habits"

urlpatterns = [
    path("needles/", views.needles, name="needles"),
    path("needles/<uuid:public_id>/finish/", views.finish, name="finish"),
    path("needles/<uuid:public_id>/use/", views.use, name="use"),
]
