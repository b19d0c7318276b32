"""The address of the private note of a patient."""

from __future__ import annotations

from django.urls import path

from sessions.private_notes import views

app_name = "private_notes"

urlpatterns = [path("patients/<uuid:patient_id>/private-note/", views.private_note, name="note")]
