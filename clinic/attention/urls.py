"""The list of what a practitioner must see, and who is told."""

from __future__ import annotations

from django.urls import path

from clinic.attention import settings_views, views

app_name = "attention"
urlpatterns = [
    path("attention/", views.waiting, name="list"),
    path("attention/people/", settings_views.people, name="people"),
    path("attention/away/", settings_views.away, name="away"),
    path("attention/<uuid:public_id>/seen/", views.seen, name="seen"),
]
