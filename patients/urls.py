"""Addresses of the record that every member of the staff may open."""

from __future__ import annotations

from django.urls import path

from patients import views

app_name = "patients"

urlpatterns = [
    path("patients/<uuid:patient_id>/contact/", views.edit, name="edit"),
]
