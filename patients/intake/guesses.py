"""How many links that are none an address may open: guessing is hopeless, and noticed."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

LIMIT = 20
"""Bad links a minute for one address; beyond it the page says to wait."""

_COUNT = """
INSERT INTO intake_guess (address, minute, count) VALUES (%s, %s, 1)
ON CONFLICT (address) DO UPDATE SET
    count = CASE WHEN intake_guess.minute = EXCLUDED.minute THEN LEAST(intake_guess.count + 1, 1000000) ELSE 1 END,
    minute = EXCLUDED.minute
RETURNING count
"""


def count(address: str | None, now: datetime) -> bool:
    """Count one bad link of ``address`` and tell whether it was one too many for this minute.

    One statement, so that two processes never count past each other.
    """
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [address or "0.0.0.0", now.replace(second=0, microsecond=0)])  # noqa: S104
        row = cursor.fetchone()
    return bool(row and row[0] > LIMIT)
