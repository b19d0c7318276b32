"""A check-in that waits to be filled in, and the answers that go with it."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.test import Client

from clinic.kernel import clock
from clinic.kernel.links import hash_token
from patients.intake.models import QuestionnaireRequest
from patients.intake.services.requests import token_of

WELL = {
    "ci-pain": "4", "ci-interference": "3", "ci-mood": "3", "ci-sleep": "5", "ci-analgesic-days": "2",
    "ci-analgesic-change": "1", "ci-new": "0", "ci-worried": "0",
}  # fmt: skip
BREATHLESS = {**WELL, "ci-worried": "1", "ci-effects": ["breath", "bruise"], "ci-effects-text": "On the stairs."}


def a_check_in(patient, appointment_id=None, issued_at=None, **fields):
    """A request as the worker plans it, and its link."""
    issued_at = issued_at or clock.now()
    asked = QuestionnaireRequest(
        public_id=uuid.uuid4(), patient=patient, form=fields.pop("form", "check-in"), appointment_id=appointment_id,
        issued_at=issued_at, expires_at=fields.pop("expires_at", issued_at + timedelta(days=10)), **fields,
    )  # fmt: skip
    asked.token_hash = hash_token(token_of(asked))
    asked.save(force_insert=True)
    return asked


def link_of(asked):
    return f"/i/check-in/{token_of(asked)}/"


class Phone:
    """A patient's browser with a check-in open."""

    def __init__(self, asked=None):
        self.client = Client()
        if asked is not None:
            self.begin(asked)

    def begin(self, asked):
        return self.client.post(link_of(asked))

    def page(self):
        return self.client.get("/i/check-in/")

    def send(self, answers, *, by_itself=False, version=None, token=None):
        if version is None:
            version = self.page().context["form"]["version"].value()
        data = {"form_token": str(token or uuid.uuid4()), "version": version, "end": "1", **answers}
        headers = {"X-Deqi-Autosave": "1"} if by_itself else {}
        return self.client.post("/i/check-in/", data, headers=headers)
