from __future__ import annotations

from django.urls import path

from clinic.inbox import views

app_name = "inbox"

urlpatterns = [
    path("inbox/", views.box, name="box"),
    path("inbox.json", views.as_json, name="json"),
    path("inbox/<int:number>/", views.one, name="mail"),
    path("inbox/<int:number>.eml", views.as_file, name="eml"),
    path("inbox/<int:number>/html/", views.as_html, name="html"),
    path("inbox/<int:number>/<int:part>/", views.attachment, name="attachment"),
]
