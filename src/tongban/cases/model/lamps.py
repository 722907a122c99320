"""Lamps 电子监察灯: how a running limit stands, as the desk sorts and filters its cases."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from tongban.kit.i18n import N_, Message


class Lamp(StrEnum):
    """绿灯 in time, 黄灯 near the limit, 红灯 past what was promised, 双红 past what the law allows."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    DOUBLE = "double"


#: Of each lamp no more are counted than these: a desk needs to know that there are many, not how many.
COUNTED = 100
LAMP_WORDS: dict[Lamp, Message] = {
    Lamp.GREEN: N_("正常"),
    Lamp.AMBER: N_("临近时限"),
    Lamp.RED: N_("已超期"),
    Lamp.DOUBLE: N_("已超法定时限"),
}


def lamp_of(
    *, due: datetime, warn_at: datetime | None, statutory_due: datetime | None, now: datetime
) -> Lamp:
    """The lamp at this instant. ``warn_at`` is from when the limit is near, None where that was never set."""
    if now > due:
        return Lamp.DOUBLE if statutory_due is not None and now > statutory_due else Lamp.RED
    return Lamp.AMBER if warn_at is not None and now >= warn_at else Lamp.GREEN
