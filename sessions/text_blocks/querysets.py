"""What is asked about texts for notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models.functions import JSONObject

from sessions.shelf.querysets import ShelfQuerySet

if TYPE_CHECKING:
    from sessions.text_blocks.models import TextBlock

#: Texts in use of the whole clinic, and of one practitioner: a note offers all of them, so that none is looked for in
#: vain.
MOST_SHARED, MOST_OWN = 100, 50


class TextBlockQuerySet(ShelfQuerySet["TextBlock"]):
    """Questions about texts for notes, to be chained."""


def texts_for(user_id: int) -> models.QuerySet[TextBlock, Any]:
    """The texts that a person is offered: name, part, words."""
    return _offered(user_id).values("name", "part", "words")[: MOST_SHARED + MOST_OWN]


def offered_texts(user_id: int) -> ArraySubquery:
    """The same as JSON, to hang on another statement."""
    said = JSONObject(name="name", part="part", words="words")
    return ArraySubquery(_offered(user_id).values(json=said)[: MOST_SHARED + MOST_OWN])


def _offered(user_id: int) -> TextBlockQuerySet:
    blocks: TextBlockQuerySet = apps.get_model("text_blocks", "TextBlock")._default_manager.all()
    return blocks.seen_by(user_id).in_use()
