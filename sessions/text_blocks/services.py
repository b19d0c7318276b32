"""What happens to texts for notes: made, changed, retired, brought back."""

from __future__ import annotations

from datetime import datetime

from clinic.staff.models import User
from sessions.shelf.services import Refused, Shelf
from sessions.text_blocks.models import TextBlock
from sessions.text_blocks.querysets import MOST_OWN, MOST_SHARED

#: With those out of use, of the whole house.
MOST_EVER = 2_000
_SHELF = Shelf(TextBlock, resource="text-block", noun="text")


def make_block(*, name: str, words: str, part: str, shared: bool, by: User, now: datetime) -> TextBlock:
    """Keep a new text. ``words`` hold nothing of a patient. Raises NameTaken, or Refused when there are too many."""
    _refuse_too_many(shared=shared, owner_id=by.pk)
    if TextBlock.objects.count() >= MOST_EVER:
        raise Refused(f"There are {MOST_EVER} texts with those out of use. Please bring one back and change it.")
    return _SHELF.put(name=name, words=words, part=part, shared=shared, by=by, now=now)


def change_block(
    *, block: TextBlock, seen: int, name: str, words: str, part: str, shared: bool, by: User, now: datetime
) -> None:
    """Change a text, or share it. ``seen`` is the version of the page. Notes that used it keep their words.

    Sharing is for good: what others use is not taken back, it is retired. Raises NameTaken, ChangedMeanwhile,
    Refused.
    """
    if shared and not block.shared and block.retired_at is None:
        _refuse_too_many(shared=True, owner_id=block.made_by_id)
    _SHELF.change(one=block, seen=seen, name=name, words=words, part=part, shared=shared, by=by, now=now)


def retire_block(*, block: TextBlock, by: User, now: datetime) -> None:
    """Offer a text no more; a second call changes nothing. Notes that used it keep their words."""
    _SHELF.retire(one=block, by=by, now=now)


def bring_back_block(*, block: TextBlock, by: User, now: datetime) -> None:
    """Offer a retired text again; a second call changes nothing. Raises NameTaken, or Refused when too many are."""
    if block.retired_at is not None:
        _refuse_too_many(shared=block.shared, owner_id=block.made_by_id)
    _SHELF.bring_back(one=block, by=by, now=now)


def _refuse_too_many(*, shared: bool, owner_id: int) -> None:
    """Raises Refused when no more fit into the list of a note. Two who write in one moment may be one too many."""
    rows = TextBlock.objects.filter(retired_at__isnull=True, shared=shared)
    if shared and rows.count() >= MOST_SHARED:
        raise Refused(f"The clinic shares {MOST_SHARED} texts already. Please take one out of use first.")
    if not shared and rows.filter(made_by_id=owner_id).count() >= MOST_OWN:
        raise Refused(f"You have {MOST_OWN} texts already. Please take one out of use first.")
