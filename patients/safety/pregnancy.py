"""Pregnancy as a due date: the week is always today's. Due date = 40 completed weeks."""

from __future__ import annotations

from datetime import date

from patients.safety import rules

DAYS_TO_DUE_DATE = 280
TERM_WEEK = 37  # until then no point that may start labour, unless with the maternity team (pregnancy_t3)


def days_pregnant(due_date: date, today: date) -> int:
    """Days since the first day of the last period; negative when the due date lies too far ahead."""
    return DAYS_TO_DUE_DATE - (due_date - today).days


def weeks_pregnant(due_date: date, today: date) -> int:
    """Completed weeks, never below 0."""
    return max(0, days_pregnant(due_date, today)) // 7


def rule_for(due_date: date, today: date) -> str | None:
    """The trimester's rule id; None when the due date is more than three weeks past."""
    weeks = weeks_pregnant(due_date, today)
    for rule in rules.all_rules():
        if rule.weeks and rule.weeks[0] <= weeks <= rule.weeks[1]:
            return rule.id
    return None


def words(due_date: date, today: date) -> str:
    """For the head of the page: "23 weeks, due 14 Mar 2027"."""
    weeks = weeks_pregnant(due_date, today)
    count = "1 week" if weeks == 1 else f"{weeks} weeks"
    return f"{count}, due {due_date.day} {due_date:%b %Y}"
