"""The practitioners' list of open tasks. It names whom a task is about, never what was answered."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from clinic.attention import kinds, querysets, services
from clinic.attention.models import Task
from clinic.attention.words import said_age, waits_for
from clinic.audit import services as audit
from clinic.kernel import clock, words
from clinic.policy import policy
from clinic.staff.requests import StaffRequest


@dataclass(frozen=True)
class _Row:
    task: Task
    title: str
    line: kinds.Line
    waits: str
    whom: str


@policy("attention", "read")
@require_safe
def waiting(request: StaffRequest) -> HttpResponse:
    """Show what is open, the most urgent first, what is to be read, and what was seen lately."""
    now = clock.now()
    opened, seen_lately = list(querysets.open_tasks()), list(querysets.seen_tasks())
    shown = [*opened, *seen_lately]
    to_read = kinds.to_read()
    audit.open_list(
        by=request.user, now=now, resource="attention",
        patient_ids=sorted({*(task.patient_id for task in shown), *(one.patient_id for one in to_read)}),
    )  # fmt: skip
    described = _described(shown, now)
    context = {
        "rows": [described[task.pk] for task in opened if task.pk in described],
        "to_read": to_read,
        "seen_rows": [described[task.pk] for task in seen_lately if task.pk in described],
        "attention_count": len(opened),
        "here": "attention",
    }
    return render(request, "attention/list.html", context)


@policy("attention", "acknowledge")
@require_POST
def seen(request: StaffRequest, public_id: uuid.UUID) -> HttpResponse:
    """Keep who saw the task and when."""
    task = get_object_or_404(Task, public_id=public_id)
    if services.acknowledge(task=task, by=request.user, now=clock.now()):
        words.say(request, "Marked as seen, with your name and the time.")
    else:
        words.say(request, "Somebody had marked it as seen before you.")
    return redirect("attention:list")


def _described(tasks: Sequence[Task], now: datetime) -> dict[int, _Row]:
    by_kind: dict[str, list[Task]] = defaultdict(list)
    for task in tasks:
        by_kind[task.kind].append(task)
    rows: dict[int, _Row] = {}
    for code, of_kind in by_kind.items():
        kind = kinds.get(code)
        lines = kind.lines(of_kind)
        rows |= {
            task.pk: _Row(task, kind.title, lines[task.pk], said_age(task.created_at, now), waits_for(task))
            for task in of_kind
            if task.pk in lines
        }
    return rows
