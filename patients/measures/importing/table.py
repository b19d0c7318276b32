"""A table as other programs write it: which separator, which encoding, which column is what. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

SEPARATORS = (",", ";", "\t", "|")
REQUIRED = ("patient", "measure", "date", "value")
#: ``birth_date`` is only needed where patients go by their names.
FIELDS = (*REQUIRED, "birth_date")
#: What columns are often called, folded.
_KNOWN_AS = {
    "patient": ("patient", "patient code", "patient id", "code"),
    "measure": ("measure", "measure code", "instrument"),
    "date": ("date", "day", "measured at", "measured on", "date and time"),
    "value": ("value", "number", "score", "result"),
    "birth_date": ("birth_date", "birth date", "date of birth", "dob"),
}
_LONGEST_CELL = 10_000


@dataclass(frozen=True)
class Refused:
    """One thing that is wrong; the header is row 1. ``column`` is the file's own name for it."""

    row: int
    column: str
    problem: str


@dataclass(frozen=True)
class Table:
    """A file as it was read. ``lines`` holds row number and cells by field; ``refused`` what could not be read."""

    separator: str
    mapping: Mapping[str, str] = field(default_factory=dict)
    lines: Sequence[tuple[int, Mapping[str, str]]] = ()
    refused: Sequence[Refused] = ()

    def column_of(self, name: str) -> str:
        """Return what the file calls a field."""
        return next((column for column, own in self.mapping.items() if own == name), name)

    @property
    def decimal_comma(self) -> bool:
        """Whether a comma may stand for the decimal point: never where it separates the columns."""
        return self.separator != ","


def read_table(content: bytes, maps: Sequence[str] = ()) -> Table:
    """Return a file as a table. ``maps`` are 'Column=field', each overrules what the column's name says."""
    text = _decoded(content)
    separator = _separator(text.partition("\n")[0])
    csv.field_size_limit(_LONGEST_CELL)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as wrong:
        return Table(separator, refused=[Refused(1, "", f"This cannot be read as a table: {wrong}.")])
    header = [cell.strip() for cell in rows[0]] if rows else []
    if not any(header):
        return Table(separator, refused=[Refused(1, "", "The file is empty: its first row names the columns.")])
    mapping, refused = _mapping(header, maps)
    lines, wrong_rows = _lines(rows, header, mapping) if not refused else ([], [])
    return Table(separator, mapping, lines, [*refused, *wrong_rows])


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace").replace("\x00", "\ufffd")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    return text.replace("\x00", "\ufffd")


def _separator(header: str) -> str:
    return max(SEPARATORS, key=lambda one: (header.count(one), -SEPARATORS.index(one)))


def _mapping(header: Sequence[str], maps: Sequence[str]) -> tuple[dict[str, str], list[Refused]]:
    mapping: dict[str, str] = {}
    refused = []
    for asked in maps:
        column, _, name = asked.rpartition("=")
        if column not in header:
            refused.append(Refused(1, column or asked, "The file has no column of this name."))
        elif name not in FIELDS:
            refused.append(Refused(1, column, f"“{name}” is none of {', '.join(FIELDS)}."))
        else:
            mapping[column] = name
    for name in FIELDS:
        named = [column for column in header if " ".join(column.casefold().split()) in _KNOWN_AS[name]]
        if name not in mapping.values() and named and named[0] not in mapping:
            mapping[named[0]] = name
    for name in REQUIRED:
        if name not in mapping.values():
            refused.append(Refused(1, name, f"No column is read as {name}. Name it with --map 'Column={name}'."))
    for column, name in mapping.items():
        if header.count(column) > 1:
            refused.append(Refused(1, column, "Two columns have this name."))
        if list(mapping.values()).count(name) > 1:
            refused.append(Refused(1, column, f"Two columns are read as {name}."))
    return mapping, refused


def _lines(
    rows: Sequence[Sequence[str]], header: Sequence[str], mapping: Mapping[str, str]
) -> tuple[list[tuple[int, Mapping[str, str]]], list[Refused]]:
    places = [(header.index(column), name) for column, name in mapping.items()]
    lines: list[tuple[int, Mapping[str, str]]] = []
    refused: list[Refused] = []
    for number, cells in _filled(rows):
        if len(cells) != len(header):
            refused.append(Refused(number, "", f"This row has {len(cells)} cells, the header has {len(header)}."))
        else:
            lines.append((number, {name: " ".join(cells[place].split()) for place, name in places}))
    return lines, refused


def _filled(rows: Sequence[Sequence[str]]) -> Iterator[tuple[int, Sequence[str]]]:
    """The rows below the header that hold anything, by their number in the file."""
    return ((number, cells) for number, cells in enumerate(rows[1:], start=2) if any(cell.strip() for cell in cells))
