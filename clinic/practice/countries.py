"""Countries and their time zones, read from the tables that come with the zone data."""

from __future__ import annotations

import zoneinfo
from functools import lru_cache
from importlib.resources import files


def _rows(table: str) -> list[list[str]]:
    text = files("tzdata").joinpath("zoneinfo", table).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]


@lru_cache
def countries() -> tuple[tuple[str, str], ...]:
    """Return (ISO 3166-1 code, English name) of every country, in order of name."""
    return tuple(sorted(((code, name) for code, name in _rows("iso3166.tab")), key=lambda pair: pair[1]))


@lru_cache
def _zones() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for code, _, zone, *_ in _rows("zone.tab"):
        found.setdefault(code, []).append(zone)
    return {code: tuple(zones) for code, zones in found.items()}


def zones_of(country: str) -> tuple[str, ...]:
    """Return the IANA zones of a country (ISO code), the largest first; () for an unknown country."""
    return _zones().get(country, ())


@lru_cache
def zones() -> tuple[str, ...]:
    """Return every IANA zone that a practice can be in, in order of name."""
    return tuple(sorted({zone for listed in _zones().values() for zone in listed} | {"UTC"}))


def country_of(zone: str) -> str:
    """Return the country (ISO code) of an IANA zone, "" when none is listed for it."""
    return next((code for code, listed in _zones().items() if zone in listed), "")


def name_of(country: str) -> str:
    """Return the English name of a country, or its code when it is not listed."""
    return dict(countries()).get(country, country)


def is_zone(zone: str) -> bool:
    """Tell whether ``zone`` names a zone that this machine knows."""
    try:
        zoneinfo.ZoneInfo(zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return bool(zone)
