"""Half up, everywhere: 4.5 is 5, 2.25 is 2.3; for negatives half away from zero (-28.55 is -28.6)."""

from __future__ import annotations

from fractions import Fraction


def half_up(value: Fraction, decimals: int) -> int | float:
    """`value` rounded: an int for 0 decimals, else a float (an int beyond the range of floats)."""
    scale: int = 10**decimals
    magnitude = abs(value) * scale
    whole = (magnitude.numerator * 2 + magnitude.denominator) // (magnitude.denominator * 2)
    signed = -whole if value < 0 else whole
    if decimals == 0:
        return signed
    try:
        return signed / scale
    except OverflowError:
        return signed // scale
