"""Reads the forms out of a page, as a browser sees them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

#: What a person types into; the rest is chosen or hidden.
TYPED = {"text", "email", "tel", "number", "date", "time", "search", "url", "textarea"}


@dataclass
class Field:
    """One control: how it is called, what kind it is, what stands in it, what may be chosen."""

    name: str
    kind: str
    value: str = ""
    checked: bool = False
    options: list[str] = field(default_factory=list)


@dataclass
class Form:
    """One form with its controls, in their order."""

    action: str
    method: str
    fields: list[Field] = field(default_factory=list)

    @property
    def typed(self):
        """The names of the controls one types into."""
        return [one.name for one in self.fields if one.kind in TYPED]

    def filled(self):
        """Return what a browser would send for the form as it stands: (name, value) in order."""
        said = []
        for one in self.fields:
            if one.kind in ("radio", "checkbox"):
                said += [(one.name, one.value)] if one.checked else []
            elif one.kind == "select":
                said.append((one.name, one.value or (one.options[0] if one.options else "")))
            elif one.kind not in ("submit", "button", "reset", "password", "file"):
                said.append((one.name, one.value))
        return said

    def held(self):
        """Return what stands in each control one types into, by name."""
        return {one.name: one.value for one in self.fields if one.kind in TYPED}


class _Reader(HTMLParser):
    def __init__(self, address):
        super().__init__(convert_charrefs=True)
        self.address = address
        self.by_id = {}
        self.forms = []
        self.open = None
        self.area = None
        self.select = None
        self.asked = []

    def handle_starttag(self, tag, attributes):
        said = {name: value or "" for name, value in attributes}
        self.asked += [said[name] for name in ("hx-get", "href") if said.get(name, "").startswith("/")]
        if tag == "form":
            self.open = Form(said.get("action") or self.address, said.get("method", "get").upper())
            self.forms.append(self.open)
            self.by_id[said.get("id", "")] = self.open
        form = self.by_id.get(said["form"]) if said.get("form") else self.open
        if tag == "option" and self.select is not None:
            self.select.options.append(said.get("value", ""))
            if "selected" in said:
                self.select.value = said.get("value", "")
        if form is None or not said.get("name") or "disabled" in said:
            return
        if tag == "input":
            kind = said.get("type", "text").lower()
            value = said.get("value", "on" if kind in ("checkbox", "radio") else "")
            form.fields.append(Field(said["name"], kind, value, "checked" in said))
        elif tag == "button":
            form.fields.append(Field(said["name"], "submit", said.get("value", "")))
        elif tag == "select":
            self.select = Field(said["name"], "select")
            form.fields.append(self.select)
        elif tag == "textarea":
            self.area = Field(said["name"], "textarea")
            form.fields.append(self.area)

    def handle_data(self, data):
        if self.area is not None:
            self.area.value += data

    def handle_endtag(self, tag):
        if tag == "form":
            self.open = None
        elif tag == "textarea" and self.area is not None:
            # The line break right behind <textarea> belongs to the markup.
            self.area.value = self.area.value.removeprefix("\n").replace("\r\n", "\n")
            self.area = None
        elif tag == "select":
            self.select = None


def forms_of(page, address):
    """Return the forms of a page that was asked for at ``address``."""
    return read(page, address).forms


def read(page, address):
    """Return the reader of a page: its ``forms``, and ``asked``, every address of ours it leads to."""
    reader = _Reader(urlsplit(address).path if "?" not in address else address)
    reader.feed(page)
    reader.close()
    return reader
