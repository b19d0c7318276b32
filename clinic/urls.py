"""Every address of the house. Rooms bring their own; order matters only for the root."""

from __future__ import annotations

from django.urls import include, path

from clinic.running import answers, health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("accounts/", include("clinic.staff.switched_off")),
    path("accounts/", include("allauth.urls")),
    path("dev/", include("clinic.inbox.urls")),
    path("", include("clinic.opening.urls")),
    path("", include("clinic.staff.urls")),
    path("", include("clinic.attention.urls")),
    path("", include("patients.intake.urls")),
    path("", include("patients.measures.urls")),
    path("", include("patients.urls")),
    path("", include("sessions.desk.urls")),
    path("", include("sessions.urls")),
    path("", include("sessions.point_sets.urls")),
    path("", include("sessions.text_blocks.urls")),
    path("", include("sessions.habits.urls")),
    path("", include("sessions.checkpoint.urls")),
    path("", include("sessions.clock.urls")),
    path("", include("sessions.events.urls")),
    path("", include("sessions.calls.urls")),
    path("", include("sessions.private_notes.urls")),
    path("", include("sessions.history.urls")),
    path("", include("sessions.reminders.urls")),
    path("", include("sessions.own_page.urls")),
]

#: The page of a failure carries the number that the log has too.
handler500 = answers.failed
#: What could not be read is answered in words, with the reason when it was too much.
handler400 = answers.refused
