"""The demo's own house: practice, rooms, services, people who sign in."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from random import Random

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db.models import F

from clinic.demo import days, people, usual
from clinic.demo.courses import TEAM
from clinic.demo.texts import texts as texts_for_notes
from clinic.policy.table import FRONT_DESK, OWNER, PRACTITIONER
from clinic.practice import data
from clinic.practice.models import ConsentText, Location, Practice, Room, Service, WorryText
from clinic.practice.services import FIRST_VISIT, FOLLOW_UP, MINUTES, lay_down_consent_texts
from clinic.running import tryout
from clinic.staff.models import Practitioner, User, WeeklyHours
from patients.measures.models import MeasureVersion
from sessions.habits.models import Habit, NeedleBox, NeedleProduct
from sessions.text_blocks.models import TextBlock

COUNTRY = "IE"
DOMAIN = "oldmill.example"
PHONE = "+353209100014"
ADDRESS = "14 Mill Lane\nRathmines\nDublin 6"


@dataclass(frozen=True)
class House:
    """What visits and notes refer to. ``rooms`` are three a practitioner, in their order.

    ``scales`` are the versions of the measures that are asked of patients, each with its measure.
    """

    first: Service
    follow_up: Service
    rooms: Sequence[Room]
    desk: User
    practitioners: Sequence[Practitioner]
    texts: Sequence[ConsentText]
    scales: Sequence[MeasureVersion] = ()


def drawn_id(rng: Random) -> uuid.UUID:
    """Draw a public id: the same seed gives the same."""
    return uuid.UUID(int=rng.getrandbits(128), version=4)


def make_services(rng: Random) -> tuple[Service, Service]:
    """Return the first visit and the follow-up of every new practice, not yet stored."""
    first, follow_up = (
        Service(public_id=drawn_id(rng), name=name, first_visit=first, **dict(zip(MINUTES, minutes, strict=True)))
        for (name, minutes), first in ((FIRST_VISIT, True), (FOLLOW_UP, False))
    )
    return first, follow_up


def build(rng: Random, services: tuple[Service, Service], *, desks: int, today: date, opened: datetime) -> House:
    """Store the house for so many practitioners, of whom the first four work today. ``opened``: its first day."""
    _practice(opened)
    location = Location.objects.create(public_id=drawn_id(rng), name="The Old Mill", address=ADDRESS)
    rooms = Room.objects.bulk_create(
        Room(
            public_id=drawn_id(rng), location=location, name=f"Room {number + 1}",
            active=number < TEAM * days.ROOMS_EACH,
        )
        for number in range(desks * days.ROOMS_EACH)
    )  # fmt: skip
    first, follow_up = Service.objects.bulk_create(services)
    passwords = tryout.passwords(settings.DATA_DIR)
    desk = _user(rng, tryout.DESK, "Ada Kowalczyk", [FRONT_DESK], opened, passwords)
    owner = _user(rng, tryout.OWNER, "Tomás Ibarra", [OWNER], opened, passwords)
    practitioners = [_practitioner(rng, number, opened, passwords) for number in range(desks)]
    users = User.objects.bulk_create([desk, owner, *(practitioner.user for practitioner in practitioners)])
    for practitioner, user in zip(practitioners, users[2:], strict=True):
        practitioner.user = user
    practitioners = Practitioner.objects.bulk_create(practitioners)
    _hours(practitioners[:TEAM], today)
    _needles(rng, practitioners, today, opened)
    TextBlock.objects.bulk_create(
        TextBlock(public_id=drawn_id(rng), made_by=practitioners[0].user, made_at=opened, **text)
        for text in texts_for_notes()
    )
    texts = ConsentText.objects.filter(version=1, language="en").order_by("id")
    scales = MeasureVersion.objects.filter(version=F("measure__version"), measure__active=True).select_related(
        "measure"
    )
    return House(first, follow_up, rooms, users[0], practitioners, list(texts), list(scales.order_by("id")))


def logins() -> list[tuple[str, str, str]]:
    """Return (who, e-mail, password) of those who can sign in, in the order in which they are printed."""
    passwords = tryout.passwords(settings.DATA_DIR)
    return [(who, email, passwords[who]) for who, email in tryout.EMAILS.items()]


def _practice(opened: datetime) -> None:
    Practice.objects.create(
        id=1, name="Clinic at the Old Mill", country=COUNTRY, timezone=days.ZONE.key,
        address=ADDRESS, phone=PHONE, mail_from=f"desk@{DOMAIN}", reply_to=f"desk@{DOMAIN}",
        mail_tested_at=opened, opened_at=opened,
    )  # fmt: skip
    lay_down_consent_texts()
    WorryText.objects.bulk_create(
        WorryText(kind=kind, body=data.worry_text(kind, country=COUNTRY, phone=PHONE), updated_at=opened)
        for kind in data.WORRY_KINDS
    )


def _user(
    rng: Random, who: str, name: str, roles: list[str], created_at: datetime, passwords: Mapping[str, str]
) -> User:
    # A salt of its own for each, always the same, so that the demo is the same.
    password = make_password(passwords[who], salt=hashlib.sha256(who.encode()).hexdigest()[:22])
    return User(
        public_id=drawn_id(rng), email=tryout.EMAILS[who], name=name, roles=roles, created_at=created_at,
        password=password,
    )  # fmt: skip


def _practitioner(rng: Random, number: int, opened: datetime, passwords: Mapping[str, str]) -> Practitioner:
    """The practitioner of one desk. Those behind the team of today have left; of the team, the first signs in."""
    listed = people.names()["practitioners"]
    name, hanzi = listed[number % len(listed)]
    name += " II" * (number // len(listed))
    if number == 0:
        user = _user(rng, tryout.PRACTITIONER, name, [PRACTITIONER], opened, passwords)
    else:
        user = User(
            public_id=drawn_id(rng), email=f"practitioner{number + 1}@{DOMAIN}", name=name, roles=[PRACTITIONER],
            is_active=number < TEAM, created_at=opened, password=f"!{rng.getrandbits(160):040x}",
        )  # fmt: skip
    return Practitioner(
        public_id=drawn_id(rng), user=user, display_name=f"Dr. {name}" if number == 0 else name, hanzi_name=hanzi,
        licence=f"AFPA {204 + number} {117 + 37 * number}", active=number < TEAM,
    )  # fmt: skip


def _hours(team: Sequence[Practitioner], today: date) -> None:
    WeeklyHours.objects.bulk_create(
        WeeklyHours(practitioner=practitioner, weekday=weekday, opens=opens, closes=closes)
        for practitioner in team
        for weekday in sorted({*range(5), today.weekday()})
        for opens, closes in days.HOURS
    )


def _needles(rng: Random, practitioners: Sequence[Practitioner], today: date, opened: datetime) -> None:
    """One box for each half-year, the newest open, and what the notes of the team begin with."""
    product = NeedleProduct.objects.create(public_id=drawn_id(rng), made_at=opened, **vars(usual.BOUGHT))
    boxes: list[NeedleBox] = []
    for half in usual.halves(opened.date(), today):
        lot, expires_on = usual.box_of(half)
        begun = max(opened, days.moment(half, days.HOURS[0][0]))
        if boxes:
            boxes[-1].finished_at = begun
        boxes.append(
            NeedleBox(
                public_id=drawn_id(rng), product=product, lot=lot, expires_on=expires_on, opened_at=begun,
                opened_by=practitioners[0].user,
            )
        )  # fmt: skip
    NeedleBox.objects.bulk_create(boxes)
    Habit.objects.bulk_create(
        Habit(
            public_id=drawn_id(rng), practitioner=practitioner, product=product, details=usual.HABIT.as_json(),
            retention_minutes=usual.MINUTES,
        )
        for practitioner in practitioners[:TEAM]
    )  # fmt: skip
