"""The patients' pages below /i/, to which their cookie is limited, and the practitioners' page of an intake."""

from __future__ import annotations

from django.urls import path

from patients.intake.views import check_in, form, link, questionnaires, staff

app_name = "intake"
urlpatterns = [
    path("settings/questionnaires/", questionnaires.questionnaires, name="questionnaires"),
    path("i/form/", form.resume, name="resume"),
    path("i/form/<int:step>/", form.step, name="step"),
    path("i/birth-date/", link.birth_date, name="birth_date"),
    path("i/please-read/", form.please_read, name="please_read"),
    path("i/sent/", form.sent, name="sent"),
    path("i/new-link/", link.new_link, name="new_link"),
    path("i/check-in/", check_in.fill_in, name="check_in"),
    path("i/check-in/please-read/", check_in.please_read, name="check_in_please_read"),
    path("i/check-in/sent/", check_in.sent, name="check_in_sent"),
    path("i/check-in/<str:token>/", check_in.begin, name="check_in_begin"),
    path("i/<str:token>/", link.begin, name="begin"),
    path("patients/<uuid:public_id>/intake/", staff.reading, name="reading"),
    path("patients/<uuid:public_id>/check-in/", check_in.reading, name="check_in_reading"),
    path("patients/<uuid:public_id>/intake/confirm/", staff.confirm, name="confirm"),
]
