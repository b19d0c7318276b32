"""How much of what STRICTA 2010 asks (items 1 to 3) stands in the signed notes, in per cent."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand

from sessions.content import NoteContent
from sessions.models import TreatmentSession
from sessions.needling import read
from sessions.stricta import Plan, coverage


class Command(BaseCommand):
    """``manage.py stricta`` prints a line for each sub-item and one for all. Names nobody."""

    help = "Print how complete the signed notes are after STRICTA 2010, items 1 to 3, in per cent."

    def handle(self, *args: Any, **options: Any) -> None:
        """Read every signed note that was not entered in error."""
        there: Counter[tuple[str, str]] = Counter()
        asked: Counter[tuple[str, str]] = Counter()
        notes = TreatmentSession.objects.valid().filter(signed_at__isnull=False).select_related("course")
        count = 0
        for count, note in enumerate(notes.iterator(chunk_size=2_000), start=1):  # noqa: B007 - the last is the count
            plan = Plan(
                note.number_in_course,
                note.course.planned_sessions if note.course else None,
                note.course.frequency if note.course else "",
            )
            for item in coverage(NoteContent.of(note), read(note.points_line), plan):
                asked[item.code, item.what] += 1
                there[item.code, item.what] += item.there
        if not count:
            self.stdout.write("No note is signed yet.")
            return
        for code, what in sorted(asked):
            self.stdout.write(f"{code}  {100 * there[code, what] / asked[code, what]:5.1f} %  {what}")
        share = 100 * sum(there.values()) / sum(asked.values())
        self.stdout.write(f"all {share:5.1f} %  of {count} signed notes, STRICTA 2010 items 1 to 3")
