"""The SQL of the search alone, over 100,000 patients: planning and execution as PostgreSQL itself measures them."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from statistics import median

from django.db import connection

from clinic.bench import fill
from clinic.kernel import clock
from patients.models import Patient
from sessions.desk.views.search import with_intake

MEDIAN, P95 = 5.0, 10.0
QUESTIONS = 400


def measure(say: Callable[[str], None]) -> dict[str, object]:
    """Ask what people type and return the milliseconds of SQL."""
    asked = fill.searches(Random(5))[:QUESTIONS]  # noqa: S311 - nothing secret
    took = sorted(_milliseconds(question) for question in asked + asked[:20])
    found: dict[str, object] = {
        "patients": Patient.objects.count(), "questions": len(asked), "median": round(median(took), 2),
        "p95": round(took[int(0.95 * len(took))], 2), "most": round(took[-1], 2), "wanted": (MEDIAN, P95),
    }  # fmt: skip
    say(f"SQL of the search over {found['patients']:,} patients: {found['median']} ms, p95 {found['p95']} ms")
    return found


def _milliseconds(question: str) -> float:
    now = clock.now()
    matching = with_intake(Patient.objects.matching(question).with_next_visit(now), now)
    statement, values = matching[:51].query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement}", values)
        plan = cursor.fetchone()[0][0]
    return float(plan["Planning Time"] + plan["Execution Time"])
