"""The catalogue out to the national exchange tables and in from them: all is looked at first, then written at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
from asyncpg import UniqueViolationError

from tongban import audit
from tongban.catalogue.actions import exchange_files
from tongban.catalogue.actions.indexing import index
from tongban.catalogue.actions.publishing import HOUSE, content_hash, listed
from tongban.catalogue.actions.reading import adjustments, forget_copies
from tongban.catalogue.actions.standards import standards
from tongban.catalogue.model import POLICY, ItemVersion, Known, NoSuchItem, PublishedMeanwhile, lint
from tongban.catalogue.model.adjusting import in_force_on
from tongban.catalogue.model.cancelling import Cancellation
from tongban.catalogue.model.national import (
    BASIC,
    ENVELOPE,
    EXTEND,
    EXTRA,
    NATIONAL,
    BadRow,
    Line,
    wrong_cells,
)
from tongban.catalogue.model.national_in import Of, amount_of, code_of, ends, imported, place_of
from tongban.catalogue.model.national_out import Rows, Stamp, by_table, given_back, guid_of, rows_of
from tongban.catalogue.store import cancelling, items, searching, tasks
from tongban.catalogue.store import exchanged as store
from tongban.catalogue.store import sources as sources_store
from tongban.kit import clock
from tongban.kit.db import Database, Part, write
from tongban.kit.i18n import Text
from tongban.kit.policy import SYSTEM, Relation
from tongban.settings import settings

_CITY_TIME = ZoneInfo("Asia/Shanghai")
#: Columns that tell of the row, or of the item's end: what an item's own table does not say.
_APART = frozenset(ENVELOPE) | {"task_version", "task_state", "plan_cancel_date"}


class ExchangeWrong(ValueError):  # noqa: N818 - named for what happened
    """Files that are not taken: every fault of them. Nothing was loaded."""

    def __init__(self, faults: Sequence[BadRow]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = tuple(faults)


class Exchanged(msgspec.Struct, frozen=True):
    """What an import did, or would do: items read, those published anew, those cancelled, those as they were."""

    read: int
    published: tuple[str, ...]
    cancelled: tuple[str, ...]
    unchanged: int


class _Plan(msgspec.Struct):
    """What is to be written."""

    drafts: list[ItemVersion] = []
    came: list[store.Came] = []
    cancelled: list[str] = []
    ends: dict[str, Cancellation | None] = {}


async def export(
    db: Database, folder: Path, *, codes: Sequence[str] = (), sql: bool = False, source: str, now: datetime
) -> dict[str, int]:
    """Write the items in force, or those named, into the folder; gives how many rows of each table.

    What a neighbour sent goes back as it came where the item has not changed. ``source`` is our name in
    ``data_source``. Raises NoSuchItem.
    """
    found = await store.items_in_force(db, codes)
    if len(found) < len(set(codes)):
        raise NoSuchItem
    came = await store.every_came(db)
    decided = await cancelling.cancellations(db)
    stamp = Stamp(now.astimezone(_CITY_TIME).strftime("%Y-%m-%d %H:%M:%S"), f"{now:%Y%m%d%H%M%S}", source)
    rows = []
    for item in found:
        raw = came.get(item.code)
        now_rows = rows_of(item, stamp, extra=raw is None, cancelled=decided.get(item.code))
        rows.append(given_back(now_rows, raw.written, raw.came) if raw else now_rows)
    tables = by_table(rows)
    exchange_files.written(tables, folder, sql=sql)
    return {table: len(lines) for table, lines in tables.items()}


async def take_in(
    db: Database, folder: Path, *, dry_run: bool = False, area_code: str = "", now: datetime
) -> Exchanged:
    """Read a folder's tables and publish what is new in them, all or nothing; ``dry_run`` only looks.

    Raises ExchangeWrong with every fault by file, line and field, PublishedMeanwhile when somebody was faster.
    """
    POLICY.require(SYSTEM, "catalogue.publish", Relation.ANY)
    lines, bad = exchange_files.read(folder)
    for line in lines:
        bad += wrong_cells(line)
    if bad:
        raise ExchangeWrong(bad)
    grouped, bad = _grouped(lines)
    decided = in_force_on(await adjustments(db), clock.city_day(now))
    known = Known(await sources_store.every_source(db), standards(settings().city_dir), decided)
    themes = frozenset(theme.code for theme in await searching.themes(db))
    in_force = await items.numbers_in_force(db)
    came = await store.every_came(db)
    if bad := bad + _without_own(grouped, in_force.keys() - came.keys()):
        raise ExchangeWrong(bad)
    plan = _Plan([], [], [], {})
    for of in grouped.values():
        bad += _planned(of, plan, themes=themes, came=came)
    found_at = {code: of for of in grouped.values() for code in _codes(of)}
    changed = [one for one in plan.drafts if in_force.get(one.code, (0, b""))[1] != content_hash(one)]
    for draft in changed:
        bad += _broken(draft, found_at.get(draft.code), known, area_code)
    if bad:
        raise ExchangeWrong(sorted(bad, key=lambda one: (one.file, one.line, one.field)))
    said = _ends(plan, await cancelling.cancellations(db))
    if not dry_run and (changed or plan.cancelled or plan.came or any(said)):
        await _put(db, changed, plan, said, now=now)
    return Exchanged(
        len(grouped),
        tuple(one.code for one in changed),
        tuple(plan.cancelled),
        len(plan.drafts) - len(changed),
    )


def _ends(plan: _Plan, decided: Mapping[str, Cancellation]) -> tuple[list[Cancellation], list[str]]:
    """Which days of cancelling are put in and which lifted; what the city itself has decided of an item stays."""
    wanted = plan.ends | dict.fromkeys(plan.cancelled)
    free = {
        code: one for code, one in wanted.items() if code not in decided or decided[code].by == "exchange"
    }
    return (
        [one for code, one in free.items() if one is not None and decided.get(code) != one],
        [code for code, one in free.items() if one is None and code in decided],
    )


def _codes(of: Of) -> list[str]:
    """Under which codes an item of these rows may stand."""
    codes = [code_of(of[BASIC][0].key)] if of.get(BASIC) else []
    if of.get(EXTRA):
        try:
            codes.append(msgspec.json.decode(of[EXTRA][0].cells["body"], type=ItemVersion).code)
        except msgspec.MsgspecError:
            return codes
    return codes


def _grouped(lines: Iterable[Line]) -> tuple[dict[str, Of], list[BadRow]]:
    """Rows by item and table, and those that are there twice or belong to no item."""
    grouped: dict[str, Of] = defaultdict(lambda: defaultdict(list))
    bad: list[BadRow] = []
    seen: dict[tuple[str, str], Line] = {}
    for line in lines:
        guid = (line.table, line.cells["row_guid"])
        first = seen.setdefault(guid, line)
        if first is not line:
            bad.append(_twice(line, "row_guid", first))
        of = grouped[line.key]
        if line.table in (BASIC, EXTEND, EXTRA) and of[line.table]:
            bad.append(_twice(line, "task_handle_item", of[line.table][0]))
        of[line.table].append(line)
    for key in [key for key, of in grouped.items() if not of[BASIC]]:
        bad += [
            line.bad(
                "task_handle_item",
                f"{BASIC} 里没有这个事项，请补上它的一行，或者去掉这一行。",
                f"{BASIC} has no such item: add its row, or leave this one out.",
            )
            for found in grouped.pop(key).values()
            for line in found
        ]
    return grouped, bad


def _without_own(grouped: Mapping[str, Of], own: Iterable[str]) -> list[BadRow]:
    """This house's ``own`` items that come without our own table: from the five they would be read as other items."""
    guids = {guid_of(code) for code in own}
    found = [
        basic
        for of in grouped.values()
        if not of.get(EXTRA) and (basic := of[BASIC][0]).cells["row_guid"] in guids
        if basic.cells["cd_operation"] != "D"
    ]
    if found and not any(of.get(EXTRA) for of in grouped.values()):
        told = Text(
            f"文件夹里没有这个文件，却有本平台导出的 {len(found)} 个事项。请把导出时的这个文件放回来再导入。",
            f"This file is missing, and {len(found)} of the items here were exported by this house: "
            "put the file of that export back, then import.",
        )
        return [BadRow(f"{EXTRA}{Path(found[0].file).suffix}", 0, "", told)]
    return [
        basic.bad(
            "task_handle_item",
            f"{EXTRA} 里没有这个事项，它是本平台导出的：请补上导出时的那一行。",
            f"{EXTRA} has no row of this item, which this house exported: put the row of that export back.",
        )
        for basic in found
    ]


def _twice(line: Line, field: str, first: Line) -> BadRow:
    return line.bad(
        field,
        f"与 {first.file} 第 {first.line} 行重复，请只留一行。",
        f"It is there already, at {first.file}:{first.line}: keep one of them.",
    )


def _planned(of: Of, plan: _Plan, *, themes: frozenset[str], came: dict[str, store.Came]) -> list[BadRow]:
    """Put into the plan what an item's rows ask for, and give what is wrong with them."""
    basic = of[BASIC][0]
    gone = basic.cells["task_state"] == "3"
    if basic.cells["cd_operation"] == "D" or (gone and not of.get(EXTRA)):
        code = code_of(basic.key)
        if code not in came:
            return [
                basic.bad(
                    "cd_operation",
                    "只能取消从交换库来的事项；本市自己的事项请在事项文件里取消。",
                    "Only what came with the exchange is cancelled by it; cancel the city's own items in their files.",
                )
            ]
        plan.cancelled.append(code)
        return []
    if of.get(EXTRA):
        return _own(of, plan)
    bad = [
        line.bad("fee_stand", "请写明金额，例如“10 元”。", "Name the amount, such as 10 元.")
        for line in of.get("up_task_general_fee_project", [])
        if not amount_of(line.cells["fee_stand"])
    ]
    item = imported(of, topics=themes)
    raw = named(of)
    plan.drafts.append(item)
    plan.ends[item.code] = ends(of, item.code)
    written = rows_of(item, Stamp("", "", ""), extra=False, cancelled=plan.ends[item.code])
    one = store.Came(item.code, raw, written)
    if came.get(item.code) != one:
        plan.came.append(one)
    return bad


def named(of: Of) -> Rows:
    """An item's rows as they came, named as :func:`rows_of` names them."""
    return {
        table: {
            "" if table in (BASIC, EXTEND) else str(n): line.cells for n, line in enumerate(of.get(table, []))
        }
        for table in NATIONAL
    }


def _own(of: Of, plan: _Plan) -> list[BadRow]:
    """An item of a house like this one: it stands whole in our own table, and the five must say the same."""
    line = of[EXTRA][0]
    try:
        item = msgspec.json.decode(line.cells["body"], type=ItemVersion)
    except msgspec.MsgspecError as wrong:
        return [line.bad("body", f"不能读取：{wrong}。", f"It cannot be read: {wrong}.")]
    plan.drafts.append(msgspec.structs.replace(item, number=0, published_on=None))
    plan.ends[item.code] = ends(of, item.code)
    expected = rows_of(item, Stamp("", "", ""))
    basic = of[BASIC][0]
    bad: list[BadRow] = []
    if basic.cells["task_state"] == "3" and plan.ends[item.code] is None:
        told = "请写明从哪天起取消。", "Name the day from which it is cancelled."
        bad.append(basic.bad("plan_cancel_date", *told))
    for table in NATIONAL:
        rows, found = list(expected[table].values()), of.get(table, [])
        if len(rows) != len(found):
            told = (
                f"{table} 有 {len(found)} 行，{EXTRA} 里有 {len(rows)}。",
                f"{table} has {len(found)} rows, {EXTRA} says {len(rows)}.",
            )
            bad.append(line.bad("body", *told))
            continue
        bad += [
            other.bad(
                name,
                f"与 {EXTRA} 的 body 不一致，请两处一起改，或者去掉 {EXTRA} 的这一行。",
                f"The body in {EXTRA} says otherwise: change both, or leave the row of {EXTRA} out.",
            )
            for row, other in zip(rows, found, strict=True)
            for name, value in row.items()
            if name not in _APART and other.cells[name] != value
        ]
    return bad


def _broken(draft: ItemVersion, of: Of | None, known: Known, area_code: str) -> list[BadRow]:
    """The rules of publishing that an item breaks, each at the cell that says so."""
    bad = []
    for finding in lint(draft, known, area_code=area_code):
        line, field = place_of(finding.field, of or {})
        words = Text(f"{finding.rule} {finding.message.zh}", f"{finding.rule} {finding.message.en}")
        bad.append(BadRow(line.file, line.line, field, words))
    return bad


async def _put(
    db: Database,
    changed: list[ItemVersion],
    plan: _Plan,
    said: tuple[list[Cancellation], list[str]],
    *,
    now: datetime,
) -> None:
    """One statement, so one transaction: whoever is killed in it has done nothing."""
    numbers = await store.numbers(db)
    day = clock.city_day(now)
    published = [
        (
            msgspec.structs.replace(one, number=numbers.get(one.code, 0) + 1, published_on=day),
            content_hash(one),
        )
        for one in changed
    ]
    entries = await index(changed)
    found = [(entry, listed(draft)) for draft, entry in zip(changed, entries, strict=True) if not draft.after]
    detail = {"published": len(published), "cancelled": len(plan.cancelled)}
    codes = [one.code for one in changed]
    parts: list[Part] = [
        store.adding_versions(published, by=SYSTEM.caller, now=now),
        store.in_force([one for one, _ in published], now=now),
        store.putting_entries(found),
        store.keeping_came(plan.came, now=now),
        *store.overtaken(codes, now=now),
        store.cancelled(plan.cancelled, now=now),
        *store.out_of_force(plan.cancelled),
        cancelling.putting(said[0]),
        cancelling.lifting(said[1]),
        audit.record(SYSTEM, "catalogue.import", subject=HOUSE, reference="exchange", detail=detail, now=now),
    ]
    try:
        await write(db, store.once(), *parts)
    except UniqueViolationError as lost:
        raise PublishedMeanwhile from lost
    await write(db, tasks.counting(day=day))
    forget_copies()
