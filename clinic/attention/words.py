"""How the list says how long something waits, and for whom. Pure."""

from __future__ import annotations

from datetime import datetime

from clinic.attention.models import Task
from clinic.kernel import clinic_words


def said_age(since: datetime, now: datetime) -> str:
    """Say how long something waits: "34 min", "2 h 5 min", "3 days"."""
    minutes = max(int((now - since).total_seconds() // 60), 0)
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 24 * 60:
        hours, rest = divmod(minutes, 60)
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    days = minutes // (24 * 60)
    return "1 day" if days == 1 else f"{days} days"


def waits_for(task: Task) -> str:
    """Say whom an open task names: "Chen", "Chen, and Ana since 10:40"; "anybody" in the first seconds."""
    if task.assigned_to is None:
        return "anybody"
    if task.escalated_to is None:
        return str(task.assigned_to)
    at = clinic_words.time_of_day(task.escalated_at)
    if task.escalated_to_id == task.assigned_to_id:
        return f"{task.assigned_to}, told again at {at}"
    return f"{task.assigned_to}, and {task.escalated_to} since {at}"
