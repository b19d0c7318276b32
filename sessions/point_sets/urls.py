"""Addresses of point sets and of the look-up of points."""

from __future__ import annotations

from django.urls import path

from sessions.point_sets import views

app_name = "point_sets"

urlpatterns = [
    path("points/find/", views.find, name="find"),
    path("points/sets/", views.listed, name="list"),
    path("points/sets/new/", views.edit, name="new"),
    path("points/sets/<uuid:public_id>/", views.edit, name="set"),
    path("points/sets/<uuid:public_id>/retire/", views.retire, name="retire"),
    path("points/sets/<uuid:public_id>/bring-back/", views.bring_back, name="bring_back"),
    path("points/side/", views.side, name="side"),
]
