"""The house of the try-out: its owner, its practice, its rooms and the people who work there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from clinic.demo import usual
from clinic.demo.texts import texts
from clinic.opening.demo.cast import CHEN, IBARRA
from clinic.practice import countries, data
from clinic.practice import services as practice_services
from clinic.practice.models import Practice, Room, Service
from clinic.practice.services import FIRST_VISIT, FOLLOW_UP
from clinic.running.tryout import DESK, EMAILS, OWNER, PRACTITIONER
from clinic.staff.models import Practitioner, User
from clinic.staff.services import links, practitioners, users
from sessions.habits import services as habits
from sessions.text_blocks.services import make_block

DAY = (time(8), time(18))
BEFORE = timedelta(weeks=9)
"""So long ago the people of the try-out were registered and its box of needles was opened."""


@dataclass(frozen=True)
class House:
    """Everything that visits need."""

    zone: ZoneInfo
    desk: User
    hands: Mapping[str, Practitioner]
    rooms: Mapping[int, Room]
    first: Service
    follow_up: Service


def build(*, passwords: Mapping[str, str], now: datetime) -> House:
    """Open the practice with three users, four rooms and two services. ``passwords`` by the words of ``EMAILS``."""
    link = links.issue_set_up_link(now=now)
    owner = users.create_first_owner(
        link=link, name="Tomás Ibarra", email=EMAILS[OWNER], password=passwords[OWNER], roles=["practitioner"], now=now
    )
    practice = _practice(owner, now)
    desk = _colleague(DESK, "Ada Kowalczyk", "front-desk", passwords, owner, now)
    mei_ling = _colleague(PRACTITIONER, "Mei-Ling Chen", "practitioner", passwords, owner, now)
    hands = {
        CHEN: practitioners.make_practitioner(
            user=mei_ling,
            display_name="Dr. Mei-Ling Chen",
            hanzi_name="陈美玲",
            licence="AFPA 204 117",
            by=owner,
            now=now,
        ),
        IBARRA: practitioners.make_practitioner(
            user=owner, display_name="Tomás Ibarra", hanzi_name="", licence="AFPA 198 332", by=owner, now=now
        ),
    }
    rooms = {number: practice_services.add_room(name=f"Room {number}", by=owner, now=now) for number in range(1, 5)}
    first, follow_up = (
        practice_services.add_service(name=name, minutes=minutes, first_visit=is_first, by=owner, now=now)
        for (name, minutes), is_first in ((FIRST_VISIT, True), (FOLLOW_UP, False))
    )
    # Last, so that no mail about passwords was planned.
    practice_services.keep_mail(mail_from="hello@oldmill.example", reply_to=EMAILS[DESK], by=owner, now=now)
    practice_services.note_mail_works(by=owner, now=now)
    practice_services.open_house(by=owner, now=now)
    _needles(hands, now)
    for text in texts():
        make_block(**text, by=mei_ling, now=now - BEFORE)
    return House(ZoneInfo(practice.timezone), desk, hands, rooms, first, follow_up)


def _needles(hands: Mapping[str, Practitioner], now: datetime) -> None:
    """Open the box that the sessions before were needled from too, and keep what everybody's notes begin with."""
    then, day = now - BEFORE, (now - BEFORE).date()
    lot, expires_on = usual.box_of(day)
    chen = hands[CHEN]
    box = habits.open_box(bought=usual.BOUGHT, lot=lot, expires_on=expires_on, today=day, by=chen.user, now=then)
    for practitioner in hands.values():
        by = practitioner.user
        habits.use_by_default(product=box.product, practitioner=practitioner, by=by, now=then)
        habits.keep_habit(
            details=usual.HABIT, minutes=usual.MINUTES, practitioner=practitioner, course_id=None, by=by, now=then
        )


def _practice(owner: User, now: datetime) -> Practice:
    zone = settings.DEFAULT_TIMEZONE if countries.is_zone(settings.DEFAULT_TIMEZONE) else "Europe/Dublin"
    practice = practice_services.keep_practice(
        name="Clinic at the Old Mill", country="IE", timezone=zone, address="14 Mill Lane\nRathmines\nDublin 6",
        phone="+35315550142", by=owner, now=now,
    )  # fmt: skip
    bodies = {kind: data.worry_text(kind, country="IE", phone="(01) 555 0142") for kind in data.WORRY_KINDS}
    practice_services.keep_worry_texts(bodies=bodies, by=owner, now=now)
    return practice


def _colleague(what: str, name: str, role: str, passwords: Mapping[str, str], owner: User, now: datetime) -> User:
    _, link = users.add_user(email=EMAILS[what], name=name, roles=[role], by=owner, now=now)
    return users.set_password(link=link, password=passwords[what], now=now)


def keep_hours(house: House, *, today: tuple[time, time], weekday: int, by: User, now: datetime) -> None:
    """Give everybody their week: 8 to 18 from Monday to Friday, and on today's weekday what its visits need."""
    week = dict.fromkeys(range(5), DAY) | {weekday: today}
    stretches = [(day, opens, closes) for day, (opens, closes) in sorted(week.items())]
    for practitioner in house.hands.values():
        practitioners.set_hours(practitioner=practitioner, hours=stretches, by=by, now=now)
