"""What the page of a draft shows: words, chips and lists made from one row and one form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.utils import timezone

from clinic.kernel import clinic_words
from patients.intake.conditions import is_about_the_back
from patients.safety.entered import Entered
from patients.safety.flags import SafetyFlag
from patients.safety.recordable import back_signs, of_the_day
from patients.safety.rules import BACK_PROMPT
from sessions.alerts import HeadFlag, head_flags, safety_flags, short_of
from sessions.chips import Chip, SetAct, chips_of, sets_of
from sessions.content import NoteContent
from sessions.entered import entered_in
from sessions.flagged.forms import ReasonBox, reason_boxes
from sessions.flagged.speaking import Speaking, speaking
from sessions.missing import Missing, left_open, missing_to_sign
from sessions.models import TreatmentSession
from sessions.needling import Needling, read
from sessions.point_chips import PointChip, chip_of
from sessions.repeat import Proposal, is_open, news_of_record, place, proposal_from
from sessions.services.signing import consent_in_force


@dataclass
class NotePage:
    """One note on the screen. ``content`` is what the page shows: the row, or what was just typed.

    ``note`` comes from ``with_people().with_safety().with_last().with_stopped()``.
    """

    note: TreatmentSession
    content: NoteContent
    now: datetime
    typed: Mapping[str, object] = field(default_factory=dict)

    @cached_property
    def flags(self) -> list[SafetyFlag]:
        """The patient's flags, stop before look."""
        patient = self.note.patient
        return safety_flags(
            today=timezone.localdate(self.now),
            birth_date=patient.birth_date,
            birth_year=patient.birth_year,
            safety_facts=self.note.safety_facts,
            medications=self.note.medications,
            herbs=self.entered.herbs,
            questionnaire_flags=[f"phq-9.{flag}" for flag in self.note.depression_flags or ()],
            back_pain=self.has_back_pain,
        )

    @property
    def has_back_pain(self) -> bool:
        """Whether what brings the patient is a pain in the back: then the prompts of its red flags matter."""
        complaint = self.note.complaint or {}
        return is_about_the_back(complaint.get("condition_id") or "", complaint.get("words") or "")

    @property
    def emergencies(self) -> list[SafetyFlag]:
        """What was answered and cannot wait."""
        return [flag for flag in self.flags if flag.emergency]

    @property
    def chips(self) -> list[HeadFlag]:
        """The chips under the name."""
        chips = head_flags(self.flags, self.note.patient.desk_facts)
        if self.note.same_name:
            chips.insert(0, HeadFlag("look", "Somebody of the same name comes today", "people-fill"))
        return chips

    @property
    def consent_since(self) -> datetime | None:
        """When the newest word on consent was given."""
        newest = self.note.consent_on_file
        return datetime.fromisoformat(newest["given_at"]) if newest else None

    @cached_property
    def needling(self) -> Needling:
        """The points as they were understood."""
        return read(self.content.points_line)

    @property
    def points(self) -> list[PointChip]:
        """The points that count; those that were not needled last time are marked as new."""
        new = self.proposal.new(self.needling) if self.proposal and not self.is_proposed else frozenset()
        return [chip_of(reading, "new" if place(reading) in new else "") for reading in self.needling.points]

    @property
    def taken_out(self) -> list[PointChip]:
        """The points that were named with a minus, and those of last time that are not needled today."""
        left = self.proposal.out(self.needling) if self.proposal and not self.is_proposed else ()
        named = {place(reading)[::2] for reading in left}
        typed = [one for one in self.needling.taken_out if place(one)[::2] not in named]
        return [] if self.is_proposed else [chip_of(reading) for reading in (*left, *typed)]

    @cached_property
    def proposal(self) -> Proposal | None:
        """What the session before leaves to this one."""
        return proposal_from(self.note.last)

    @cached_property
    def is_proposed(self) -> bool:
        """Whether the proposal waits for a word: nothing of it counts."""
        return is_open(self.proposal, self.content, self.needling)

    @property
    def proposed(self) -> list[PointChip]:
        """The points of the proposal, as the line that stands now would change them."""
        if self.proposal is None:
            return []
        out = self.proposal.out(self.merged)
        return [chip_of(one, "out" if one in out else "") for one in (*self.proposal.points, *self.proposal.pairs)]

    @cached_property
    def merged(self) -> Needling:
        """The points as the confirmation would make them."""
        return self.proposal.with_typed(self.needling) if self.proposal else self.needling

    @cached_property
    def record_news(self) -> list[str]:
        """What changed on record since the session before, in words."""
        return news_of_record(
            self.note.last,
            medications=self.note.medications,
            stopped=self.note.stopped,
            flags=[(short_of(fact["rule_id"]), fact["since"]) for fact in self.note.safety_facts],
        )

    @property
    def line_chips(self) -> list[Chip]:
        """The points as chips to be turned and taken away."""
        return chips_of(self.needling, {index: chip.change for index, chip in enumerate(self.points)})

    @property
    def point_sets(self) -> list[SetAct]:
        """The saved sets, each as the line that it would make."""
        return [] if self.content.no_needles else sets_of(self.needling, self.note.point_sets)

    @cached_property
    def speaking(self) -> Speaking:
        """What the flags say to what was entered, and what was said to them in this course."""
        return speaking(self.flags, self.entered, self.note.answered_flags)

    @property
    def reason_boxes(self) -> list[ReasonBox]:
        """The stops that wait for a reason, each with what was typed beside it (``typed``, a form as it was sent)."""
        return reason_boxes(self.speaking.stops, self.typed)

    @property
    def of_today(self) -> list[OfToday]:
        """What is asked and seen at each visit, and whether it is so today."""
        held = {flag.id for flag in self.flags}
        return [OfToday(rule_id, words, rule_id in held) for rule_id, words in of_the_day()]

    @property
    def back_prompts(self) -> tuple[str, ...]:
        """Signs to ask for with back pain, a prompt and no stop; none once something of them is on record."""
        known = any(flag.id == BACK_PROMPT for flag in self.flags)
        return back_signs() if self.has_back_pain and not known else ()

    @cached_property
    def entered(self) -> Entered:
        """Needles, techniques, current and herbs, as the safety rules look at them."""
        return entered_in(self.content, self.needling, first=self.note.last is None)

    @property
    def has_consent(self) -> bool:
        """Whether consent to treatment is on file and was not withdrawn."""
        return consent_in_force(self.note) is not None

    @cached_property
    def missing(self) -> list[Missing]:
        """What is missing to sign."""
        return missing_to_sign(self.content, self.needling, has_consent=self.has_consent, stops=self.speaking.stops)

    @property
    def left_open(self) -> list[Missing]:
        """What is still to be filled in; a note may be signed with it."""
        return left_open(self.content)

    @property
    def age(self) -> str:
        """The age in words, "" when it is not known."""
        return clinic_words.age(self.note.patient.birth_date, timezone.localdate(self.now))

    @property
    def out_at(self) -> datetime | None:
        """When the needles are due out: counted in, plus the minutes. None before that, and once they are out."""
        counted, minutes = self.note.needles_in_at, self.content.retention_minutes
        if counted is None or minutes is None or self.content.needles_out is not None or self.content.no_needles:
            return None
        return counted + timedelta(minutes=minutes)

    @property
    def last(self) -> dict[str, Any] | None:
        """What the session before this one left, its time as a datetime."""
        last = self.note.last
        return {**last, "started_at": datetime.fromisoformat(last["started_at"])} if last else None

    @property
    def goal(self) -> str:
        """What the patient wants to do again, in their own words; "" when it was not asked."""
        course, complaint = self.note.course, self.note.complaint or {}
        return (course.goal if course else "") or complaint.get("goal") or ""

    @property
    def brought(self) -> str:
        """What brings the patient, and since when, on one line."""
        complaint = self.note.complaint or {}
        return " · ".join(part for part in (*complaint.get("words", "").split("\n\n"), complaint.get("since")) if part)

    @property
    def pain_last(self) -> str:
        """The last pain in words: "Pain 7 to 4"; "" when it was not asked."""
        last = self.note.last or {}
        return pain_words(last.get("pain_before"), last.get("pain_after"))

    @property
    def counted_otherwise(self) -> bool:
        """Whether another number was counted in than the points ask for."""
        return (
            not self.content.no_needles
            and self.content.needles_in is not None
            and bool(self.needling.points)
            and self.content.needles_in != self.needling.needles
        )


@dataclass(frozen=True, slots=True)
class OfToday:
    """Something that can be so on the day of a visit, and whether it is."""

    rule_id: str
    words: str
    holds: bool


def pain_words(before: int | None, after: int | None) -> str:
    """Two values in words: "Pain 7 to 4", "Pain 7 before", "Pain 4 after", or ""."""
    if before is not None and after is not None:
        return f"Pain {before} to {after}"
    if before is not None:
        return f"Pain {before} before"
    return f"Pain {after} after" if after is not None else ""
