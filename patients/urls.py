"""Addresses of the record that every member of the staff may open."""

from __future__ import annotations

from django.urls import path

from patients import fact_views, views

app_name = "patients"

urlpatterns = [
    path("patients/<uuid:patient_id>/contact/", views.edit, name="edit"),
    path("patients/<uuid:patient_id>/safety/", fact_views.facts, name="facts"),
    path("patients/<uuid:patient_id>/safety/end/", fact_views.end, name="end_fact"),
]
