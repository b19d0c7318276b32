from __future__ import annotations

from django.urls import path

from clinic.opening.views import mail, settings, setup, steps, texts

app_name = "opening"

urlpatterns = [
    path("setup/", setup.home, name="home"),
    path("setup/step/owner/", setup.owner, name="step_owner"),
    path("setup/step/practice/", steps.practice, name="step_practice"),
    path("setup/step/mail/", steps.mail, name="step_mail"),
    path("setup/step/worry/", steps.worry, name="step_worry"),
    path("setup/step/practitioner/", steps.practitioner, name="step_practitioner"),
    path("setup/step/service/", steps.service, name="step_service"),
    path("setup/step/hours/", steps.hours, name="step_hours"),
    path("setup/<str:token>/", setup.set_up, name="set_up"),
    path("mail-test/<uuid:public_id>/<str:token>/", mail.press, name="press"),
    path("settings/", settings.settings, name="settings"),
    path("settings/practice/", settings.practice, name="practice"),
    path("settings/courses/", settings.courses, name="courses"),
    path("settings/mail/", settings.mail, name="mail"),
    path("settings/mail/again/", mail.send_again, name="mail_again"),
    path("settings/mail/status/", mail.status, name="mail_status"),
    path("settings/worry/", texts.worry, name="worry"),
    path("settings/worry/<slug:language>/", texts.worry, name="worry_in"),
    path("settings/languages/", texts.offered, name="languages"),
    path("settings/consents/<slug:consent>/<slug:language>/", texts.consent, name="consent"),
    path("settings/rooms/", settings.rooms, name="rooms"),
    path("settings/rooms/new/", settings.room, name="new_room"),
    path("settings/rooms/<uuid:public_id>/", settings.room, name="room"),
    path("settings/services/", settings.services, name="services"),
    path("settings/services/new/", settings.service, name="new_service"),
    path("settings/services/<uuid:public_id>/", settings.service, name="service"),
]
