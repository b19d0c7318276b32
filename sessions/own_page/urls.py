"""The patients' pages below /p/, to which their cookie is limited, and the acts of staff for them."""

from __future__ import annotations

from django.urls import path

from sessions.own_page.views import link, mails, page, staff

app_name = "own_page"
urlpatterns = [
    path("p/", page.home, name="home"),
    path("p/birth-date/", link.birth_date, name="birth_date"),
    path("p/new-link/", link.new_link, name="new_link"),
    path("p/leave/", link.leave, name="leave"),
    path("p/visit/", page.visit, name="visit"),
    path("p/visits/<uuid:visit_id>/", page.one_visit, name="one_visit"),
    path("p/card/", page.card, name="card"),
    path("p/dates.ics", page.calendar, name="calendar"),
    path("p/mails/", mails.mails, name="mails"),
    path("p/mails/kept/", mails.mails_kept, name="mails_kept"),
    path("p/<str:token>/", link.open_link, name="open"),
    path("patients/<uuid:patient_id>/own-page/", staff.send_link, name="send_link"),
    path("patients/<uuid:patient_id>/own-page/code/", staff.code, name="staff_code"),
    path("patients/<uuid:patient_id>/dates/", staff.card, name="staff_card"),
]
