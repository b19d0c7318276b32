"""What the demo made, so that it can tell its own records from everybody else's."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class DemoRun(models.Model):
    """The one run whose records stand in this database."""

    patients = models.PositiveIntegerField()
    sessions = models.PositiveIntegerField()
    seed = models.IntegerField()
    today = models.DateField()
    highest = models.JSONField(help_text="{table: highest id that the demo gave out}")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_demo_run_only")]
