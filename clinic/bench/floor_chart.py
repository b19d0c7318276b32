"""The floor of the whole chart: what the patient page shows, asked and written as plainly as Django allows.

The same facts as the page of a practitioner: contact, course with its line, goal, the next visit and up to thirty
others, the newest twenty notes (three of them open, with their points), both drawings of the trend and their table,
the newest numbers beside the ones before, medicines, agreements, mails. No policy, no trace, no forms, no marks.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.utils import timezone

from clinic.outbox.models import OutgoingMessage
from patients.intake.models import Score
from patients.intake.querysets import intake_state
from patients.models import Patient
from sessions.charts import Chart
from sessions.points.catalogue import get
from sessions.trend.model import Said, Tick, Trend

_OUTPUTS = {"pain": "pain", "mood": "mood", "sleep": "sleep", "analgesic_days": "medicine_days"}

_PAGE = engines["django"].from_string("""{% extends "staff.html" %}{% load deqi %}
{% block head %}<h1>{{ p.full_name }}</h1> {{ p.address_as }} {{ p.birth_date|date:"j M Y" }}{% endblock %}
{% block flags %}{% for f in facts %}<span class="flag">{{ f.rule_id }} {{ f.detail }}</span>{% endfor %}{% endblock %}
{% block content %}
<section><h2>{{ chart.headline.0 }} {{ chart.headline.1 }}</h2><p>{{ chart.change }}</p>{{ chart.both }}
<table><tr><th>Date<th>From<th>Pain<th>Low mood<th>Poor sleep<th>Medicine days</tr>{% for r in chart.rows %}<tr>
<td>{{ r.on|date:"D j M" }}<td>{{ r.source }}<td>{{ r.pain }}<td>{{ r.mood }}<td>{{ r.sleep }}
<td>{{ r.medicine }}</tr>{% endfor %}</table></section>
<section><h2>Last notes</h2>{% for n in open %}<article><a href="{% url "treatments:note" n.public_id %}">
{{ n.started_at|date:"D j M Y" }}</a> {{ n.practitioner.display_name }} {{ n.number_in_course }}
pain {{ n.pain_before }} to {{ n.pain_after }}<p>{{ n.subjective|truncatechars:400 }}</p><ul>
{% for point, needle in n.points %}<li><b>{{ needle.point_code }}</b> {{ point.pinyin }} {{ point.chinese }}
{{ needle.side }} {{ needle.technique }}{% endfor %}</ul><p>{{ n.retention_minutes }} min, {{ n.needles_in }} in,
{{ n.needles_out }} out, plan: {{ n.plan|truncatechars:160 }}</p>{% for a in n.addenda.all %}<p>{{ a.text }} {{ a.by }}
</p>{% endfor %}</article>{% endfor %}<ul>{% for n in earlier %}<li><a href="{% url "treatments:note" n.public_id %}">
{{ n.started_at|date:"D j M Y" }}</a> {{ n.practitioner.display_name }} pain {{ n.pain_before }} to {{ n.pain_after }}
{% endfor %}</ul></section>
<section><h2>{{ told.words }}</h2><q>{{ told.goal }}</q>
{% course_line course.sessions_done course.planned_sessions course.checkpoint_session %}
{{ course.sessions_done }} of {{ course.planned_sessions }}, checkpoint {{ course.checkpoint_session }}</section>
<section><h2>Said before today</h2><dl>{% for name, now, before, band in lines %}<dt>{{ name }}<dd>{{ now }}, was
{{ before }} {{ band }}{% endfor %}</dl></section>
<section><dl>{% for m in medicines %}<dt>Takes<dd>{{ m }}{% endfor %}{% for c in consents %}<dt>{{ c.kind }}
<dd>{{ c.state }} {{ c.given_at|date:"D j M Y" }} {{ c.channel }}{% endfor %}<dt>Physician<dd>{{ p.physician }}
<dt>Phone<dd>{{ p.phone }}<dt>E-mail<dd>{{ p.email }}<dt>Emergency<dd>{{ p.emergency_contact }}<dt>Intake
<dd>{{ p.intake }}</dl></section>
<section><h2>Visits</h2><ul>{% for v in visits %}<li>{{ v.starts_at|date:"D j M Y, G:i" }} {{ v.state }}
{{ v.service.name }} {{ v.practitioner.display_name }} {{ v.room.name }}{% endfor %}</ul></section>
<section><h2>Mails</h2>{% for m in mails %}<p>{{ m.kind }} {{ m.state }} {{ m.not_before|date:"D j M, G:i" }}
{{ m.reason }}</p>{% endfor %}</section>
{% endblock %}""")


@login_required
def chart(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Show the whole chart of a patient."""
    p = Patient.objects.annotate(intake=intake_state(timezone.now(), "pk")).get(public_id=patient_id)
    course = p.courses.order_by("-id").first()
    notes = list(p.treatment_sessions.select_related("practitioner").order_by("-started_at")[:20])
    prefetch_related_objects(notes[:3], "needles", "addenda__by")
    for note in notes[:3]:
        note.points = [(get(one.point_code), one) for one in note.needles.all()]  # type: ignore[attr-defined]
    newest: dict[str, list[Any]] = {}
    days: dict[Any, dict[str, Any]] = {}
    scores = Score.objects.filter(response__patient=p).order_by("-response__answered_at", "response_id")
    columns = ("response__instrument", "output", "value", "response__severity", "response__answered_at")
    for instrument, output, value, severity, at in scores.values_list(*columns)[:800]:
        newest.setdefault(f"{instrument} {output}", []).append((value, severity))
        if instrument == "checkin" and output in _OUTPUTS and course and at >= course.opened_at and value is not None:
            days.setdefault(at, {})[_OUTPUTS[output]] = int(value)
    said = tuple(Said(at.date(), "check-in", **days[at]) for at in sorted(days))
    ticks = (Tick(n.number_in_course or 0, n.started_at.date(), done=True) for n in reversed(notes)
             if course and n.course_id == course.pk)  # fmt: skip
    context = {
        "p": p,
        "course": course,
        "open": notes[:3],
        "earlier": notes[3:],
        "chart": Chart(Trend(said=said, ticks=tuple(ticks))),
        "lines": [(name, *found[0], found[1:2] and found[1][0]) for name, found in newest.items()],
        "told": p.complaints.order_by("-recorded_at").first(),
        "facts": p.safety_facts.filter(ended_at__isnull=True),
        "medicines": p.medications.filter(stopped_at__isnull=True).values_list("words", flat=True),
        "consents": p.consents.order_by("kind", "-given_at").distinct("kind"),
        "visits": p.appointments.select_related("service", "practitioner", "room").order_by("-starts_at")[:30],
        "mails": OutgoingMessage.objects.filter(patient_id=p.pk).order_by("-created_at")[:6],
    }
    return HttpResponse(_PAGE.render(context, request))
