"""What happens to an intake, one function for each event. Callers import them from here."""

from __future__ import annotations

from patients.intake.services.checking_in import keep as keep_check_in
from patients.intake.services.checking_in import send as send_check_in
from patients.intake.services.filling import Closed, Saved, Stale, Typed, keep_typed, note_worries, save_step
from patients.intake.services.language import choose_language
from patients.intake.services.paper import begin_entering
from patients.intake.services.photos import keep_photo
from patients.intake.services.requests import (
    ask_for_new_link,
    begin,
    confirm_birth_date,
    issue_request,
    open_in_clinic,
    send_link,
    sign_off,
)
from patients.intake.services.second_versions import choose_mine, keep_late, keep_second
from patients.intake.services.submitting import Signed, submit

__all__ = [
    "Closed",
    "Saved",
    "Signed",
    "Stale",
    "Typed",
    "ask_for_new_link",
    "begin",
    "begin_entering",
    "choose_language",
    "choose_mine",
    "confirm_birth_date",
    "issue_request",
    "keep_check_in",
    "keep_late",
    "keep_photo",
    "keep_second",
    "keep_typed",
    "note_worries",
    "open_in_clinic",
    "save_step",
    "send_check_in",
    "send_link",
    "sign_off",
    "submit",
]
