"""Addresses of the front desk."""

from __future__ import annotations

from django.urls import path

from sessions.desk.views import board, check_in_here, intake_link, move, new_visit, patient, search

app_name = "desk"

urlpatterns = [
    path("", board.home, name="home"),
    path("today/", board.board, name="board"),
    path("today/news/", board.news, name="news"),
    path("visits/new/", new_visit.new_visit, name="new_visit"),
    path("visits/new/times/", new_visit.times, name="times"),
    path("visits/new/known/", new_visit.known, name="known"),
    path("visits/<uuid:visit_id>/arrive/", board.arrive, name="arrive"),
    path("visits/<uuid:visit_id>/check-in/", check_in_here.check_in_here, name="check_in_here"),
    path("visits/<uuid:visit_id>/cancel/", board.cancel, name="cancel"),
    path("visits/<uuid:visit_id>/miss/", board.miss, name="miss"),
    path("visits/<uuid:visit_id>/move/", move.move, name="move"),
    path("visits/<uuid:visit_id>/undo/<slug:state>/", board.undo, name="undo"),
    path("patients/", search.search, name="search"),
    path("patients/<uuid:patient_id>/", patient.patient, name="patient"),
    path("patients/<uuid:patient_id>/intake-link/", intake_link.intake_link, name="intake_link"),
]
