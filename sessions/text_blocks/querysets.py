"""What is asked about texts for notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models.functions import JSONObject

from sessions.shelf.querysets import ShelfQuerySet

if TYPE_CHECKING:
    from sessions.text_blocks.models import TextBlock  # noqa: F401 - named in the base class

#: Texts in use of the whole clinic, and of one practitioner: a note offers all of them, so that none is looked for in
#: vain.
MOST_SHARED, MOST_OWN = 100, 50


class TextBlockQuerySet(ShelfQuerySet["TextBlock"]):
    """Questions about texts for notes, to be chained."""


def offered_texts(user_id: int) -> ArraySubquery:
    """The texts that a person is offered, as JSON (name, part, words), to hang on another statement."""
    blocks = apps.get_model("text_blocks", "TextBlock")._default_manager.seen_by(user_id).in_use()
    said = JSONObject(name="name", part="part", words="words")
    return ArraySubquery(blocks.values(json=said)[: MOST_SHARED + MOST_OWN])
