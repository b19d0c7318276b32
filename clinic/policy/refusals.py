"""What happens when somebody is refused: rooms above register it when their app is ready."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest

from clinic.policy.tags import Tag

#: Called with the request and the tag of the view that was refused (the audit room writes its trace).
on_denied: list[Callable[[HttpRequest, Tag], None]] = []
