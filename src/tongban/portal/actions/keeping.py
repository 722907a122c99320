"""Retention 保存期限 (PIPL art. 19, 47): every hour what is over by the city's table goes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import structlog

from tongban import audit
from tongban.kit.db import Database, Part, write
from tongban.kit.policy import SYSTEM
from tongban.kit.sweeps import Keeper
from tongban.portal import files
from tongban.portal.model import KeepingRule

log = structlog.get_logger("tongban.keeping")

#: Whose the ledger row of a sweep is: the house's own, in bucket 0.
HOUSE = UUID(int=0)
#: The sweep is hourly: what is over for longer than two rounds should be gone.
OVERDUE_AFTER = timedelta(hours=2)
_keepers: dict[str, Keeper] = {}


def plug_keepers(table: Mapping[str, Keeper]) -> None:
    """Tell this room who drops what by the rules of ``keeping.yaml`` (``rooms.KEEPERS``); once per process."""
    _keepers.clear()
    _keepers.update(table)


def acting(city_dir: Path | None = None) -> list[tuple[KeepingRule, Keeper]]:
    """The rules that a job acts on; raises KeepingWrong for a rule with days that nobody carries out."""
    rules = files.keeping(city_dir)
    if idle := [code for code, rule in rules.items() if rule.days is not None and code not in _keepers]:
        raise files.KeepingWrong(f"keeping.yaml: nobody carries out {idle[0]}; leave its days null")
    if missing := [code for code in _keepers if code not in rules]:
        raise files.KeepingWrong(f"keeping.yaml: there is no rule {missing[0]}")
    return [(rules[code], keeper) for code, keeper in _keepers.items() if rules[code].days is not None]


def check_keeping(city_dir: Path, table: Mapping[str, Keeper]) -> None:
    """Refuse a city whose table of periods names what nobody carries out, or leaves out what somebody does."""
    plug_keepers(table)
    acting(city_dir)


async def keep(db: Database, *, now: datetime) -> dict[str, int]:
    """Drop what is over; gives how many rows of each rule went. Safe in several workers, and to be broken off.

    A rule that fails does not stop the others; the doctor shows what stays behind.
    """
    gone: dict[str, int] = {}
    for rule, keeper in acting():
        try:
            number = await keeper(db, before=now - timedelta(days=rule.days or 0), look=False)
        except Exception:
            log.exception("a rule of keeping.yaml could not be carried out", rule=rule.code)
            continue
        if number:
            gone[rule.code] = number
    if gone:
        await write(
            db,
            Part("SELECT 1 AS kept"),
            audit.record(SYSTEM, "portal.keep", subject=HOUSE, reference="keeping", detail=gone, now=now),
        )
    return gone


async def overdue(db: Database, *, now: datetime) -> dict[str, int]:
    """Rows that should have gone two rounds ago, by rule: for the doctor."""
    found = {
        rule.code: await keeper(db, before=now - timedelta(days=rule.days or 0) - OVERDUE_AFTER, look=True)
        for rule, keeper in acting()
    }
    return {code: number for code, number in found.items() if number}
