"""Every row and every published figure, as ``docs/recompute.py`` reads them: one JSON object a line."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections import OrderedDict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from tongban.kit.db import Database
from tongban.reform.actions.halving import Overview, overview
from tongban.reform.files import CityReform
from tongban.reform.model import measured, staged, summed_cuts
from tongban.reform.model.approvals import counted
from tongban.reform.model.indicators import IndicatorStep

#: The shares of the two halvings that are published, of the whole city; the first two of each department as well.
SHARES = (
    "time_cut",
    "materials_cut",
    "steps_cut",
    "visits_cut",
    "windows_cut",
    "prefilled_share",
    "used_share",
)
_OF_DEPARTMENTS = SHARES[:2]
#: Names of the stages in the keys of the figures.
_STAGE_KEYS = {
    "chosen": "processes",
    "planned": "processes_planned",
    "ready": "processes_ready",
    "done": "processes_done",
}

#: How long a file that was made is given again, and the days of which one is kept.
KEPT_FOR = timedelta(minutes=1)
KEPT_DAYS = 4


class RowsFile(msgspec.Struct, frozen=True):
    """The rows of a day as one file, plain and packed, and when it was made."""

    made_at: datetime
    plain: bytes
    packed: bytes


class RowsFiles:
    """The files of the last days asked for: each is made at most once a minute, one at a time, however often it is
    asked for. They hold nothing of people, so each process may keep them."""

    def __init__(self) -> None:
        self._kept: OrderedDict[date, RowsFile] = OrderedDict()
        self._one_at_a_time = asyncio.Lock()

    def kept(self, on: date, *, now: datetime) -> RowsFile | None:
        """The file of that day, if it is no older than a minute."""
        found = self._kept.get(on)
        return found if found is not None and found.made_at <= now < found.made_at + KEPT_FOR else None

    async def file(self, db: Database, *, on: date, now: datetime) -> RowsFile:
        """The file of that day, made where none is kept. No statement, or two."""
        async with self._one_at_a_time:
            found = self.kept(on, now=now)
            if found is None:
                found = await asyncio.to_thread(_file, await exported(db, on=on), now)
                self._kept[on] = found
                self._kept.move_to_end(on)
                while len(self._kept) > KEPT_DAYS:
                    self._kept.popitem(last=False)
            return found


def _file(rows: Iterator[dict[str, Any]], now: datetime) -> RowsFile:
    # In ASCII: the script reads its standard input, whatever code page that has where it runs.
    plain = "".join(f"{json.dumps(row)}\n" for row in rows).encode("ascii")
    return RowsFile(now, plain, gzip.compress(plain, mtime=0))


async def exported(db: Database, *, on: date) -> Iterator[dict[str, Any]]:
    """The rows from which the figures follow, and the figures as they are published on that day. Two statements."""
    return _rows(await overview(db, on=on))


def _rows(seen: Overview) -> Iterator[dict[str, Any]]:
    yield {"row": "day", "on": str(seen.on), "approval_kinds": list(seen.city.targets.approval_kinds)}
    for line in seen.lines:
        now, then = line.now, line.then
        yield {
            "row": "item",
            "item": now.item,
            "version": now.number,
            "kind": now.kind,
            "department": now.department_kind,
            "promised": now.promise_days,
            "statutory": now.statutory_days,
            "unit": now.statutory_unit,
            **{name: getattr(now, name) for name in ("materials", "steps", "visits", "windows")},
            **{f"{name}_then": getattr(then, name) for name in ("materials", "steps", "visits", "windows")},
            "then": str(then.on),
            "questions": now.questions,
            "prefilled": now.prefilled,
        }
    for pace in seen.paces:
        yield {"row": "pace", **msgspec.to_builtins(pace)}
    for process in seen.city.processes:
        yield {"row": "process", **msgspec.to_builtins(process)}
    for approval in seen.city.approvals:
        yield {"row": "approval", **msgspec.to_builtins(approval)}
    units = {one.code: one.unit for one in seen.city.indicators.indicators}
    for step in seen.city.steps:
        yield {
            "row": "step",
            "series": _series(step),
            "unit": units[step.indicator],
            "year": str(step.measured_on.year),
            **msgspec.to_builtins(step),
        }
    for key, value in figures(seen).items():
        yield {"row": "figure", "key": key, "value": value}


def figures(seen: Overview) -> dict[str, str]:
    """Every published figure as it is written; one that has nothing to be counted from is not published."""
    whole: dict[str, Any] = {
        f"reform.{name}": getattr(seen.whole, name) for name in ("items", "decided", *SHARES)
    }
    for kind, part in seen.by_department.items():
        whole |= {f"reform.{name}.{kind}": getattr(part, name) for name in _OF_DEPARTMENTS}
    whole |= {
        f"reform.{_STAGE_KEYS[stage]}": number
        for stage, number in staged(seen.city.processes, seen.on).items()
    }
    whole |= counted(seen.city.approvals, seen.on)
    return {
        key: str(value) for key, value in (whole | indicator_figures(seen.city)).items() if value is not None
    }


def indicator_figures(city: CityReform) -> dict[str, Any]:
    """Time and procedures of each indicator on each date, and the cuts between dates over those in days."""
    found: dict[str, Any] = {}
    in_days = []
    for one in city.indicators.indicators:
        for flow in one.flows:
            series = measured(one, flow, city.steps)
            if one.unit == "days":
                in_days.append(series)
            for at in series:
                key = f"reform.wb.{one.code}{f'.{flow}' if flow else ''}.{at.on.year}"
                found |= {f"{key}.procedures": at.procedures, f"{key}.time": plain(at.time)}
    for together in zip(*in_days, strict=True):
        key = f"reform.wb.{together[0].on.year}"
        found[f"{key}.procedures"] = sum(at.procedures for at in together)
        found[f"{key}.time"] = plain(sum((at.time for at in together), Decimal(0)))
    for year in range(1, min((len(one) for one in in_days), default=1)):
        time, procedures = summed_cuts(in_days, year)
        found |= {f"reform.wb_time_cut_year{year}": time, f"reform.wb_steps_cut_year{year}": procedures}
    return found


def _series(step: IndicatorStep) -> str:
    """What is measured, and when, as the keys of the figures name it."""
    return ".".join(one for one in (step.indicator, step.flow, str(step.measured_on.year)) if one)


def plain(number: Decimal) -> str:
    """A number without needless noughts: 9, 169.5."""
    return f"{number.normalize():f}"
