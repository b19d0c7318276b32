"""Questions about requests and drafts. The desk may ask for the state; answers are read in reading.py."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce, Concat, NullIf

from clinic.kernel.links import hash_token
from clinic.kernel.prepared import Prepared, given
from clinic.outbox.models import OutgoingMessage
from clinic.practice.models import ConsentText
from clinic.staff.models import User
from patients.intake import asked_measures, steps
from patients.intake.models import IntakeSubmission, QuestionnaireRequest
from patients.models import Complaint, Photo

BIRTH_DATE_TRIES = 5
#: Kinds of mail that carry the link of the request they name as their subject.
CARRY_THE_LINK = ("confirmation", "intake-link")
READ_BY = "read by "
#: Both are filled in on the page of the check-in, with the same safe path.
ON_ONE_SCREEN = (QuestionnaireRequest.Form.CHECK_IN, QuestionnaireRequest.Form.COURSE_END)
_LIVE = (QuestionnaireRequest.State.OPEN, QuestionnaireRequest.State.BEGUN)


def of_token(token: str) -> QuestionnaireRequest | None:
    """Return the intake request that a link's token belongs to, dead or alive, with its patient."""
    found = QuestionnaireRequest.objects.filter(
        token_hash=hash_token(token), form=QuestionnaireRequest.Form.INTAKE
    ).select_related("patient")
    return found.first()


def alive(request: QuestionnaireRequest, now: datetime) -> bool:
    """Tell whether the link may still be filled in."""
    return request.state in _LIVE and request.expires_at > now and request.signed_off_at is None


def in_work(
    public_id: uuid.UUID, version: int, now: datetime, *, with_measures: bool = False
) -> QuestionnaireRequest | None:
    """Return a begun intake with its draft and patient, in one statement; None when it can no longer be filled in.

    ``told_before`` on it says that this patient handed in an intake before, ``measures`` what the clinic measures at
    the first visit, when asked ``with_measures`` (see ``asked_measures``).
    """
    asked = _IN_WORK_WITH_MEASURES if with_measures else _IN_WORK
    return asked.first(public_id=public_id, version=version, now=now)


def _in_work() -> QuerySet[QuestionnaireRequest]:
    found = QuestionnaireRequest.objects.filter(
        public_id=given("public_id"),
        version=given("version"),
        form=QuestionnaireRequest.Form.INTAKE,
        state=QuestionnaireRequest.State.BEGUN,
        expires_at__gt=given("now"),
    ).select_related("draft", "patient")
    earlier = IntakeSubmission.objects.filter(patient=OuterRef("patient_id"))
    return found.annotate(told_before=Exists(earlier))


_IN_WORK = Prepared(_in_work)
_IN_WORK_WITH_MEASURES = Prepared(lambda: _in_work().annotate(measures=asked_measures.rows()))


def check_in_of_token(token: str) -> QuestionnaireRequest | None:
    """Return the check-in, or the end of a course, that a link's token belongs to, dead or alive, with its patient."""
    found = QuestionnaireRequest.objects.filter(token_hash=hash_token(token), form__in=ON_ONE_SCREEN).select_related(
        "patient"
    )
    return found.first()


def check_in_in_work(public_id: uuid.UUID, version: int, now: datetime) -> QuestionnaireRequest | None:
    """Return a begun or sent check-in, or end of a course, with its draft and patient, in one statement, or None.

    ``own_goal`` on it are the newest words of the patient on what they want to do again, None when never asked;
    ``own_condition`` and ``own_words`` what brings them, ``measures`` what the clinic measures (``asked_measures``).
    """
    told = Complaint.objects.filter(patient_id=OuterRef("patient_id")).order_by("-recorded_at", "-id")
    found = QuestionnaireRequest.objects.filter(
        public_id=public_id,
        version=version,
        form__in=ON_ONE_SCREEN,
        state__in=(QuestionnaireRequest.State.BEGUN, QuestionnaireRequest.State.SUBMITTED),
    ).select_related("draft", "patient")
    return found.annotate(
        own_goal=Subquery(told.values("goal")[:1]),
        own_condition=Subquery(told.values("condition_id")[:1]),
        own_words=Subquery(told.values("words")[:1]),
        measures=asked_measures.rows_between(now),
    ).first()


def asked_of_token(token: str) -> QuestionnaireRequest | None:
    """Return the questionnaire that a link's token belongs to, dead or alive, with its patient."""
    found = QuestionnaireRequest.objects.filter(
        token_hash=hash_token(token), form=QuestionnaireRequest.Form.QUESTIONNAIRE
    ).select_related("patient")
    return found.first()


def asked_in_work(public_id: uuid.UUID, version: int) -> QuestionnaireRequest | None:
    """Return a begun or sent questionnaire with its draft and patient, in one statement; None when there is none."""
    found = QuestionnaireRequest.objects.filter(
        public_id=public_id,
        version=version,
        form=QuestionnaireRequest.Form.QUESTIONNAIRE,
        state__in=(QuestionnaireRequest.State.BEGUN, QuestionnaireRequest.State.SUBMITTED),
    )
    return found.select_related("draft", "patient").first()


def handed_in(public_id: uuid.UUID) -> QuestionnaireRequest | None:
    """Return a submitted request by its id, without a word of what was answered."""
    submitted = QuestionnaireRequest.objects.filter(public_id=public_id, state=QuestionnaireRequest.State.SUBMITTED)
    return submitted.only("appointment_id", "language").first()


def being_entered(patient_id: int, now: datetime) -> QuestionnaireRequest | None:
    """Return the begun intake of a patient that a practitioner copies from paper, with its draft, None when none is.

    ``told_before`` on it says that this patient handed in an intake before.
    """
    found = QuestionnaireRequest.objects.filter(
        patient_id=patient_id,
        form=QuestionnaireRequest.Form.INTAKE,
        state=QuestionnaireRequest.State.BEGUN,
        entered_by_id__isnull=False,
        expires_at__gt=now,
    ).select_related("draft", "patient")
    earlier = IntakeSubmission.objects.filter(patient=OuterRef("patient_id"))
    return found.annotate(told_before=Exists(earlier)).first()


def handed_in_whole(public_id: uuid.UUID, version: int) -> QuestionnaireRequest | None:
    """Return a submitted intake with its draft, submission and patient, by what a cookie says of it."""
    submitted = QuestionnaireRequest.objects.filter(
        public_id=public_id,
        version=version,
        form=QuestionnaireRequest.Form.INTAKE,
        state=QuestionnaireRequest.State.SUBMITTED,
        signed_off_at=None,
    )
    return submitted.select_related("draft", "submission", "patient").first()


def live_request(patient_id: int, form: str) -> QuerySet[QuestionnaireRequest]:
    """Return the one request of a form that is open or begun, expired or not."""
    return QuestionnaireRequest.objects.filter(patient_id=patient_id, form=form, state__in=_LIVE)


def intake_state(now: datetime, patient_ref: str = "patient_id") -> Coalesce:
    """Return the state of a patient's newest intake in words, as an expression for any queryset.

    "not sent", "sent", "begun", "step 3 of 6", "done", "read by Chen", "confirmed", "too old: send again", or
    "locked: send again" after too many birth dates. ``patient_ref`` names the column that holds the patient's id. No
    answer is read.
    """
    mailed = OutgoingMessage.objects.filter(
        subject_id=OuterRef("pk"), kind__in=CARRY_THE_LINK, state=OutgoingMessage.State.SENT
    )
    state = QuestionnaireRequest.State
    words = Case(
        When(signed_off_at__isnull=False, then=Value("confirmed")),
        When(read_at__isnull=False, then=Concat(Value(READ_BY), _reader(), output_field=CharField())),
        When(state=state.SUBMITTED, then=Value("done")),
        When(state=state.REVOKED, then=Value("not sent")),
        When(birth_date_tries__gte=BIRTH_DATE_TRIES, then=Value("locked: send again")),
        When(expires_at__lte=now, then=Value("too old: send again")),
        When(
            Q(state=state.BEGUN, draft__step__gt=1),
            then=Concat(
                Value("step "), Cast("draft__step", CharField()), Value(f" of {steps.LAST}"), output_field=CharField()
            ),
        ),
        When(state=state.BEGUN, then=Value("begun")),
        When(Q(sent_at__isnull=False) | Exists(mailed), then=Value("sent")),
        default=Value("not sent"),
        output_field=CharField(),
    )
    newest = (
        QuestionnaireRequest.objects.filter(patient_id=OuterRef(patient_ref), form=QuestionnaireRequest.Form.INTAKE)
        .order_by("-issued_at", "-id")
        .annotate(words=words)
        .values("words")[:1]
    )
    return Coalesce(Subquery(newest, output_field=CharField()), Value("not sent"))


def is_handed_in(words: str) -> bool:
    """Tell by the words of ``intake_state`` whether the form came back."""
    return words in ("done", "confirmed") or words.startswith(READ_BY)


def _reader() -> Coalesce:
    """The name of who read a request, as an expression."""
    named = User.objects.filter(pk=OuterRef("read_by_id")).annotate(
        called=Coalesce(NullIf("name", Value("")), "email", output_field=CharField())
    )
    return Coalesce(Subquery(named.values("called")[:1], output_field=CharField()), Value("somebody"))


def has_photo(request: QuestionnaireRequest, public_id: uuid.UUID) -> bool:
    """Tell whether a photo came with this form."""
    return Photo.objects.filter(public_id=public_id, request_id=request.pk, patient_id=request.patient_id).exists()


def consent_texts(language: str) -> list[ConsentText]:
    """Return the newest text of each kind, in ``language`` where there is one, else in English, in the order made."""
    chosen: dict[str, ConsentText] = {}
    wanted = ConsentText.objects.filter(language__in={language, "en"}).order_by("version", "id")
    for text in sorted(wanted, key=lambda text: text.language == language):
        chosen[text.kind] = text
    return sorted(chosen.values(), key=lambda text: (not text.required, text.pk))
