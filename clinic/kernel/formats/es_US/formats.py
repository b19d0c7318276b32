"""Numbers and weeks of Spanish in the United States, Mexico and their neighbours (CLDR es-US)."""

from __future__ import annotations

DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
FIRST_DAY_OF_WEEK = 0
