"""Addresses of the history and of what leaves the house on paper."""

from __future__ import annotations

from django.urls import path

from sessions.history import views

app_name = "history"

urlpatterns = [
    path("patients/<uuid:patient_id>/history/", views.history, name="history"),
    path("patients/<uuid:patient_id>/history/pdf/", views.history_pdf, name="history_pdf"),
    path("patients/<uuid:patient_id>/places/", views.places, name="places"),
    path("notes/<uuid:note_id>/pdf/", views.note_pdf, name="note_pdf"),
]
