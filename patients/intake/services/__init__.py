"""What happens to an intake, one function for each event. Callers import them from here."""

from __future__ import annotations

from patients.intake.services.checking_in import keep as keep_check_in
from patients.intake.services.checking_in import send as send_check_in
from patients.intake.services.filling import Closed, Saved, Stale, note_worries, save_step
from patients.intake.services.requests import (
    ask_for_new_link,
    begin,
    confirm_birth_date,
    issue_request,
    send_link,
    sign_off,
)
from patients.intake.services.submitting import Signed, submit

__all__ = [
    "Closed",
    "Saved",
    "Signed",
    "Stale",
    "ask_for_new_link",
    "begin",
    "confirm_birth_date",
    "issue_request",
    "keep_check_in",
    "note_worries",
    "save_step",
    "send_check_in",
    "send_link",
    "sign_off",
    "submit",
]
