"""One small house with everything in it once, its routes with real and made-up ids, and everybody who may knock."""

from __future__ import annotations

import hashlib
import re
import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from http.cookies import SimpleCookie
from types import SimpleNamespace

from allauth.account.utils import user_pk_to_url_str
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from clinic.attention.models import Task
from clinic.attention.services import open_task
from clinic.opening import mails
from clinic.outbox import services as outbox
from clinic.outbox.models import OutgoingMessage
from clinic.policy.middleware import tag_of
from clinic.practice.models import ConsentText, Practice, WorryText
from clinic.staff.forgotten import ResetTokens
from clinic.staff.services import links
from clinic.staff.tests.cast import a_user, signed_in
from patients.contact.services import Purpose, Wanted, tokens_for
from patients.intake.presence import Presence
from patients.intake.services import issue_request
from patients.intake.services.asking import CODE, ask
from patients.intake.services.requests import token_of
from patients.intake.tasks_shown import WORRYING
from patients.intake.tests.check_ins import a_check_in
from patients.intake.tests.conftest import ANSWERS
from patients.measures.tests.world import a_measure, a_value
from patients.models import Photo
from sessions.appointments.services import book
from sessions.appointments.tests.world import NOW, at
from sessions.calls.kinds import NO_ADDRESS
from sessions.calls.services import Call, answer_call
from sessions.clock.help import call_help
from sessions.clock.services import count_in
from sessions.events.models import AdverseEvent
from sessions.habits.services import Bought, open_box
from sessions.models import TreatmentSession
from sessions.point_sets.services import make_set
from sessions.tests.world import READY, a_treatment, begin, send
from sessions.text_blocks.services import make_block

NEEDLE = Bought("Acme", "Classic", Decimal("0.25"), 40, "stainless_steel", "silicone")
#: What a look may leave: its trace, the sign-in it came with, counters against guessing.
LEFT_BY_LOOKING = {"audit_auditevent", "django_session", "deqi_cache", "intake_guess"}


@dataclass(frozen=True)
class Knock:
    """One route with one set of ids: its pattern, its address, its tag, and whether its ids exist."""

    route: str
    path: str
    tag: object
    ours: bool
    real: bool
    has_ids: bool


def a_house():
    """A practice that is open, Alice who owns it, Bob at the desk, Charlie who treats, and Greta's whole record."""
    world = a_treatment()
    practice = Practice.objects.get()
    practice.mail_from, practice.mail_tested_at = "hello@mill.example", NOW
    practice.save()
    for kind in ("emergency", "self-harm", "call-today"):
        WorryText.objects.create(kind=kind, language="en", body="Please call us.")
    for kind, required in (("treatment", True), ("privacy", True), ("email", False)):
        ConsentText.objects.create(kind=kind, title=f"About {kind}", body="The words.", required=required)
    clinic, greta = world.clinic, world.patient
    charlie = clinic.chen.user
    alice, bob = a_user("Alice", "owner"), a_user("Bob", "front-desk")
    note = begin(world)
    signed = _signed(world, note)
    later = {"service": clinic.follow, "practitioner": clinic.chen, "room": None, "by": bob, "now": NOW}
    ahead = book(patient=greta, starts_at=at(15), **later)
    today = book(patient=greta, starts_at=at(12), **later)
    world.visit = today
    draft = begin(world)
    count_in(note=draft, needles=3, minutes=25, by=charlie, now=NOW)
    call = call_help(note=draft, by=charlie, now=NOW)
    intake = issue_request(patient=greta, appointment_id=ahead.pk, by=bob, now=NOW)
    check_in = a_check_in(greta, appointment_id=ahead.pk, issued_at=NOW)
    open_task(kind=WORRYING, dedup_key="one", urgency="same-day", patient_id=greta.pk, subject_id=intake.pk, now=NOW)
    Photo.objects.create(
        patient=greta, kind="medicines", jpeg=b"\xff\xd8\xff\xd9", width=1, height=1, sha256="0" * 64,
        request_id=intake.pk, received_at=NOW,
    )  # fmt: skip
    asked = ask(
        patient=greta, instruments=["gad-7"], where=CODE, presence=Presence(somebody_is_in=True, rings=False),
        by=charlie, now=NOW,
    )  # fmt: skip
    message = outbox.enqueue(
        kind="intake-link", dedup_key="a mail", to_address=greta.email, not_before=NOW + timedelta(hours=1),
        not_after=NOW + timedelta(days=1), now=NOW, patient_id=greta.pk, subject_id=intake.pk,
    )  # fmt: skip
    point_set = make_set(name="Low back", line="BL23 b, GV4", shared=True, by=charlie, now=NOW)
    text = make_block(name="rest", words="Rest for ___ days.", part="plan", shared=True, by=charlie, now=NOW)
    needle_box = open_box(bought=NEEDLE, lot="123", expires_on=NOW.date(), today=NOW.date(), by=charlie, now=NOW)
    by_phone = a_call(ahead)
    answered = answer_call(call=Call.of_mail(by_phone), answer="reached", number=1, by=bob, now=NOW)
    _, flexion = a_measure()
    measured = a_value(greta, flexion, "95")
    test_mail = outbox.enqueue(
        kind=mails.TEST_MAIL, dedup_key="a test mail", to_address=alice.email, not_before=NOW,
        not_after=NOW + timedelta(hours=1), now=NOW, user_id=alice.pk,
    )  # fmt: skip
    return SimpleNamespace(
        clinic=clinic, greta=greta, alice=alice, bob=bob, charlie=charlie, note=draft, signed=signed, visit=ahead,
        point_set=point_set, text=text,
        intake=intake, check_in=check_in, asked=asked, message=message, test_mail=test_mail, measured=measured,
        needle_box=needle_box, call=call, by_phone=by_phone, answered=answered, event=AdverseEvent.objects.get(),
        welcome=links.issue_password_link(user=bob, by=alice, now=NOW), set_up=links.issue_set_up_link(now=NOW),
    )  # fmt: skip


def a_call(visit):
    """A last reminder that did not go because its patient has no e-mail."""
    message = outbox.enqueue(
        kind="last-reminder", dedup_key=f"last-reminder:mail:visit={visit.pk}:seq=0", to_address="", not_before=NOW,
        not_after=NOW + timedelta(hours=1), now=NOW, patient_id=visit.patient_id, appointment_id=visit.pk,
    )  # fmt: skip
    OutgoingMessage.objects.filter(pk=message.pk).update(state="cancelled", reason=NO_ADDRESS)
    return OutgoingMessage.objects.get(pk=message.pk)


def _signed(world, note):
    send(world, note, page="sign", **READY)
    note = TreatmentSession.objects.get(pk=note.pk)
    assert note.signed_at, "the helper signs"
    return note


def everybody(house):
    """Return the browsers by name: three who sign in, nobody, and those who hold a link and have opened it."""
    with_intake, with_check_in, with_page, with_visit = Client(), Client(), Client(), Client()
    with_page.post(f"/p/{link_token(house, Purpose.OWN_PAGE)}/")
    form = with_page.get("/p/birth-date/").context["form"]
    born = {"birth_date_day": "12", "birth_date_month": "3", "birth_date_year": "1961", "end": "1"}
    with_page.post("/p/birth-date/", {**born, "form_token": str(form["form_token"].value())})
    with_visit.post(f"/p/{link_token(house, Purpose.VISIT)}/", {"seq": "0", "do": "confirm"})
    with_intake.post(f"/i/{token_of(house.intake)}/")
    page = with_intake.get("/i/form/1/")
    said = {"form_token": str(uuid.uuid4()), "version": page.context["form"]["version"].value(), "end": "1"}
    with_intake.post("/i/form/1/", {**ANSWERS[1], **said})
    with_check_in.post(f"/i/check-in/{token_of(house.check_in)}/")
    with_asked = Client()
    with_asked.post(f"/i/asked/{token_of(house.asked)}/")
    return {
        "alice": signed_in(house.alice),
        "bob": signed_in(house.bob),
        "charlie": signed_in(house.charlie),
        "nobody": Client(),
        "an intake link": with_intake,
        "a check-in link": with_check_in,
        "a questionnaire link": with_asked,
        "an own page": with_page,
        "a visit link": with_visit,
    }


def link_token(house, purpose):
    """Return the token of one of Greta's links, as her mails carry it."""
    wanted = Wanted(house.greta.pk, purpose, house.greta.email, house.visit.pk if purpose == Purpose.VISIT else 0)
    return tokens_for([wanted], NOW)[wanted]


def _ids(house, route):
    """Return the real value of each parameter of a route. A new parameter must be named here."""
    chen = house.clinic.chen
    by_place = {
        "settings/rooms/": house.clinic.rooms[0].public_id,
        "settings/services/": house.clinic.follow.public_id,
        "settings/users/": house.bob.public_id,
        "settings/measures/": house.measured.measure.public_id,
        "settings/practitioners/": chen.public_id,
        "attention/": Task.objects.get(kind=WORRYING).public_id,
        "patients/": house.greta.public_id,
        "reminders/": house.message.public_id,
        "points/sets/": house.point_set.public_id,
        "texts/": house.text.public_id,
        "needles/": house.needle_box.public_id,
        "mail-test/": house.test_mail.public_id,
    }
    tokens = {
        "setup/": lambda: links.token_of(house.set_up),
        "welcome/": lambda: links.token_of(house.welcome),
        "mail-test/": lambda: mails.token_of(house.test_mail.public_id),
        "i/check-in/": lambda: token_of(house.check_in),
        "i/asked/": lambda: token_of(house.asked),
        "i/": lambda: token_of(house.intake),
        "p/": lambda: link_token(house, Purpose.VISIT),
    }
    found = {
        "visit_id": house.visit.public_id,
        "course_id": house.signed.course.public_id,
        "note_id": house.signed.public_id if route.endswith("addenda/") else house.note.public_id,
        "patient_id": house.greta.public_id,
        "public_id": next((value for place, value in by_place.items() if route.startswith(place)), None),
        "token": next((make() for place, make in tokens.items() if route.startswith(place)), None),
        "photo_id": Photo.objects.get().public_id,
        "value_id": house.measured.public_id,
        "state": "arrived",
        "language": "es",
        "consent": "treatment",
        "call_id": house.call.public_id,
        "event_id": house.event.public_id,
        "message_id": house.by_phone.public_id,
        "answer_id": house.answered.public_id,
        "step": 1,
        "number": 1,
        "part": 1,
        "pk": 1,
    }
    return {name: str(value) for name, value in found.items() if value is not None}


def _made_up(kind, name):
    """Return a value of the same shape that exists nowhere."""
    return {
        "uuid": str(uuid.UUID(hashlib.md5(name.encode()).hexdigest(), version=4)),
        "int": "9" * 30,
        "slug": "no-such-thing",
        "str": "x" * 43,
    }[kind]


def _walk(resolver, prefix="", ours=True):
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            theirs = "allauth" in str(getattr(pattern.urlconf_name, "__name__", pattern.urlconf_name))
            yield from _walk(pattern, prefix + str(pattern.pattern), ours and not theirs)
        elif isinstance(pattern, URLPattern):
            yield prefix + str(pattern.pattern), pattern.callback, ours


_PARAMETER = re.compile(r"<(\w+):(\w+)>")


def routes(house):
    """Yield a Knock for each route, and a second one with made-up ids where it takes ids."""
    for route, view, ours in _walk(get_resolver()):
        facts = {"route": route, "tag": tag_of(view), "ours": ours}
        if "(?P<" in route:
            yield Knock(path=_by_rule(house, route), real=True, has_ids=False, **facts)
            continue
        ids = _ids(house, route)
        path = "/" + _PARAMETER.sub(lambda found, ids=ids: ids[found[2]], route)
        names = _PARAMETER.findall(route)
        yield Knock(path=path, real=True, has_ids=bool(names), **facts)
        if names:
            made_up = "/" + _PARAMETER.sub(lambda found: _made_up(found[1], found[2]), route)
            yield Knock(path=made_up, real=False, has_ids=True, **facts)


def _by_rule(house, route):
    if "uidb36" in route:
        return reverse(
            "account_reset_password_from_key",
            kwargs={"uidb36": user_pk_to_url_str(house.bob), "key": ResetTokens().make_token(house.bob)},
        )
    return "/accounts/confirm-email/abc-def/"


def fingerprint():
    """Return {table: hash of its rows} for all that a look must not change."""
    with connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names(cursor) if name not in LEFT_BY_LOOKING]
        each = " UNION ALL ".join(
            f"SELECT '{name}', md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM \"{name}\" t"
            for name in tables
        )
        cursor.execute(each)
        return dict(cursor.fetchall())


@contextmanager
def undone(client):
    """Take back what a request did, in the database and in the browser's cookies."""
    kept = SimpleCookie({name: morsel.value for name, morsel in client.cookies.items()})
    savepoint = transaction.savepoint()
    yield
    transaction.savepoint_rollback(savepoint)
    client.cookies = kept


_CHANGING = (
    re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"'),
    re.compile(rb'name="form_token" value="[^"]*"'),
    re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    re.compile(rb"X-CSRFToken[^}]*"),
)


def body_of(response):
    """Return what an answer says without what differs each time: tokens against forgery, the number of the request."""
    body = response.content
    for changing in _CHANGING:
        body = changing.sub(b"", body)
    return body
