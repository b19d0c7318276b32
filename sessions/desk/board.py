"""The day as the board draws it: columns, the seats of the cards in them, the lines. No question is asked here."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from clinic.kernel import clinic_words
from sessions.desk.cards import PRESENT, Card
from sessions.desk.day import Day

#: The board never shows less than this, so that an empty day looks like a day.
_OPENS, _CLOSES = time(9), time(17)
#: Seats beside each other in one column: two halves are drawn by places.css, more by desk.css.
_HALVES = ("a", "b")
MOST_SEATS = 6
#: A visit that is off needs no less than this to be read.
LEAST_OFF = timedelta(minutes=20)


def board_of(day: Day, cards: list[Card]) -> dict[str, Any]:
    """Return the columns and their cards for components/board.html; cards get their place here."""
    columns = _columns(day, cards)
    numbers = {column["id"]: column["number"] for column in columns}
    for practitioner_id, number in numbers.items():
        seat([card for card in cards if card.visit.practitioner_id == practitioner_id], number)
    opens, closes = _frame(day, cards)
    return {
        "opens": opens,
        "closes": closes,
        "columns": columns,
        "hours": [time(hour) for hour in range(24) if opens <= time(hour) < closes and time(hour) != opens],
        "halves": [time(hour, 30) for hour in range(24) if opens < time(hour, 30) < closes],
        "closed": _closed(day, numbers, opens, closes),
        "now": _now_line(day, opens, closes),
        "visits": sorted(cards, key=lambda card: (numbers[card.visit.practitioner_id], card.starts_at)),
        "names_label": f"{clinic_words.day_long(day.day)}, by practitioner",
    }


def _columns(day: Day, cards: list[Card]) -> list[dict[str, Any]]:
    """Return who works that day or has a visit; in a practice where nobody does, everybody."""
    busy = {card.visit.practitioner_id: card.visit.practitioner for card in cards}
    shown = [w.practitioner for w in day.workers if w.hours or w.practitioner.pk in busy]
    known = {one.pk for one in shown}
    shown += [one for pk, one in sorted(busy.items()) if pk not in known]
    shown = shown or [worker.practitioner for worker in day.workers]
    rooms: dict[int, set[str]] = {}
    for card in cards:
        if card.state in PRESENT:
            rooms.setdefault(card.visit.practitioner_id, set()).add(card.visit.room.name)
    return [
        {
            "id": one.pk,
            "number": number,
            "name": one.display_name,
            "hanzi": one.hanzi_name,
            "rooms": said_rooms(sorted(rooms.get(one.pk, ()))),
        }
        for number, one in enumerate(shown, start=1)
    ]


def said_rooms(names: list[str]) -> str:
    """Say rooms in short: "Rooms 1, 2" when all begin with the word Room, else one after the other."""
    if len(names) > 1 and all(name.startswith("Room ") for name in names):
        return "Rooms " + ", ".join(name.removeprefix("Room ") for name in names)
    return ", ".join(names)


def seat(cards: list[Card], number: int) -> None:
    """Give the cards of one column their places: whole when alone, side by side while they share minutes."""
    group: list[Card] = []
    until: datetime | None = None
    for card in sorted(cards, key=lambda one: (one.starts_at, one.visit.pk)):
        if until is not None and card.starts_at >= until:
            _seat_group(group, number)
            group, until = [], None
        group.append(card)
        until = max(until or card.visit.ends_at, card.visit.ends_at)
    _seat_group(group, number)


def _seat_group(group: list[Card], number: int) -> None:
    """Place visits that share minutes: those that take place first, those that are off where a gap is left."""
    columns: list[list[Card]] = []
    for card in group:
        if card.state in PRESENT:
            free = next((column for column in columns if column[-1].visit.ends_at <= card.starts_at), None)
            columns.append([card]) if free is None else free.append(card)
    for card in group:
        if card.state not in PRESENT:
            _squeeze_off(card, columns)
    for index, column in enumerate(columns):
        for card in column:
            wide = len(columns)
            card.lane = f"{number}{_HALVES[index]}" if wide == len(_HALVES) else str(number)
            card.seat = f"seat-{index % MOST_SEATS + 1} of-{min(wide, MOST_SEATS)}" if wide > len(_HALVES) else ""


def _squeeze_off(card: Card, columns: list[list[Card]]) -> None:
    """Put a visit that is off into the longest gap at its time, cut to the gap; into a column of its own if need be."""
    best, room = None, LEAST_OFF
    for column in columns:
        busy = any(one.starts_at <= card.starts_at < _end(one) for one in column)
        after = min((one.starts_at for one in column if one.starts_at > card.starts_at), default=card.visit.ends_at)
        if not busy and after - card.starts_at >= room:
            best, room = column, after - card.starts_at
    if best is None:
        columns.append([card])
        return
    card.minutes = min(card.minutes, int(room.total_seconds() // 60))
    card.parts = [("rest", card.minutes)]
    best.append(card)


def _end(card: Card) -> datetime:
    return card.starts_at + timedelta(minutes=card.minutes)


def _frame(day: Day, cards: list[Card]) -> tuple[time, time]:
    """Return the first and last line of the board, on the quarter hour: openings or visits, what reaches further."""
    starts = [opens for worker in day.workers for opens, _ in worker.hours]
    ends = [closes for worker in day.workers for _, closes in worker.hours]
    for card in cards:
        begins, finishes = (moment.astimezone(day.zone) for moment in (card.visit.starts_at, card.visit.ends_at))
        starts.append(begins.time())
        ends.append(finishes.time() if finishes.date() == day.day else time(23, 45))
    first, last = min(starts, default=_OPENS), max(ends, default=_CLOSES)
    quarter = -(-(last.hour * 60 + last.minute) // 15) * 15
    return time(first.hour, first.minute // 15 * 15), time(min(quarter, 1425) // 60, min(quarter, 1425) % 60)


def _closed(day: Day, numbers: dict[int, int], opens: time, closes: time) -> list[dict[str, Any]]:
    """Return the stretches in which a practitioner does not work, those between two openings with a word."""
    found = []
    for worker in day.workers:
        lane = numbers.get(worker.practitioner.pk)
        if lane is None or not worker.hours:
            continue
        edges = [opens, *(edge for pair in worker.hours for edge in pair), closes]
        gaps = list(zip(edges[::2], edges[1::2], strict=True))
        for index, (begins, ends) in enumerate(gaps):
            minutes = (ends.hour - begins.hour) * 60 + ends.minute - begins.minute
            if minutes > 0:
                between = 0 < index < len(gaps) - 1
                found.append({"lane": lane, "at": begins, "minutes": minutes, "words": "Break" if between else ""})
    return found


def _now_line(day: Day, opens: time, closes: time) -> datetime | None:
    local = day.now.astimezone(day.zone)
    return local if day.is_today and opens <= local.time() < closes else None
