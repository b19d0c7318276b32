"""Addresses of the phone list."""

from __future__ import annotations

from django.urls import path

from sessions.calls import views

app_name = "calls"

urlpatterns = [
    path("calls/", views.phone_list, name="list"),
    path("calls/count/", views.count, name="count"),
    path("calls/mails/<uuid:message_id>/", views.answer, name="answer"),
    path("calls/events/<uuid:event_id>/", views.answer_event, name="answer_event"),
    path("calls/courses/<uuid:course_id>/", views.answer_course, name="answer_course"),
    path("calls/answers/<uuid:answer_id>/take-back/", views.take_back, name="take_back"),
]
