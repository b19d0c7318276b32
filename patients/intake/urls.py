"""The patients' pages below /i/, to which their cookie is limited, and the practitioners' page of an intake."""

from __future__ import annotations

from django.urls import path

from patients.intake.views import (
    asked,
    asking,
    check_in,
    form,
    keeping,
    link,
    paper,
    photos,
    questionnaires,
    staff,
    tablet,
)

app_name = "intake"
urlpatterns = [
    path("settings/questionnaires/", questionnaires.questionnaires, name="questionnaires"),
    path("i/form/", form.resume, name="resume"),
    path("i/form/<int:step>/", form.step, name="step"),
    path("i/form/<int:step>/keep/", keeping.keep, name="keep"),
    path("i/form/<int:step>/choose/", keeping.choose, name="choose"),
    path("i/tablet/", tablet.rest, name="rest"),
    path("i/tablet/end/", tablet.end, name="end"),
    path("i/birth-date/", link.birth_date, name="birth_date"),
    path("i/please-read/", form.please_read, name="please_read"),
    path("i/sent/", form.sent, name="sent"),
    path("i/new-link/", link.new_link, name="new_link"),
    path("i/check-in/", check_in.fill_in, name="check_in"),
    path("i/check-in/please-read/", check_in.please_read, name="check_in_please_read"),
    path("i/check-in/sent/", check_in.sent, name="check_in_sent"),
    path("i/check-in/<str:token>/", check_in.begin, name="check_in_begin"),
    path("i/asked/", asked.fill_in, name="asked"),
    path("i/asked/please-read/", asked.please_read, name="asked_please_read"),
    path("i/asked/sent/", asked.sent, name="asked_sent"),
    path("i/asked/<str:token>/", asked.begin, name="asked_begin"),
    path("i/<str:token>/", link.begin, name="begin"),
    path("patients/<uuid:public_id>/intake/", staff.reading, name="reading"),
    path("patients/<uuid:public_id>/intake/paper/", paper.printed, name="paper"),
    path("patients/<uuid:public_id>/intake/enter/", paper.begin, name="begin_entering"),
    path("patients/<uuid:public_id>/intake/enter/<int:step>/", paper.enter, name="enter"),
    path("patients/<uuid:public_id>/intake/tablet/", tablet.open_here, name="open_here"),
    path("patients/<uuid:public_id>/intake/photo/<uuid:photo_id>/", photos.photo, name="photo"),
    path("patients/<uuid:public_id>/check-in/", check_in.reading, name="check_in_reading"),
    path("patients/<uuid:public_id>/intake/confirm/", staff.confirm, name="confirm"),
    path("patients/<uuid:public_id>/intake/read/", staff.read, name="read"),
    path("patients/<uuid:public_id>/intake/correct/", staff.correct, name="correct"),
    path("patients/<uuid:public_id>/ask/", asking.ask, name="ask"),
    path("patients/<uuid:public_id>/asked/", asking.reading, name="asked_reading"),
    path("patients/<uuid:public_id>/asked/code/", asking.code, name="asked_code"),
    path("patients/<uuid:public_id>/asked/read/", asking.read, name="asked_read"),
]
