"""Signing: what was written becomes evidence. From then on the database refuses every change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import BooleanField, Case, Exists, ExpressionWrapper, OuterRef, Q, TextField, Value, When

from clinic.audit.services import record
from clinic.kernel import clinic_words
from clinic.kernel.together import Rows, insert_together
from clinic.staff.models import User
from sessions.content import NoteContent, hash_of
from sessions.events.querysets import reaction_recorded
from sessions.events.services import needles_lost
from sessions.flagged.models import Acknowledgement
from sessions.flagged.services import compose_answer
from sessions.flagged.speaking import Answer, Spoken
from sessions.missing import missing_to_sign
from sessions.models import NeedlePlacement, TreatmentComponent, TreatmentSession
from sessions.needling import Needling, read
from sessions.problems import NoteIsSigned, NoteProblem, NotReadyToSign, NotTheirNote, StaleNote
from sessions.services.drafts import beaten, complete_if_open, counted_times
from sessions.techniques import read_techniques

_TRIES = 20
#: What PostgreSQL says of two who sign one note: the lock of a signed note, and two that hold each other.
_LOCKED, _DEADLOCK = "23001", "40P01"


def sign_note(
    *,
    note: TreatmentSession,
    content: NoteContent,
    version: int,
    stops: Sequence[Spoken],
    by: User,
    now: datetime,
    reasons: Mapping[str, str] | None = None,
) -> TreatmentSession:
    """Sign what stands on the page: needles become rows, the licence is copied, the hash taken, the visit completes.

    ``note`` comes from ``with_people().with_safety().with_previous_hash()``; ``stops`` are all that speak for what was
    entered, and ``reasons`` what was typed to those without an answer, by rule id: each is stored with its stop. Raises
    NotTheirNote, NotReadyToSign, StaleNote or NoteIsSigned; then nothing is signed.
    """
    _may_sign(note, content, version, by)
    needling = read(content.points_line)
    said = {stop.warning.flag_id: (reasons or {}).get(stop.warning.flag_id, "") for stop in stops if not stop.answer}
    open_stops = [stop for stop in stops if not stop.answer and not said[stop.warning.flag_id]]
    missing = missing_to_sign(content, needling, has_consent=consent_in_force(note) is not None, stops=open_stops)
    if missing:
        raise NotReadyToSign(missing)
    note.stops = [stop.warning.flag_id for stop in stops]
    note.override_reason = "\n".join(said_to(stop, said, by, now) for stop in stops)
    answers = [
        compose_answer(note=note, spoken=stop, reason=said[stop.warning.flag_id], by=by, now=now)
        for stop in stops
        if not stop.answer
    ]
    for _ in range(_TRIES):
        try:
            return _sign(note, content, needling, answers, by, now)
        except IntegrityError as clash:
            if getattr(clash.__cause__, "pgcode", "") == _LOCKED:
                raise beaten(note) from clash
            # Another note of this patient was signed in the same moment: follow that one.
            if "one_note_follows_another" not in str(clash):
                raise
            note.newest_hash = _newest_hash(note)
        except OperationalError as held:
            # Another window signs this note: each had laid its needles down and waited for the other.
            if getattr(held.__cause__, "pgcode", "") != _DEADLOCK:
                raise
    raise NoteProblem("Another note of this patient is being signed. Please sign once more.")


def said_to(stop: Spoken, said: Mapping[str, str], by: User, now: datetime) -> str:
    """What was said to a stop, by whom and when: "Pregnant (LI4): the midwife agrees. Dr Chen, 12 Nov 2026"."""
    answer = stop.answer or Answer(said[stop.warning.flag_id], str(by), now)
    return f"{stop.title}: {answer.reason} {answer.by}, {clinic_words.day_year(answer.at)}"


def _may_sign(note: TreatmentSession, content: NoteContent, version: int, by: User) -> None:
    if note.is_signed:
        raise NoteIsSigned
    if note.practitioner.user_id != by.pk:
        raise NotTheirNote(note.practitioner.display_name)
    # A page that is behind but says what is stored hides nothing: its own last saving was on its way.
    if note.version != version and NoteContent.of(note) != content:
        raise StaleNote(note)


def consent_in_force(note: TreatmentSession) -> int | None:
    """The id of the treatment consent that holds now; None when there is none or it was withdrawn."""
    newest = note.consent_on_file
    return newest["id"] if newest and newest["state"] == "active" else None


def _sign(
    note: TreatmentSession,
    content: NoteContent,
    needling: Needling,
    answers: Sequence[Acknowledgement],
    by: User,
    now: datetime,
) -> TreatmentSession:
    signed, written = _as_signed(note, content, by, now)
    placements, first = _placements(signed, needling), not note.newest_hash
    written["content_sha256"] = signed.content_sha256 = hash_of(signed, placements)
    with transaction.atomic():
        # Before the note: once it is signed its needles are locked, and what was said to its stops.
        insert_together(Rows(placements), Rows(_components(signed)), Rows(answers, skip_known=True))
        if content.counts_differ and not signed.no_needles:
            needles_lost(session=signed, reason=content.difference_reason, who=content.difference_by, by=by, now=now)
        as_seen = TreatmentSession.objects.filter(pk=note.pk, version=note.version, signed_at__isnull=True)
        # Whether something happened is asked in the statement that signs, so that no event slips in between.
        wanted = Q(reaction_recorded())
        if _may_be_a_first(signed, placements):
            wanted |= Q(first_of_its_kind(signed))
        after_care = wants_after_care(needling, first=first) or ExpressionWrapper(wanted, output_field=BooleanField())
        if not as_seen.update(**written, after_care=after_care):
            raise beaten(note)
        record(by=by, now=now, action="sign", resource="note", patient_id=note.patient_id, object_id=note.pk)
        complete_if_open(note, by=by, now=now)
    return signed


def _as_signed(
    note: TreatmentSession, content: NoteContent, by: User, now: datetime
) -> tuple[TreatmentSession, dict[str, Any]]:
    """Return the note as it will be signed, and the columns that signing writes.

    A copy, so that a try that fails leaves the caller's note as it was.
    """
    written = {
        **content.as_columns(),
        **counted_times(note, content, now),
        "state": TreatmentSession.State.COMPLETED,
        "version": note.version + 1,
        "updated_at": now,
        "saved_by_id": by.pk,
        "consent_id": consent_in_force(note),
        "stops": note.stops,
        "override_reason": note.override_reason,
        "signed_at": now,
        "signed_by_id": by.pk,
        "signed_licence": note.practitioner.licence,
        "previous_sha256": note.newest_hash,
    }
    written["ended_at"] = written["ended_at"] or now
    signed = TreatmentSession.objects.none().model(
        **{field.attname: getattr(note, field.attname) for field in note._meta.concrete_fields}
    )
    signed.patient, signed.practitioner, signed.signed_by = note.patient, note.practitioner, by
    for name, value in written.items():
        setattr(signed, name, value)
    return signed, written


def wants_after_care(needling: Needling, *, first: bool) -> bool:
    """Tell whether a word on the next day is wanted: after a first session, and after points over the lungs.

    Signing adds every session in which a reaction was recorded.
    """
    return first or any(reading.point is not None and reading.point.pneumothorax_risk for reading in needling.points)


def _placements(note: TreatmentSession, needling: Needling) -> list[NeedlePlacement]:
    found = [] if note.no_needles else placements_of(needling)
    for placement in found:
        placement.session = note
    return found


def placements_of(needling: Needling) -> list[NeedlePlacement]:
    """The rows of the needles of a line, of no note yet."""
    return [
        NeedlePlacement(
            position=position,
            point_code=one.point.code,
            side=one.side,
            needles=one.needles,
            technique=one.technique or "",
            place=one.place,
            depth=one.depth.value if one.depth else None,
            depth_unit=one.depth.unit if one.depth else "",
            diameter_mm=one.size.diameter if one.size else None,
            length_mm=one.size.length if one.size else None,
            pair=one.pair,
            lead=one.lead,
            hz=one.current.hz if one.current else None,
            hz_high=one.current.hz_high if one.current else None,
            current_minutes=one.current.minutes if one.current else None,
        )
        for position, one in enumerate(needling.placements, start=1)
    ]


#: Kinds of treatment, by how they begin, after whose first time a word on the next day is wanted.
_FIRSTS = ("cupping", "moxa")


def _may_be_a_first(note: TreatmentSession, placements: Sequence[NeedlePlacement]) -> bool:
    """Whether the session holds cups, moxa or current at all: only then the first time is asked for."""
    parts = (part.kind.startswith(_FIRSTS) for part in read_techniques(note.others))
    return any(parts) or any(placed.pair is not None for placed in placements)


def first_of_its_kind(note: TreatmentSession) -> Exists:
    """Tell whether this session holds the patient's first cups, first moxa or first current: after-care follows those.

    Asked in SQL, of the rows that stand: those of this session, and of signed ones before it.
    """
    earlier = TreatmentSession.objects.filter(patient_id=note.patient_id, signed_at__isnull=False).exclude(pk=note.pk)
    kinds = Case(*(When(kind__startswith=group, then=Value(group)) for group in _FIRSTS), output_field=TextField())
    parts = TreatmentComponent.objects.annotate(group=kinds).filter(group__isnull=False)
    before = parts.filter(session__in=earlier, group=OuterRef("group"))
    flows = NeedlePlacement.objects.filter(pair__isnull=False)
    new = TreatmentSession.objects.filter(pk=note.pk).filter(
        Exists(parts.filter(~Exists(before), session_id=note.pk))
        | (Q(Exists(flows.filter(session_id=note.pk))) & ~Exists(flows.filter(session__in=earlier)))
    )
    return Exists(new)


def _components(note: TreatmentSession) -> list[TreatmentComponent]:
    """The rows of the other parts. They repeat what the sealed content says, for questions that SQL asks."""
    return [
        TreatmentComponent(
            session=note,
            position=position,
            kind=part.kind,
            area=part.area,
            minutes=part.minutes,
            detail=part.detail,
            tolerance=part.tolerance,
            herbs=part.herbs,
        )
        for position, part in enumerate(read_techniques(note.others), start=1)
    ]


def _components_fit(note: TreatmentSession) -> bool:
    """Whether the stored rows are those that the sealed content makes."""
    names = ("position", "kind", "area", "minutes", "detail", "tolerance", "herbs")
    stored = sorted(note.components.all(), key=lambda part: part.position)
    made = _components(note)
    return [[getattr(part, name) for name in names] for part in stored] == [
        [getattr(part, name) for name in names] for part in made
    ]


def _newest_hash(note: TreatmentSession) -> str:
    fresh: TreatmentSession = TreatmentSession.objects.with_previous_hash().get(pk=note.pk)
    return fresh.newest_hash


def verify_hash(note: TreatmentSession) -> bool:
    """Whether a signed note, its needles, author and time are exactly what was signed. False for a draft."""
    return note.is_signed and hash_of(note, note.needles.all()) == note.content_sha256 and _components_fit(note)


def verify_chain(patient_id: int) -> list[TreatmentSession]:
    """The signed notes of a patient that are not as they were signed, or do not follow the note before them.

    A note that was taken out of the chain shows at the one behind it.
    """
    notes = TreatmentSession.objects.signed_of(patient_id).select_related("patient", "practitioner", "signed_by")
    found = list(notes.prefetch_related("needles", "components"))
    follower = {note.previous_sha256: note for note in found}
    linked = set()
    link = follower.get("")
    while link is not None and link.pk not in linked:
        linked.add(link.pk)
        link = follower.get(link.content_sha256)
    return [note for note in found if note.pk not in linked or not verify_hash(note)]
