"""What a browser would send of a page: the fields of one form with their values, read from its HTML."""

from __future__ import annotations

from collections.abc import Mapping
from html.parser import HTMLParser

_WITH_A_PRESS = ("submit", "button", "image", "reset", "file")
_WHEN_CHECKED = ("checkbox", "radio")


class _Form(HTMLParser):
    """Collects what a browser would send of one form."""

    def __init__(self, form: str) -> None:
        super().__init__()
        self.form, self.inside = form, False
        self.fields: dict[str, list[str]] = {}
        self.area = self.select = ""
        self.chosen = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = said.get("id") == self.form
        if not self.inside or "disabled" in said:
            return
        if tag == "option" and self.select and (not self.chosen or "selected" in said):
            self.chosen = True
            self.fields[self.select] = [said.get("value", "")]
        name = said.get("name", "")
        if tag == "select":
            self.select, self.chosen = name, False
        elif tag == "textarea":
            self.area = name
            self.fields.setdefault(name, [""])
        elif tag == "input" and name and _goes(said):
            unsaid = "on" if said.get("type") in _WHEN_CHECKED else ""
            self.fields.setdefault(name, []).append(said.get("value", unsaid))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        elif tag == "select":
            self.select = ""
        elif tag == "textarea":
            self.area = ""

    def handle_data(self, data: str) -> None:
        if self.area:
            self.fields[self.area] = [(self.fields[self.area][0] + data).removeprefix("\n")]


def _goes(said: Mapping[str, str]) -> bool:
    kind = said.get("type", "text")
    return kind not in _WITH_A_PRESS and (kind not in _WHEN_CHECKED or "checked" in said)


def form_of(page: str, form: str) -> dict[str, list[str]]:
    """Return the fields of a form of a page, as a browser would send them without a button."""
    found = _Form(form)
    found.feed(page)
    return {name: values for name, values in found.fields.items() if name}
