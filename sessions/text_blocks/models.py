"""Words that are written again and again: a text with a name, for one part of the note. Nothing of a patient."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from sessions.shelf.models import Shelved, names_are_its_own
from sessions.text_blocks.querysets import TextBlockQuerySet

#: A text that is longer is no longer read before it is signed. In characters.
LONGEST = 1_000


class TextBlock(Shelved):
    """Words of one practitioner or of the clinic. ``___`` in them is filled in when they stand in a note."""

    class Part(models.TextChoices):
        """The part of the note that it is for; the codes are the columns of the note."""

        ANY = "any", "Any part"
        SUBJECTIVE = "subjective", "Subjective"
        OBJECTIVE = "objective", "Objective"
        ASSESSMENT = "assessment", "Assessment"
        PLAN = "plan", "Plan"

    part = models.CharField(max_length=10, choices=Part, default=Part.ANY)
    words = models.CharField(max_length=LONGEST, help_text="Nothing of a patient stands here.")

    objects = TextBlockQuerySet.as_manager()

    class Meta:
        constraints = [
            *names_are_its_own("text"),
            models.CheckConstraint(
                condition=Q(part__in=["any", "subjective", "objective", "assessment", "plan"]), name="text_has_its_part"
            ),
            models.CheckConstraint(condition=~Q(words=""), name="text_has_words"),
        ]
