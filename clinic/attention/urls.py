"""The list of what a practitioner must see."""

from __future__ import annotations

from django.urls import path

from clinic.attention import views

app_name = "attention"
urlpatterns = [
    path("attention/", views.waiting, name="list"),
    path("attention/<uuid:public_id>/seen/", views.seen, name="seen"),
]
