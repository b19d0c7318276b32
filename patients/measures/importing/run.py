"""A file of measured values becomes rows: every one of them, or none."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from clinic.audit.services import record
from clinic.practice.models import Practice
from patients.measures.importing import days
from patients.measures.importing.table import Refused, Table, read_table
from patients.measures.models import MeasureValue, MeasureVersion
from patients.measures.numbers import Unread, read_number
from patients.measures.services import NotOnItsScale
from patients.measures.services.values import refuse_off_scale
from patients.models import Patient

_FIRST_DAY = date(1900, 1, 1)
_AT_ONCE = 2_000
MEANWHILE = "Somebody entered a value meanwhile. Please run the import once more."

Key = tuple[int, int, datetime]


@dataclass
class _Known:
    """What the database holds of what the file speaks of."""

    by_code: Mapping[str, int]
    by_name: Mapping[tuple[str, date], list[int]]
    versions: Mapping[str, MeasureVersion]
    values: dict[Key, list[tuple[Decimal, str]]]


@dataclass
class Outcome:
    """What came of a file, as the command prints it."""

    rows: int = 0
    created: int = 0
    recognised: int = 0
    refused: list[Refused] = field(default_factory=list)
    mapping: Mapping[str, str] = field(default_factory=dict)
    dates: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return it as one JSON object."""
        return asdict(self)


@dataclass(frozen=True)
class _Read:
    """One row, read."""

    row: int
    patient_id: int
    version: MeasureVersion
    value: Decimal
    at: datetime


def run(*, content: bytes, maps: Sequence[str] = (), dates: str | None = None, dry_run: bool, now: datetime) -> Outcome:
    """Import a file. Nothing is stored when anything is refused, nor with ``dry_run``.

    ``dates`` is the order of days in the file ("dmy", "mdy", "ymd"), None to find it out. A value that stands already,
    or stood and was taken back, is recognised and not stored again.
    """
    table = read_table(content, maps)
    outcome = Outcome(rows=len(table.lines), refused=list(table.refused), mapping=dict(table.mapping), dates=dates)
    if not table.mapping or any(refused.row == 1 for refused in table.refused):
        return outcome
    outcome.rows += len({refused.row for refused in table.refused})
    if dates is None:
        try:
            outcome.dates = days.order_of(_days_of(table)) if table.lines else None
        except ValueError as unclear:  # Ambiguous, or both orders in one file
            outcome.refused.append(Refused(1, table.column_of("date"), str(unclear)))
            return outcome
    _store(table, outcome, dry_run=dry_run, now=now)
    outcome.refused.sort(key=lambda refused: refused.row)
    return outcome


def _days_of(table: Table) -> Iterable[str]:
    for _, cells in table.lines:
        yield cells["date"]
        if cells.get("birth_date"):
            yield cells["birth_date"]


def _store(table: Table, outcome: Outcome, *, dry_run: bool, now: datetime) -> None:
    zone = ZoneInfo(Practice.objects.values_list("timezone", flat=True).first() or "UTC")
    known = _look_up(table, outcome.dates or "ymd")
    reader = _Reader(table, known, outcome.dates or "ymd", zone, now)
    read = [one for row, cells in table.lines if (one := reader.read(row, cells)) is not None]
    outcome.refused.extend(reader.refused)
    known.values = _values_of(read)
    new = _new(read, known.values, table, outcome, now)
    if outcome.refused:
        return
    outcome.created = len(new)
    if new and not dry_run:
        try:
            with transaction.atomic():
                MeasureValue.objects.bulk_create(new, batch_size=_AT_ONCE)
                record(by=None, now=now, action="import", resource="measure")
        except IntegrityError:
            outcome.created = 0
            outcome.refused.append(Refused(1, "", MEANWHILE))


def _new(
    read: Sequence[_Read], values: dict[Key, list[tuple[Decimal, str]]], table: Table, outcome: Outcome, now: datetime
) -> list[MeasureValue]:
    new = []
    for one in read:
        key = (one.patient_id, one.version.measure_id, one.at)
        there = values.setdefault(key, [])
        if any(value == one.value for value, _ in there):
            outcome.recognised += 1
        elif any(state == "completed" for _, state in there):
            standing = next(value for value, state in there if state == "completed")
            problem = f"Another value stands for this patient, measure and date already: {standing.normalize():f}."
            outcome.refused.append(Refused(one.row, table.column_of("value"), problem))
        else:
            there.append((one.value, "completed"))
            new.append(
                MeasureValue(
                    patient_id=one.patient_id, measure_id=one.version.measure_id, version=one.version,
                    value=one.value, measured_at=one.at, recorded_at=now, source=MeasureValue.Source.IMPORT,
                )
            )  # fmt: skip
    return new


class _Reader:
    """Reads row by row and keeps what it has to refuse."""

    def __init__(self, table: Table, known: _Known, order: str, zone: ZoneInfo, now: datetime) -> None:
        self.table, self.known, self.order, self.zone, self.now = table, known, order, zone, now
        self.refused: list[Refused] = []

    def read(self, row: int, cells: Mapping[str, str]) -> _Read | None:
        """Return the row; None when anything of it is refused, each cell for itself."""
        before = len(self.refused)
        patient = self._patient(row, cells)
        version = self._version(row, cells["measure"])
        at = self._moment(row, cells["date"])
        value = self._value(row, cells["value"], version)
        if len(self.refused) > before or patient is None or version is None or at is None or value is None:
            return None
        return _Read(row, patient, version, value, at)

    def _refuse(self, row: int, name: str, problem: str) -> None:
        self.refused.append(Refused(row, self.table.column_of(name), problem))

    def _patient(self, row: int, cells: Mapping[str, str]) -> int | None:
        said = cells["patient"]
        if said in self.known.by_code:
            return self.known.by_code[said]
        if not said:
            self._refuse(row, "patient", "The patient is missing.")
        elif not cells.get("birth_date"):
            self._refuse(row, "patient", "No patient has this code. A name needs a column birth_date beside it.")
        else:
            return self._named(row, said, cells["birth_date"])
        return None

    def _named(self, row: int, name: str, born: str) -> int | None:
        try:
            day = days.read_day(born, self.order)
        except days.Unread as unread:
            self._refuse(row, "birth_date", str(unread))
            return None
        found = self.known.by_name.get((folded(name), day), [])
        if len(found) == 1:
            return found[0]
        problem = "Several patients have this name and birth date: please use the code." if found else (
            "No patient has this code, nor this name and birth date.")  # fmt: skip
        self._refuse(row, "patient", problem)
        return None

    def _version(self, row: int, said: str) -> MeasureVersion | None:
        found = self.known.versions.get(folded(said))
        if found is None:
            self._refuse(row, "measure", "No measure has this code or name." if said else "The measure is missing.")
        return found

    def _moment(self, row: int, said: str) -> datetime | None:
        try:
            at = days.read_moment(said, self.order, self.zone)
        except days.Unread as unread:
            self._refuse(row, "date", str(unread) if said else "The date is missing.")
            return None
        if at.date() < _FIRST_DAY:
            self._refuse(row, "date", "The year lies before 1900.")
            return None
        if at.astimezone(self.zone).date() > self.now.astimezone(self.zone).date():
            self._refuse(row, "date", "This day has not come yet.")
            return None
        return at.astimezone(UTC)

    def _value(self, row: int, said: str, version: MeasureVersion | None) -> Decimal | None:
        if not said:
            self._refuse(row, "value", "The value is missing.")
            return None
        if version is None:
            return None
        try:
            value = read_number(said, decimals=version.decimals, comma=self.table.decimal_comma)
            refuse_off_scale(version, value)
        except Unread as unread:
            self._refuse(row, "value", _UNREAD[unread.code])
            return None
        except NotOnItsScale as beside:
            self._refuse(row, "value", str(beside).replace("Please write a number", "This measure takes numbers"))
            return None
        return value


_UNREAD = {
    "letters": "This is no number.",
    "thousands": "This may be thousands or decimals. Please write it without a sign for thousands.",
    "decimals": "This measure takes fewer digits behind the decimal sign.",
}


def folded(text: str) -> str:
    """Return a name as it is compared: without accents, case and double blanks."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(letter for letter in plain if not unicodedata.combining(letter)).split())


def _look_up(table: Table, order: str) -> _Known:
    codes = {cells["patient"] for _, cells in table.lines}
    by_code = {str(code): pk for code, pk in Patient.objects.filter(code__in=codes).values_list("code", "pk")}
    born = set()
    for _, cells in table.lines:
        if cells.get("birth_date") and cells["patient"] not in by_code:
            try:
                born.add(days.read_day(cells["birth_date"], order))
            except days.Unread:
                continue
    by_name: dict[tuple[str, date], list[int]] = {}
    if born:
        for patient in Patient.objects.filter(birth_date__in=born).only("given_name", "family_name", "birth_date"):
            assert patient.birth_date is not None
            by_name.setdefault((folded(patient.full_name), patient.birth_date), []).append(patient.pk)
    return _Known(by_code, by_name, _versions(), {})


def _versions() -> dict[str, MeasureVersion]:
    """The measures in use by their code and by their name in each language; a code goes before a name."""
    found: dict[str, MeasureVersion] = {}
    in_use = list(MeasureVersion.objects.current())
    for version in in_use:
        for words in version.words.values():
            found.setdefault(folded(words["name"]), version)
    return found | {version.measure.code: version for version in in_use}


def _values_of(read: Sequence[_Read]) -> dict[Key, list[tuple[Decimal, str]]]:
    """What is on record for these patients in these days, what was taken back too."""
    found: dict[Key, list[tuple[Decimal, str]]] = {}
    if read:
        span = (min(one.at for one in read), max(one.at for one in read))
        stored = MeasureValue.objects.filter(patient_id__in={one.patient_id for one in read}, measured_at__range=span)
        for patient_id, measure_id, at, value, state in stored.values_list(
            "patient_id", "measure_id", "measured_at", "value", "state"
        ):
            found.setdefault((patient_id, measure_id, at), []).append((value, state))
    return found
