"""Addresses of texts for notes."""

from __future__ import annotations

from django.urls import path

from sessions.text_blocks import views

app_name = "text_blocks"

urlpatterns = [
    path("texts/", views.listed, name="list"),
    path("texts/new/", views.edit, name="new"),
    path("texts/<uuid:public_id>/", views.edit, name="block"),
    path("texts/<uuid:public_id>/retire/", views.retire, name="retire"),
    path("texts/<uuid:public_id>/bring-back/", views.bring_back, name="bring_back"),
]
