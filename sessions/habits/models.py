"""What a note begins with: the needles that are open, and how a practitioner or a course usually needles."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinic.kernel.models import Record
from clinic.staff.models import Practitioner
from sessions import vocabularies
from sessions.courses.models import Course


class NeedleProduct(Record):
    """A needle as it is bought: single use and sterile (S-ISO17218), in boxes with a lot. Sizes are millimetres."""

    maker = models.CharField(max_length=60)
    product = models.CharField(max_length=60, blank=True)
    diameter_mm = models.DecimalField(max_digits=3, decimal_places=2)
    length_mm = models.PositiveSmallIntegerField()
    material = models.CharField(max_length=20, choices=vocabularies.choices("needle.material"))
    coating = models.CharField(max_length=20, choices=vocabularies.choices("needle.coating"))
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["maker", "product", "diameter_mm", "length_mm"]
        constraints = [
            models.CheckConstraint(
                condition=Q(diameter_mm__gt=0, diameter_mm__lte=1), name="needle_is_up_to_1_mm_thick"
            ),
            models.CheckConstraint(condition=Q(length_mm__range=(1, 200)), name="needle_is_1_to_200_mm_long"),
            models.UniqueConstraint(
                fields=["maker", "product", "diameter_mm", "length_mm", "material", "coating"],
                name="needle_stands_once",
            ),
        ]

    def __str__(self) -> str:
        name = " ".join(word for word in (self.maker, self.product) if word)
        return f"{name} {self.diameter_mm} x {self.length_mm} mm"


class NeedleBox(Record):
    """A box that was opened. Finished, it is offered no more; notes keep their copy of it."""

    product = models.ForeignKey(NeedleProduct, on_delete=models.PROTECT, related_name="boxes")
    lot = models.CharField(max_length=60)
    expires_on = models.DateField()
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["product", "lot"], condition=Q(finished_at__isnull=True), name="lot_is_open_once"
            )
        ]


class Habit(Record):
    """What a note begins with, of one practitioner or, before that, of one course."""

    practitioner = models.OneToOneField(Practitioner, on_delete=models.PROTECT, null=True, related_name="habit")
    course = models.OneToOneField(Course, on_delete=models.PROTECT, null=True, related_name="habit")
    product = models.ForeignKey(NeedleProduct, on_delete=models.PROTECT, null=True, related_name="+")
    details = models.JSONField(default=dict, blank=True, help_text="Read by sessions.details; no box, nothing felt.")
    retention_minutes = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(practitioner__isnull=True, course__isnull=False)
                | Q(practitioner__isnull=False, course__isnull=True),
                name="habit_is_of_a_practitioner_or_a_course",
            ),
            models.CheckConstraint(
                condition=Q(retention_minutes__isnull=True) | Q(retention_minutes__lte=120),
                name="habit_retention_is_0_to_120",
            ),
        ]
