"""How much a patient is asked: six screens and at most 45 answers, and no page that weighs on an old phone."""

from __future__ import annotations

import gzip
import re
from html.parser import HTMLParser

import pytest

from patients.intake import steps
from patients.intake.tests.conftest import AGREEMENT, COMPLAINT, FEELINGS, HEALTH, PLACES

MOST_SCREENS = 6
MOST_ANSWERS = 45
NEXT_PAGE = 20_000
#: A typical patient: chronic low back pain that goes into a leg, one medicine, one other treatment.
BACK = COMPLAINT | {"concern": "Chronic low back pain", "better": "warmth", "worse": "sitting"}
MARKS = {
    "places": ["low-back", "back-thigh-left"], "strength_low-back": "7", "kinds_low-back": ["ache"],
    "strength_back-thigh-left": "4", "kinds_back-thigh-left": ["burning"],
}  # fmt: skip
TOLD = HEALTH | {"therapies": ["physiotherapy"], "started_physiotherapy": "2025", "brings_list": "on"}
HEADACHE = FEELINGS | {"measure_headache-days": "9", "measure_headache-hours": "6", "measure_headache-strength": "7"}


class Questions(HTMLParser):
    """The names of the fields of a page; the boxes of one date, or of one list of ticks, are one question."""

    def __init__(self):
        super().__init__()
        self.names, self.inside_template = set(), False

    def handle_starttag(self, tag, attrs):
        own = dict(attrs)
        self.inside_template |= tag == "template"
        if tag in ("input", "textarea", "select") and own.get("type") != "hidden" and not self.inside_template:
            self.names.add(re.sub(r"_(day|month|year)$", "", own.get("name", "")))

    def handle_endtag(self, tag):
        if tag == "template":
            self.inside_template = False


def asked_on(page):
    found = Questions()
    found.feed(page)
    return found.names


def on_show(page, ticked):
    """What stands on a page for this patient: a question under a line that is not ticked is folded away."""
    kept = set()
    for name in asked_on(page):
        kind = re.sub(r"^(detail|started|stopped|words)_", "", name)
        if kind == name or kind in ticked:
            kept.add(name)
    return kept - {"helper"}


@pytest.mark.parametrize(
    ("complaint", "feelings"),
    [(BACK, FEELINGS), (COMPLAINT | {"concern": "Migraine", "better": "dark", "worse": "light"}, HEADACHE)],
)
def test_a_typical_patient_gives_at_most_45_answers_on_six_screens(link, phone, complaint, feelings):
    said = {steps.COMPLAINT: complaint, steps.PLACES: MARKS, steps.HEALTH: TOLD, steps.FEELINGS: feelings}
    ticked = {"anticoagulant", "physiotherapy"}
    phone.begin(link)
    known = {name for name, value in phone.get("/i/form/1/").context["form"].initial.items() if value}
    questions, screens = [], 0
    for step in range(1, steps.LAST + 1):
        if step in (steps.PLACES, steps.HEALTH):
            phone.send(step, said[step])
        page = phone.get(f"/i/form/{step}/").content.decode()
        shown = on_show(page, ticked)
        questions += [name for name in shown if step != steps.CONTACT or name not in known - {"version"}]
        screens += 1
        answer = phone.send(step, said.get(step) or (None if step != steps.AGREEMENT else AGREEMENT))
        assert answer.status_code == 302

    assert answer.headers["Location"] == "/i/sent/"
    assert screens <= MOST_SCREENS
    assert 30 < len(questions) <= MOST_ANSWERS, (len(questions), sorted(questions))


def test_nothing_is_asked_twice(link, phone):
    phone.fill(link, until=steps.COMPLAINT)
    phone.send(steps.COMPLAINT, COMPLAINT | {"concern": "Migraine"})
    for step in (steps.PLACES, steps.HEALTH, steps.FEELINGS):
        phone.send(step)
    labels = []
    for step in range(1, steps.LAST + 1):
        form = phone.get(f"/i/form/{step}/").context["form"]
        labels += [
            str(field.label)
            for field in form.visible_fields()
            if not re.match(r"(detail|started|stopped|words)_", field.name)
        ]

    assert len(labels) == len(set(labels)), [label for label in labels if labels.count(label) > 1]


@pytest.mark.parametrize(
    ("concern", "names"),
    [
        ("Migraine", {"measure_headache-days", "measure_headache-hours", "measure_headache-strength"}),
        ("my headaches are back", {"measure_headache-days", "measure_headache-hours", "measure_headache-strength"}),
        ("Fibromyalgia", {"measure_fatigue"}),
        ("Osteoarthritis of the knee", {"measure_stiffness-minutes", "measure_aid-days"}),
        ("Neck pain", set()),
    ],
)
def test_numbers_of_a_complaint_are_asked_with_it_only(link, phone, concern, names):
    phone.fill(link, until=steps.CONTACT)
    phone.send(steps.COMPLAINT, {"concern": concern})
    for step in (steps.PLACES, steps.HEALTH):
        phone.send(step)

    page = phone.get(f"/i/form/{steps.FEELINGS}/").content.decode()

    assert {name for name in asked_on(page) if name.startswith("measure_")} == names


def test_numbers_of_a_complaint_come_into_the_record_with_their_scale(link, phone, maria):
    phone.fill(link, until=steps.CONTACT)
    phone.send(steps.COMPLAINT, COMPLAINT | {"concern": "Migraine"})
    for step in (steps.PLACES, steps.HEALTH):
        phone.send(step)
    assert phone.send(steps.FEELINGS, HEADACHE | {"measure_headache-days": "29"}).status_code == 200
    phone.send(steps.FEELINGS, HEADACHE)
    phone.send(steps.AGREEMENT)

    said = maria.measured.order_by("measure__position").values_list("measure__code", "value", "source", "answered_by")
    assert [(code, int(value), source, by) for code, value, source, by in said] == [
        ("headache-days", 9, "link", ""), ("headache-hours", 6, "link", ""), ("headache-strength", 7, "link", ""),
    ]  # fmt: skip


def weight(phone, path):
    """Bytes of a page as it travels to a phone that can unpack it."""
    page = phone.client.get(path, headers={"Accept-Encoding": "gzip"})
    assert page.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(page.content).endswith(b"</html>\n")
    return len(page.content)


def test_no_page_of_the_form_weighs_much(link, phone):
    weights = {"begin": weight(phone, link)}
    phone.fill(link)
    phone.send(steps.PLACES, PLACES)

    weights |= {step: weight(phone, f"/i/form/{step}/") for step in range(1, steps.LAST + 1)}

    assert max(weights.values()) <= NEXT_PAGE, weights


def test_a_phone_that_cannot_unpack_gets_the_page_as_it_is(link, phone):
    page = phone.get(link)

    assert "Content-Encoding" not in page.headers
    assert b"</html>" in page.content
