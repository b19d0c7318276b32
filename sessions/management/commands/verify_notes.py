"""Checks that every signed note is what was signed, and follows the note before it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sessions.models import TreatmentSession
from sessions.services import verify_chain


class Command(BaseCommand):
    """Print how many signed notes are unchanged; exit 1 and name those that are not."""

    help = "Check the seal of every signed note."

    def handle(self, *args: Any, **options: Any) -> None:
        signed = TreatmentSession.objects.filter(signed_at__isnull=False)
        patients = signed.order_by("patient_id").values_list("patient_id", flat=True).distinct()
        broken = [note for patient_id in patients.iterator() for note in verify_chain(patient_id)]
        count = signed.count()
        if broken:
            names = ", ".join(str(note.public_id) for note in broken)
            raise CommandError(f"{len(broken)} of {count} signed notes are not as they were signed: {names}")
        self.stdout.write(f"{count} signed note{'' if count == 1 else 's'}, all as they were signed.")
