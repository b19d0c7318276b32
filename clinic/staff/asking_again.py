"""Acts that deserve a second look ask for the password once more, if the last time is five minutes ago or more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from allauth.account.decorators import reauthentication_required

View = TypeVar("View", bound=Callable[..., Any])


def asks_again(view: View) -> View:
    """Guard a view in this way; what was sent is kept and goes on after the password."""
    return cast(View, reauthentication_required(view))
