from __future__ import annotations

from django.urls import path

from clinic.staff.views import own, practitioners, users

app_name = "staff"

urlpatterns = [
    path("welcome/<str:token>/", own.set_password, name="set_password"),
    path("account/", own.account, name="account"),
    path("account/theme/", own.theme, name="theme"),
    path("account/sign-out-everywhere/", own.sign_out_everywhere, name="sign_out_everywhere"),
    path("settings/users/", users.listed, name="users"),
    path("settings/users/new/", users.new, name="new_user"),
    path("settings/users/<uuid:public_id>/", users.change, name="user"),
    path("settings/users/<uuid:public_id>/link/", users.send_link, name="send_link"),
    path("settings/users/<uuid:public_id>/off/", users.off, name="switch_off"),
    path("settings/users/<uuid:public_id>/on/", users.on, name="switch_on"),
    path("settings/practitioners/", practitioners.listed, name="practitioners"),
    path("settings/practitioners/<uuid:public_id>/", practitioners.change, name="practitioner"),
    path("settings/practitioners/<uuid:public_id>/hours/", practitioners.week, name="week"),
]
