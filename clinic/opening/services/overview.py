"""What is set, one line each: the list that the settings open with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from clinic.attention.models import Duty
from clinic.kernel import clinic_words
from clinic.practice import countries, languages, readiness
from clinic.practice.models import Practice, Room, Service, WorryText
from clinic.running.backups import kept
from clinic.staff.models import Practitioner, User


@dataclass(frozen=True)
class Line:
    """One thing that is set: its words, and where it is changed ("" for who may not). ``look`` wants attention.

    ``act`` is what the link does: "Change", or "Read" for who may only look.
    """

    title: str
    said: str
    url: str = ""
    look: bool = False
    act: str = "Change"


def lines(practice: Practice, user: User, now: datetime) -> list[Line]:
    """Return the lines for ``user``. Seven statements at most."""
    owns = user.is_owner
    phone = clinic_words.phone(practice.phone, practice.country)
    where = f"{countries.name_of(practice.country)}, {practice.timezone.replace('_', ' ')}"
    rooms = [room.name for room in Room.objects.in_use()]
    services = [f"{service.name} {service.total_minutes} min" for service in Service.objects.in_use()]
    treating = [person.display_name for person in Practitioner.objects.filter(active=True)]
    spoken = languages.offered(practice)
    behind = readiness.behind(spoken)
    tongues = ", ".join(languages.ENGLISH_NAMES[tag] for tag in spoken)
    texts = WorryText.objects.filter(language="en").count()
    named = Duty.objects.filter(first__isnull=False).values_list("first__name", "second__name").first()
    told = ", then ".join(name for name in named if name) if named else "the patient’s practitioner, then any other"
    listed = [
        Line("Practice", f"{practice.name}, {where}, {phone}", "opening:practice"),
        _mail(practice),
        Line("Words for a worrying answer", f"{texts} of {len(WorryText.Kind.values)} texts", "opening:worry",
             look=texts < len(WorryText.Kind.values)),
        Line("Who is told of a worrying answer", told, "attention:people"),
        Line("Languages and texts to agree to", _with_behind(tongues, behind), "opening:languages", look=bool(behind)),
        Line("Rooms", ", ".join(rooms) or "none yet", "opening:rooms", look=not rooms),
        Line("Services", ", ".join(services) or "none yet", "opening:services", look=not services),
        Line("Courses", _courses(practice), "opening:courses"),
        Line("Practitioners", ", ".join(treating) or "none yet", "staff:practitioners", look=not treating),
    ]  # fmt: skip
    if owns:
        on = User.objects.filter(is_active=True).count()
        listed.append(Line("Users", f"{on} may sign in", "staff:users"))
        listed.append(_backup(now))
    shown = [Line(line.title, line.said, reverse(line.url) if owns and line.url else "", line.look) for line in listed]
    return [*shown, *_measured(user)] if owns or user.is_practitioner else shown


def _with_behind(tongues: str, behind: list[str]) -> str:
    """Say the languages, and in which of them a text to agree to is older than the English one."""
    if not behind:
        return tongues
    return f"{tongues}; a text to agree to is newer in English than in {' and in '.join(behind)}"


def _courses(practice: Practice) -> str:
    """Say what a new course begins with."""
    sessions = f"{practice.course_sessions} session{'' if practice.course_sessions == 1 else 's'}"
    return f"new ones begin with {sessions}, checkpoint at session {practice.checkpoint_session}"


def _measured(user: User) -> list[Line]:
    """What is measured: for owners to change, for practitioners to read."""
    act = "Change" if user.is_owner else "Read"
    numbers = "numbers you follow besides the questionnaires: headache days, degrees of motion, your own"
    brought = "what comes with Deqi: versions, licences, languages, scores, when each is asked"
    return [
        Line("Measures", numbers, reverse("measures:list"), act=act),
        Line("Questionnaires", brought, reverse("intake:questionnaires"), act="Read"),
    ]


def _backup(now: datetime) -> Line:
    """Return how the last backup went. It stands in a file of the data folder, where the backup itself lies."""
    last = kept.last(settings.DATA_DIR)
    if last is None:
        return Line("Backup", "none yet: the first night writes one, or make backup", look=not settings.DEBUG)
    when = f"{clinic_words.day_year(last.at)}, {clinic_words.time_of_day(last.at)}"
    if last.good:
        return Line("Backup", f"last backup: {when}; {last.words}", look=now - last.at > kept.STALE)
    good = next((f"the last good one is of {clinic_words.day_year(one.at)}" for one in kept.found(settings.DATA_DIR)),
                "there is no good one")  # fmt: skip
    return Line("Backup", f"last backup: failed {when}, {good}. {last.words}", look=True)


def _mail(practice: Practice) -> Line:
    if not practice.mail_from:
        return Line("Mail", "put off: no patient gets a mail from your own address yet", "opening:mail", look=True)
    said = f"from {practice.mail_from}, replies to {practice.reply_to}"
    if practice.mail_tested_at is None:
        return Line("Mail", f"{said}; the test mail has not come to its end", "opening:mail", look=True)
    return Line("Mail", f"{said}; tested {clinic_words.day_year(practice.mail_tested_at)}", "opening:mail")
