"""Whatever is typed into whatever box, or stands in whatever address: words, never a failure, and nothing is lost."""

from __future__ import annotations

import uuid
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
import time_machine

from clinic.kernel.text_fields import BROKEN, showable
from clinic.policy.tests.crawler import TYPED, read
from clinic.policy.tests.house import NOW, a_house, everybody, routes, undone

pytestmark = [pytest.mark.django_db, pytest.mark.sweep]

TAG = "<script>alert(7)</script>"
FAMILY = "👩🏽‍⚕️👨‍👩‍👧‍👦"
NAUGHTY = [
    "a\x00b", "a\ud800b", "\u202egnitset\u202c", "x" * 50_001, "1e309", "１２", "-1", "9" * 30, TAG, "{{7*7}}",
    "../../x", "0001-01-01", "9999-12-31", "2026-11-17", "2027-02-29", "1/2/26", "٣٤", "a\r\nBcc: x@evil.example",
]  # fmt: skip
#: Sent box by box too, with all else as it should be: what may pass must come out whole at the other end.
ALONE = ["\u202egnitset\u202c", FAMILY + TAG + "{{7*7}}", "n" * 200, "9" * 30]
#: Into what is chosen or hidden.
HIDDEN = ["a\x00b", "a\ud800b", "9" * 30, "１２", TAG]
#: What stands in the boxes when the page opens empty, so that one bad box is the only one.
WELL = {
    "given_name": "Ada", "family_name": "Byron", "birth_date_day": "10", "birth_date_month": "12",
    "birth_date_year": "1985", "email": "ada@mail.example", "time": "13:30", "name": "A name",
    "concern": "Neck", "goal": "Swim", "display_name": "Ada", "licence": "L", "text": "Words.",
}  # fmt: skip
#: Parameters that pages read from their address; those of forms and links are found by reading the pages.
ASKED = {"q", "day", "patient", "next", "state", "page", "begins", "ends", "seen", "start"}
#: A password is not given back, and the links of the page are read apart.
NOT_KEPT = {"login"}
#: Buttons that send a whole box of their own: with them the box holds what the button says.
SPEAK_FOR = {"line": "points_line", "chip": "points_line", "count_in": "needles_in"}


@pytest.fixture
def house():
    with time_machine.travel(NOW, tick=False):
        yield a_house()


def sent(client, form, values):
    """Send a form as a browser would, byte by byte: also what no browser lets pass."""
    body = "&".join(f"{quote(name)}={quote(value.encode('utf-8', 'surrogatepass'), safe='')}" for name, value in values)
    address, _, asked = form.action.partition("#")[0].partition("?")
    if form.method == "GET":
        return client.get(address, QUERY_STRING=body)
    return client.generic("POST", address, body, content_type="application/x-www-form-urlencoded", QUERY_STRING=asked)


def pages(house, browsers):
    """Yield (who, client, address, page) for every page of the house that shows something."""
    for who, client in browsers.items():
        for knock in routes(house):
            if knock.real:
                answer = client.get(knock.path)
                if answer.status_code == 200 and "html" in answer["Content-Type"]:
                    yield who, client, knock.path, answer.content.decode()


def all_forms(house, browsers):
    """Yield every form once, with a browser that may send it."""
    known = set()
    for who, client, address, page in pages(house, browsers):
        for form in read(page, address).forms:
            names = tuple(sorted({one.name for one in form.fields}))
            key = (form.action.partition("?")[0], form.method, names, who if form.action.startswith("/i/") else "")
            if key not in known and form.action.startswith("/"):
                known.add(key)
                yield client, form


def as_it_comes(text):
    """Return what a page can show of a text: broken bytes arrive as marks, and lines end in one way."""
    arrived = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    return str(showable(arrived))


def lost(form, answer, values):
    """Return the names of the boxes in which something else stands than what was typed."""
    typed = dict(values)
    page = answer.content.decode()
    shown = [one for one in read(page, form.action).forms if set(form.typed) <= set(one.typed)]
    if not shown:
        return ["the whole form"]
    held = shown[0].held()
    typed |= {box: typed[button] for button, box in SPEAK_FOR.items() if button in typed}
    return [
        name
        for name in form.typed
        if name not in NOT_KEPT and squeezed(held[name]) != squeezed(as_it_comes(typed[name]))
    ]


def squeezed(text):
    """Blanks at the ends and the breaks of lines may differ; a mark for a broken sign may stand for several bytes."""
    return " ".join(text.split()).replace(BROKEN * 3, BROKEN)


def said_wrong(form, answer, values, where):
    """Return what is wrong with one answer, as sentences."""
    if answer.status_code >= 500:
        return [f"{where}: {answer.status_code}"]
    if answer.status_code in (204, 302, 303) or "html" not in answer["Content-Type"]:
        return []
    page, wrong = answer.content.decode(), []
    if TAG in page:
        wrong.append(f"{where}: a tag stands in the page as it was typed")
    theirs = form.action.startswith("/accounts/2fa/")  # a package's forms keep all but what no browser sends
    if form.method == "POST" and form.typed and not theirs and answer.status_code in (200, 400, 409, 422):
        wrong += [f"{where}: {name} is not kept" for name in lost(form, answer, values)]
    return wrong


def ways_to_send(form):
    """Yield (what is bad, values) for one form: every box at once, box by box, and what one cannot type at all."""
    for bad in NAUGHTY:
        yield bad, [(name, bad if name in form.typed else value) for name, value in form.filled()]
    for alone in form.typed if form.method == "POST" else []:
        for bad in ALONE:
            yield bad, [(name, bad if name == alone else value or WELL.get(name, "")) for name, value in form.filled()]
    for bad in HIDDEN:
        yield (
            bad,
            [
                (one.name, one.value or WELL.get(one.name, "") if one.kind in TYPED or one.name == "end" else bad)
                for one in form.fields
            ],
        )


def test_every_box_of_every_form_takes_everything(house):
    wrong, count = [], 0
    for client, form in all_forms(house, everybody(house)):
        client.raise_request_exception = False
        for bad, said in ways_to_send(form):
            fresh = str(uuid.uuid4())
            values = [(name, fresh if (name == "form_token" and value != bad) else value) for name, value in said]
            with undone(client):
                answer = sent(client, form, values)
                wrong += said_wrong(form, answer, values, f"{form.method} {form.action} {bad[:20]!r}")
            count += 1

    assert not wrong, "\n".join(wrong)
    assert count > 1000


def test_every_address_takes_everything(house):
    browsers = {who: client for who, client in everybody(house).items() if "check-in" not in who}
    wrong, addresses = [], {}
    for who, _, address, page in pages(house, browsers):
        reader = read(page, address)
        addresses.setdefault((who, address), set(ASKED))
        for asked in reader.asked:
            parts = urlsplit(asked)
            addresses.setdefault((who, parts.path), set(ASKED)).update(name for name, _ in parse_qsl(parts.query))
        for form in reader.forms:
            if form.method == "GET":
                names = {one.name for one in form.fields}
                addresses.setdefault((who, urlsplit(form.action).path), set(ASKED)).update(names)
    seen = set()
    for (who, address), names in addresses.items():
        if address in seen or address.startswith("/static/"):
            continue
        seen.add(address)
        client = browsers[who]
        client.raise_request_exception = False
        for bad in (*NAUGHTY[:3], *NAUGHTY[6:9], "0001-01-01", "9999-12-31"):
            value = quote(bad[:2000].encode("utf-8", "surrogatepass"), safe="")
            answer = client.get(address, QUERY_STRING="&".join(f"{quote(name)}={value}" for name in sorted(names)))
            if answer.status_code >= 500 or (not answer.streaming and TAG in answer.content.decode(errors="replace")):
                wrong.append(f"{address} {bad[:20]!r}: {answer.status_code}")

    assert not wrong, "\n".join(wrong)
    assert {"/today/", "/patients/", "/visits/new/", "/visits/new/times/", "/reminders/"} <= seen
