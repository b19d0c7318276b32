"""The tag on a view: which cell of the policy table judges it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from clinic.policy.table import TABLE

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Tag:
    """What a view declared: a cell of the table, or openness with its reason (``public`` or ``link``)."""

    kind: str  # "cell", "public" or "link"
    resource: str = ""
    action: str = ""
    why: str = ""

    def allows(self, roles: list[str]) -> bool:
        """Tell whether any of ``roles`` may pass. Open tags pass everyone."""
        return self.kind != "cell" or bool(TABLE[self.resource, self.action].intersection(roles))


class _Policy:
    def __call__(self, resource: str, action: str) -> Callable[[View], View]:
        """Tag a view with a cell of the table. Raises KeyError for a cell that does not exist."""
        TABLE[resource, action]
        return self._tag(Tag("cell", resource, action))

    def public(self, why: str) -> Callable[[View], View]:
        """Tag a view that anybody may open, and say why."""
        return self._tag(Tag("public", why=why))

    def link(self, why: str) -> Callable[[View], View]:
        """Tag a view that is opened by a link's own capability, checked inside it, and say why."""
        return self._tag(Tag("link", why=why))

    def _tag(self, tag: Tag) -> Callable[[View], View]:
        def mark(view: View) -> View:
            view.policy = tag  # type: ignore[attr-defined]
            return view

        return mark


policy = _Policy()
