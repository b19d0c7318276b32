"""The demo's own house: practice, rooms, services, people who sign in."""

from __future__ import annotations

import base64
import hashlib
import hmac
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from random import Random

from django.conf import settings
from django.contrib.auth.hashers import make_password

from clinic.demo import days, people
from clinic.demo.courses import TEAM
from clinic.policy.table import FRONT_DESK, OWNER, PRACTITIONER
from clinic.practice import data
from clinic.practice.models import ConsentText, Location, Practice, Room, Service, WorryText
from clinic.practice.services import FIRST_VISIT, FOLLOW_UP, MINUTES, lay_down_consent_texts
from clinic.staff.models import Practitioner, User, WeeklyHours

COUNTRY = "IE"
DOMAIN = "oldmill.example"
PHONE = "+353209100014"


@dataclass(frozen=True)
class House:
    """What visits and notes refer to. ``rooms`` are three a practitioner, in their order."""

    first: Service
    follow_up: Service
    rooms: Sequence[Room]
    desk: User
    practitioners: Sequence[Practitioner]
    texts: Sequence[ConsentText]


def drawn_id(rng: Random) -> uuid.UUID:
    """Draw a public id: the same seed gives the same."""
    return uuid.UUID(int=rng.getrandbits(128), version=4)


def password_of(role: str) -> str:
    """Return a password that holds on this installation alone: nobody can read it in the source."""
    digest = hmac.new(settings.LINK_KEY.encode(), f"demo:{role}".encode(), hashlib.sha256).digest()
    text = base64.b32encode(digest).decode().lower()
    return "-".join(text[start : start + 5] for start in range(0, 20, 5))


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
    location = Location.objects.create(public_id=drawn_id(rng), name="The Old Mill", address="14 Mill Lane\nEnnis")
    rooms = Room.objects.bulk_create(
        Room(
            public_id=drawn_id(rng), location=location, name=f"Room {number + 1}",
            active=number < TEAM * days.ROOMS_EACH,
        )
        for number in range(desks * days.ROOMS_EACH)
    )  # fmt: skip
    first, follow_up = Service.objects.bulk_create(services)
    desk = _user(rng, "desk", "Rosa Kelly", [FRONT_DESK], opened, active=True)
    owner = _user(rng, "owner", "Helen Whelan", [OWNER], opened, active=True)
    practitioners = [_practitioner(rng, number, opened) for number in range(desks)]
    users = User.objects.bulk_create([desk, owner, *(practitioner.user for practitioner in practitioners)])
    for practitioner, user in zip(practitioners, users[2:], strict=True):
        practitioner.user = user
    practitioners = Practitioner.objects.bulk_create(practitioners)
    _hours(practitioners[:TEAM], today)
    texts = ConsentText.objects.filter(version=1, language="en").order_by("id")
    return House(first, follow_up, rooms, users[0], practitioners, list(texts))


def logins() -> list[tuple[str, str, str]]:
    """Return (who, e-mail, password) of those who can sign in, in the order in which they are printed."""
    who = (("Front desk", "desk"), ("Practitioner", "practitioner"), ("Owner", "owner"))
    return [(name, f"{role}@{DOMAIN}", password_of(role)) for name, role in who]


def _practice(opened: datetime) -> None:
    Practice.objects.create(
        id=1, name="Clinic at the Old Mill", country=COUNTRY, timezone=days.ZONE.key,
        address="14 Mill Lane\nEnnis", phone=PHONE, mail_from=f"desk@{DOMAIN}", reply_to=f"desk@{DOMAIN}",
        mail_tested_at=opened, opened_at=opened,
    )  # fmt: skip
    lay_down_consent_texts()
    WorryText.objects.bulk_create(
        WorryText(kind=kind, body=data.worry_text(kind, country=COUNTRY, phone=PHONE), updated_at=opened)
        for kind in data.WORRY_KINDS
    )


def _user(rng: Random, role: str, name: str, roles: list[str], created_at: datetime, *, active: bool) -> User:
    # A salt of its own for each role, always the same, so that the demo is the same.
    password = make_password(password_of(role), salt=hashlib.sha256(role.encode()).hexdigest()[:22])
    return User(
        public_id=drawn_id(rng), email=f"{role}@{DOMAIN}", name=name, roles=roles, is_active=active,
        created_at=created_at, password=password,
    )  # fmt: skip


def _practitioner(rng: Random, number: int, opened: datetime) -> Practitioner:
    """The practitioner of one desk. Those behind the team of today have left."""
    listed = people.names()["practitioners"]
    name, hanzi = listed[number % len(listed)]
    name += " II" * (number // len(listed))
    role = "practitioner" if number == 0 else f"practitioner{number + 1}"
    here = number < TEAM
    if here:
        user = _user(rng, role, name, [PRACTITIONER], opened, active=True)
    else:
        user = User(
            public_id=drawn_id(rng), email=f"{role}@{DOMAIN}", name=name, roles=[PRACTITIONER], is_active=False,
            created_at=opened, password=f"!{rng.getrandbits(160):040x}",
        )  # fmt: skip
    return Practitioner(
        public_id=drawn_id(rng), user=user, display_name=name, hanzi_name=hanzi,
        licence=f"AFI-{1200 + 37 * number}", active=here,
    )  # fmt: skip


def _hours(team: Sequence[Practitioner], today: date) -> None:
    WeeklyHours.objects.bulk_create(
        WeeklyHours(practitioner=practitioner, weekday=weekday, opens=opens, closes=closes)
        for practitioner in team
        for weekday in sorted({*range(5), today.weekday()})
        for opens, closes in _stretches()
    )


def _stretches() -> Sequence[tuple[time, time]]:
    return days.HOURS
