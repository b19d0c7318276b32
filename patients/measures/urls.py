"""Addresses of measures: the settings, and the values of a patient."""

from __future__ import annotations

from django.urls import path

from patients.measures.views import settings, values

app_name = "measures"

urlpatterns = [
    path("settings/measures/", settings.measures, name="list"),
    path("settings/measures/new/", settings.measure, name="new"),
    path("settings/measures/<uuid:public_id>/", settings.measure, name="measure"),
    path("patients/<uuid:public_id>/measures/", values.values, name="values"),
    path("patients/<uuid:public_id>/measures/<uuid:value_id>/wrong/", values.take_back, name="take_back"),
]
