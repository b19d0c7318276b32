"""Addresses of the note."""

from __future__ import annotations

from django.urls import path

from sessions import views

app_name = "treatments"

urlpatterns = [
    path("visits/<uuid:visit_id>/note/", views.start, name="start"),
    path("notes/", views.unsigned, name="unsigned"),
    path("notes/<uuid:note_id>/", views.note, name="note"),
    path("notes/<uuid:note_id>/save/", views.save, name="save"),
    path("notes/<uuid:note_id>/points/", views.points, name="points"),
    path("notes/<uuid:note_id>/flags/", views.answer_flag, name="answer_flag"),
    path("notes/<uuid:note_id>/of-today/", views.fact_of_today, name="fact_of_today"),
    path("notes/<uuid:note_id>/sign/", views.sign, name="sign"),
    path("notes/<uuid:note_id>/habit/", views.keep_habit, name="keep_habit"),
    path("notes/<uuid:note_id>/consent/", views.consent, name="consent"),
    path("notes/<uuid:note_id>/addenda/", views.addendum, name="addendum"),
]
