"""Shares and cuts in percent, to one decimal, halves up: the same on any machine that adds up the same rows."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

_TENTH = Decimal("0.1")


def percent(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    """``part`` of ``whole`` in percent; None where there is no whole."""
    if not whole:
        return None
    return (Decimal(part) * 100 / Decimal(whole)).quantize(_TENTH, ROUND_HALF_UP)


def cut(now: Decimal | int, then: Decimal | int) -> Decimal | None:
    """By how much less there is now, 1 − now/then, in percent; negative where there is more."""
    return percent(Decimal(then) - Decimal(now), then)


def share(part: int, whole: int) -> Decimal | None:
    """As :func:`percent`, of counted things."""
    return percent(part, whole)
