"""The steps of the opening day: which there are, which are done, which comes next."""

from __future__ import annotations

from dataclasses import dataclass

from clinic.practice.models import Practice, Room, Service, WorryText
from clinic.staff.models import Practitioner, WeeklyHours

OWNER = "owner"
PRACTICE = "practice"
MAIL = "mail"
WORRY = "worry"
PRACTITIONER = "practitioner"
BOOKABLE = "service"
HOURS = "hours"

TITLES = {
    OWNER: "You, the owner",
    PRACTICE: "The practice",
    MAIL: "Mail",
    WORRY: "Words for a worrying answer",
    PRACTITIONER: "First practitioner, licence",
    BOOKABLE: "A service and a room",
    HOURS: "Weekly hours",
}
_HINTS = {WORRY: "3 texts"}


@dataclass(frozen=True)
class Step:
    """One line of the list beside the form. ``open`` tells whether one may go there."""

    slug: str
    title: str
    done: bool
    open: bool
    here: bool
    note: str


@dataclass(frozen=True)
class Progress:
    """Where the opening day stands."""

    steps: tuple[Step, ...]

    @property
    def next(self) -> str:
        """The first step that is not done, or "" when all are."""
        return next((step.slug for step in self.steps if not step.done), "")

    def may_open(self, slug: str) -> bool:
        """Tell whether one may go to this step: every one before it is done."""
        return any(step.slug == slug and step.open for step in self.steps)

    def before(self, slug: str) -> str:
        """The step before ``slug``, or ""."""
        slugs = [step.slug for step in self.steps]
        place = slugs.index(slug)
        return slugs[place - 1] if place else ""

    def after(self, slug: str) -> str:
        """The step after ``slug``, or "" for the last."""
        slugs = [step.slug for step in self.steps]
        place = slugs.index(slug)
        return slugs[place + 1] if place + 1 < len(slugs) else ""


def progress(*, has_owner: bool, practice: Practice | None, mail_later: bool, here: str = "") -> Progress:
    """Say which steps are done, from what is stored; ``mail_later`` is that the owner put the mail off in words.

    Five small statements.
    """
    mailed = practice is not None and practice.mail_tested_at is not None
    done = {
        OWNER: has_owner,
        PRACTICE: practice is not None,
        MAIL: mailed or (mail_later and practice is not None),
        WORRY: WorryText.objects.filter(language="en").count() >= len(WorryText.Kind.values),
        PRACTITIONER: Practitioner.objects.filter(active=True).exclude(licence="").exists(),
        BOOKABLE: Service.objects.in_use().exists() and Room.objects.in_use().exists(),
        HOURS: WeeklyHours.objects.exists(),
    }
    steps, reachable = [], True
    for slug, title in TITLES.items():
        later = slug == MAIL and not mailed and done[MAIL]
        note = "later" if later else "done" if done[slug] else _HINTS.get(slug, "")
        is_here = slug == here
        steps.append(Step(slug, title, done[slug], reachable, is_here, "now" if is_here else note))
        reachable = reachable and done[slug]
    return Progress(tuple(steps))
