"""The parts of a form as a practitioner reads them: marks, treatments, agreements, corrections, other versions.

All of them ride on the one statement that reads the form.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, F, OuterRef, QuerySet, TextField, Value, When
from django.db.models.functions import Cast, JSONObject

from patients import body, therapies
from patients.intake import steps
from patients.intake.models import Correction, SecondVersion
from patients.models import Consent, OtherTherapy, PainMark, Photo

_CONSENTS = {"treatment": "Treatment", "privacy": "Data", "email": "Reminders by e-mail"}


@dataclass(frozen=True)
class Agreed:
    """A text that was agreed to."""

    kind: str
    version: int
    given_at: datetime
    drawn: bool
    name: str


@dataclass(frozen=True)
class Mark:
    """A place that hurts, as it was marked: its shape on the figure, its name, how strong and of what kind."""

    place: body.Place
    strength: int | None
    kinds: list[str]
    by: str


@dataclass(frozen=True)
class Shape:
    """A shape of the figure: whether it was marked, and how strong it hurts there in words."""

    path: str
    x: int
    y: int
    is_on: bool
    said: str


@dataclass(frozen=True)
class Therapy:
    """Another treatment beside ours."""

    said: str
    words: str
    started: str
    stopped: str


@dataclass(frozen=True)
class Picture:
    """A picture that came with the form."""

    public_id: str
    width: int
    height: int


@dataclass(frozen=True)
class Corrected:
    """A dated correction beside a part of the form."""

    words: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Version:
    """Another form or page of this patient: one sent before or after, or another answer to one page."""

    at: datetime
    public_id: str = ""
    step: int = 0
    lines: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Waiting:
    """An open task about this form, to be marked as seen."""

    public_id: str
    since: datetime


def waiting_about(request: Any) -> list[Waiting]:
    """Return the open tasks about a form."""
    return [Waiting(one["id"], datetime.fromisoformat(one["at"])) for one in request.tasks_open]


def marks_of(request: Any) -> list[Mark]:
    """Return the places that hurt, the strongest first."""
    return [
        Mark(
            body.get(body.code_of(one["place"], one["side"], one["view"])), one["strength"],
            [str(body.KINDS.get(kind, kind)) for kind in one["kinds"]], one["by"],
        )
        for one in request.marks_made
    ]  # fmt: skip


def therapies_of(request: Any) -> list[Therapy]:
    """Return the other treatments of a form."""
    return [
        Therapy(str(therapies.KINDS.get(one["kind"], one["kind"])), one["words"], one["started"], one["stopped"])
        for one in request.therapies_told
    ]


def photos_of(request: Any, data: steps.Data) -> list[Picture]:
    """Return the picture that stands in a form's answers, without its bytes; one that was taken back is left out."""
    kept = steps.answers_of(data, steps.HEALTH).get("photo")
    return [Picture(one["id"], one["width"], one["height"]) for one in request.photos_sent if one["id"] == kept]


def shapes_of(marks: list[Mark], view: str) -> list[Shape]:
    """Return the shapes of one view of the figure, those that were marked with their strength."""
    marked = {mark.place.code for mark in marks}
    strengths = {mark.place.code: str(mark.strength) for mark in marks if mark.strength is not None}
    return [
        Shape(
            place.path, place.x, place.y, place.code in marked,
            strengths.get(place.code, ""),
        )
        for place in body.all_places()
        if place.view == view
    ]  # fmt: skip


def corrections_of(request: Any) -> dict[str, list[Corrected]]:
    """Return the dated corrections by the part of the form they stand beside."""
    found: dict[str, list[Corrected]] = {}
    for one in request.corrections_made:
        correction = Corrected(one["words"], one["by"], datetime.fromisoformat(one["at"]))
        found.setdefault(one["field"], []).append(correction)
    return found


def other_versions(request: Any) -> list[Version]:
    """Return other answers to single pages: from another window, or sent after the form itself."""
    return [
        Version(
            at=datetime.fromisoformat(one["at"]),
            step=one["step"],
            lines=[(name.replace("_", " "), str(said)) for name, said in one["answers"].items() if said],
        )
        for one in request.others_kept
    ]


def agreements_of(request: Any) -> list[Agreed]:
    """Return the texts that were agreed to with the form."""
    return [
        Agreed(
            _CONSENTS.get(one["kind"], one["kind"]), one["version"], datetime.fromisoformat(one["at"]), one["drawn"],
            one["name"],
        )
        for one in request.agreed_to
    ]  # fmt: skip


def with_parts(requests: QuerySet[Any]) -> QuerySet[Any]:
    """Return requests with everything that the functions above read, of forms that were handed in."""
    of_form = {"patient_id": OuterRef("patient_id"), "recorded_at": OuterRef("submitted_at"), "source": "intake"}
    corrections = Correction.objects.filter(request_id=OuterRef("pk")).order_by("at", "id")
    # Other answers to a page of a form that is still open are part of its draft.
    others = SecondVersion.objects.filter(request_id=OuterRef("pk"), request__submitted_at__isnull=False)
    agreed = Consent.objects.filter(patient_id=OuterRef("patient_id"), given_at=OuterRef("submitted_at"))
    drawn = Case(When(signature_png__isnull=False, then=Value(True)), default=Value(False))
    marks = PainMark.objects.filter(**of_form).order_by(F("strength").desc(nulls_last=True), "id")
    photos = Photo.objects.filter(request_id=OuterRef("pk")).order_by("id")
    read: QuerySet[Any] = requests.annotate(
        corrections_made=_rows(corrections, field="field", words="words", by="by__name", at="at"),
        others_kept=_rows(others.order_by("kept_at", "id"), step="step", answers="answers", at="kept_at"),
        marks_made=_rows(
            marks, place="place", side="side", view="view", strength="strength", kinds="kinds", by="answered_by"
        ),
        therapies_told=_rows(
            OtherTherapy.objects.filter(**of_form).order_by("id"),
            kind="kind", words="words", started="started", stopped="stopped",
        ),
        photos_sent=_rows(photos, id=Cast("public_id", TextField()), width="width", height="height"),
        agreed_to=_rows(
            agreed.order_by("id"), kind="kind", version="text_version", at="given_at", drawn=drawn, name="signed_name"
        ),
    )  # fmt: skip
    return read


def _rows(found: QuerySet[Any], **columns: Any) -> ArraySubquery:
    return ArraySubquery(found.values(json=JSONObject(**columns)))
