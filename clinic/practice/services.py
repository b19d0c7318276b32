"""What can happen to the practice itself: it is named, its texts are confirmed, rooms and services come and go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction

from clinic.audit import services as audit
from clinic.audit.services import Actor
from clinic.practice import data, languages, readiness
from clinic.practice.models import ConsentText, Location, Practice, Room, Service, WorryText

#: Minutes of a visit in the order they pass: settling, hands on, resting with needles, hands on, turnover.
MINUTES = (
    "settling_minutes",
    "hands_on_start_minutes",
    "resting_minutes",
    "hands_on_end_minutes",
    "turnover_minutes",
)
FIRST_VISIT = ("First visit", (5, 45, 25, 10, 5))
FOLLOW_UP = ("Follow-up", (5, 15, 25, 10, 5))


class NotReady(Exception):
    """A language cannot be offered yet; the text is a sentence that says what is missing."""


class NameTaken(Exception):
    """Another room of the place, or another service, has this name; the text is a sentence."""


@transaction.atomic
def keep_practice(
    *, name: str, country: str, timezone: str, address: str, phone: str, by: Actor | None, now: datetime
) -> Practice:
    """Store who and where the practice is; the first time it also gets its place and its consent texts.

    ``country`` is an ISO 3166-1 code, ``timezone`` an IANA zone, ``phone`` E.164.
    """
    said = {"name": name, "country": country, "timezone": timezone, "address": address, "phone": phone}
    practice, made = Practice.objects.update_or_create(id=1, defaults=said)
    if made:
        Location.objects.create(name=name[:80], address=address)
        lay_down_consent_texts()
    elif Location.objects.count() == 1:
        Location.objects.update(address=address)
    audit.record(by=by, now=now, action="keep", resource="practice", object_id=practice.pk)
    return practice


def lay_down_consent_texts() -> None:
    """Store version 1 of the three consent texts, where there is none."""
    ConsentText.objects.bulk_create(
        [
            ConsentText(
                kind=kind,
                version=1,
                language="en",
                title=data.consent_text(kind).title,
                body=data.consent_text(kind).body,
                required=kind not in data.FREE_CONSENTS,
            )
            for kind in data.CONSENT_KINDS
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def keep_mail(*, mail_from: str, reply_to: str, by: Actor, now: datetime) -> Practice:
    """Store where mails come from and where answers go. Another address wants another test mail."""
    practice = Practice.objects.select_for_update().get(id=1)
    if (practice.mail_from, practice.reply_to) != (mail_from, reply_to):
        practice.mail_from, practice.reply_to = mail_from, reply_to
        practice.mail_tested_at = None
        practice.save(update_fields=["mail_from", "reply_to", "mail_tested_at"])
        audit.record(by=by, now=now, action="keep-mail", resource="practice", object_id=practice.pk)
    return practice


@transaction.atomic
def keep_courses(*, sessions: int, checkpoint: int, by: Actor, now: datetime) -> Practice:
    """Store what new courses begin with: ``sessions`` planned (1 to 200), the first ``checkpoint`` at 2 to 20.

    Courses that are open keep their own numbers.
    """
    practice = Practice.objects.select_for_update().get(id=1)
    if (practice.course_sessions, practice.checkpoint_session) != (sessions, checkpoint):
        practice.course_sessions, practice.checkpoint_session = sessions, checkpoint
        practice.save(update_fields=["course_sessions", "checkpoint_session"])
        audit.record(by=by, now=now, action="keep-courses", resource="practice", object_id=practice.pk)
    return practice


@transaction.atomic
def note_mail_works(*, by: Actor | None, now: datetime) -> None:
    """Store that the button in the newest test mail was pressed: mail leaves, arrives, and leads back."""
    Practice.objects.filter(id=1).update(mail_tested_at=now)
    audit.record(by=by, now=now, action="mail-works", resource="practice", object_id=1, acting_as="" if by else "link")


@transaction.atomic
def keep_worry_texts(
    *, bodies: Mapping[str, str], by: Actor | None, now: datetime, language: str = languages.ENGLISH
) -> None:
    """Store the texts that a patient reads after a worrying answer; the owner has confirmed them. Kind -> text."""
    WorryText.objects.bulk_create(
        [WorryText(kind=kind, language=language, body=body, updated_at=now) for kind, body in bodies.items()],
        update_conflicts=True,
        unique_fields=["kind", "language"],
        update_fields=["body", "updated_at"],
    )
    audit.record(by=by, now=now, action="keep-worry-texts", resource="practice", object_id=1)


@transaction.atomic
def keep_consent_text(*, kind: str, language: str, title: str, body: str, by: Actor, now: datetime) -> ConsentText:
    """Lay down the next version of a text that patients agree to; equal words are no new version.

    A translation that is older than the English words is laid down anew also with equal words: it was read again.

    What was signed keeps its version, its words and its hash: no version is ever changed. ``kind`` is a
    ConsentText.Kind.
    """
    Practice.objects.select_for_update().get(id=1)
    stands = ConsentText.objects.filter(kind=kind, language=language).order_by("-version").first()
    same = stands is not None and (stands.title, stands.body) == (title, body)
    if stands is not None and same and not readiness.is_behind(kind, language):
        return stands
    text = ConsentText.objects.create(
        kind=kind,
        language=language,
        version=stands.version + 1 if stands else 1,
        title=title,
        body=body,
        required=kind not in data.FREE_CONSENTS,
    )
    audit.record(by=by, now=now, action="keep-consent-text", resource="practice", object_id=text.pk)
    return text


@transaction.atomic
def offer_languages(*, chosen: Iterable[str], by: Actor, now: datetime) -> Practice:
    """Let patients choose among ``chosen`` and English. Raises NotReady for one that lacks a text.

    A language that is taken back stays with the forms that were begun in it.
    """
    practice = Practice.objects.select_for_update().get(id=1)
    wanted = [tag for tag in languages.NAMES if tag == languages.ENGLISH or tag in set(chosen)]
    for one in readiness.of_all():
        added = one.language in wanted and one.language not in practice.languages
        if added and not one.is_ready:
            raise NotReady(f"{one.name} still lacks {', '.join(one.missing)}.")
    if wanted != practice.languages:
        practice.languages = wanted
        practice.save(update_fields=["languages"])
        audit.record(by=by, now=now, action="offer-languages", resource="practice", object_id=practice.pk)
    return practice


@transaction.atomic
def add_room(*, name: str, by: Actor | None, now: datetime) -> Room:
    """Add a room to the first place. Raises NameTaken."""
    location = Location.objects.select_for_update().order_by("id")[0]
    if location.rooms.filter(name__iexact=name).exists():
        raise NameTaken(f"There is a room called {name} already.")
    room = Room.objects.create(location=location, name=name)
    audit.record(by=by, now=now, action="add", resource="room", object_id=room.pk)
    return room


@transaction.atomic
def amend_room(*, room: Room, name: str, active: bool, by: Actor, now: datetime) -> Room:
    """Rename a room, or take it out of use; its past visits stay. Raises NameTaken."""
    location = Location.objects.select_for_update().get(pk=room.location_id)
    if location.rooms.filter(name__iexact=name).exclude(pk=room.pk).exists():
        raise NameTaken(f"There is another room called {name} already.")
    room.name, room.active = name, active
    room.save(update_fields=["name", "active"])
    audit.record(by=by, now=now, action="amend", resource="room", object_id=room.pk)
    return room


@transaction.atomic
def add_service(
    *, name: str, minutes: tuple[int, int, int, int, int], first_visit: bool, by: Actor | None, now: datetime
) -> Service:
    """Add what can be booked; ``minutes`` in the order of ``MINUTES``. Raises NameTaken."""
    _lock_services(name, besides=None)
    service = Service.objects.create(name=name, first_visit=first_visit, **dict(zip(MINUTES, minutes, strict=True)))
    audit.record(by=by, now=now, action="add", resource="service", object_id=service.pk)
    return service


@transaction.atomic
def amend_service(
    *,
    service: Service,
    name: str,
    minutes: tuple[int, int, int, int, int],
    first_visit: bool,
    active: bool,
    by: Actor,
    now: datetime,
) -> Service:
    """Change a service for bookings to come; visits that are booked keep their times. Raises NameTaken."""
    _lock_services(name, besides=service.pk)
    for field, value in zip(MINUTES, minutes, strict=True):
        setattr(service, field, value)
    service.name, service.first_visit, service.active = name, first_visit, active
    service.save(update_fields=["name", "first_visit", "active", *MINUTES])
    audit.record(by=by, now=now, action="amend", resource="service", object_id=service.pk)
    return service


def _lock_services(name: str, *, besides: int | None) -> None:
    """Let one change of services run at a time, and refuse a name that another has. Raises NameTaken."""
    Practice.objects.select_for_update().get(id=1)
    same = Service.objects.filter(name__iexact=name)
    if (same.exclude(pk=besides) if besides is not None else same).exists():
        raise NameTaken(f"There is a service called {name} already.")


@transaction.atomic
def open_house(*, by: Actor | None, now: datetime) -> Practice:
    """Note that the opening day is done. A second call changes nothing."""
    practice = Practice.objects.select_for_update().get(id=1)
    if practice.opened_at is None:
        practice.opened_at = now
        practice.save(update_fields=["opened_at"])
        audit.record(by=by, now=now, action="open", resource="practice", object_id=practice.pk)
    return practice
