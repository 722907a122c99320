"""An item as rows of the national exchange tables, and a neighbour's rows given back as they came."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID, uuid5

import msgspec

from tongban.catalogue.model.cancelling import Cancellation
from tongban.catalogue.model.item import ItemVersion
from tongban.catalogue.model.national import (
    AREAS,
    BASIC,
    ENVELOPE,
    EXTEND,
    EXTRA,
    FEE,
    MATERIAL,
    QUESTIONS,
    RESULT_KINDS,
    TABLES,
    UNITS,
    Row,
)
from tongban.kit.i18n import Text

#: Rows of one item: by table, and in it by what they are of the item (``""`` where there is one).
Rows = dict[str, dict[str, Row]]
#: What tells of the row and not of the item: it comes back as it came where all else does.
_OF_ITSELF = (*ENVELOPE, "task_version")
_NAMES = UUID("6f1d7a3c-52be-4a59-9f0c-1b7f3a0e5d21")


class Stamp(msgspec.Struct, frozen=True):
    """When a batch is written, its number, and by whom."""

    time: str
    batch: str
    source: str


def rows_of(
    item: ItemVersion, stamp: Stamp, *, extra: bool = True, cancelled: Cancellation | None = None
) -> Rows:
    """An item's rows; ``extra`` with the one of our own table, from which it is read again without loss.

    ``cancelled`` is what is decided of it: its day (计划取消日期), and once that has come the state 3 (取消).
    Amounts in yuan, limits in the unit that their ``_type`` names. Chinese words: the tables know no other.
    """
    rows: Rows = {
        BASIC: {"": _basic(item) | _end(cancelled, stamp)},
        EXTEND: {"": _extend(item)},
        MATERIAL: {str(n): _material(item, n) for n in range(len(item.materials))},
        FEE: {
            str(n): {
                "fee_name": one.name.zh,
                "fee_stand": _yuan(one.fen),
                "by_law": one.basis.zh,
                "is_desc": "0",
            }
            for n, one in enumerate(item.fees)
        },
        QUESTIONS: {
            str(n): {"question": one.question.zh, "answer": one.answer.zh} for n, one in enumerate(item.faq)
        },
    }
    if extra:
        plain = msgspec.structs.replace(item, number=0, published_on=None)
        rows[EXTRA] = {"": {"body": msgspec.json.encode(plain, order="deterministic").decode()}}
    return {
        table: {name: _whole(item, table, name, row, stamp) for name, row in found.items()}
        for table, found in rows.items()
    }


def _end(cancelled: Cancellation | None, stamp: Stamp) -> Row:
    if cancelled is None:
        return {}
    day = str(cancelled.on)
    return {"plan_cancel_date": day} | ({"task_state": "3"} if day <= stamp.time[:10] else {})


def given_back(now: Rows, written: Rows, raw: Rows) -> Rows:
    """Rows for an export: each cell as the neighbour wrote it, unless the item has changed there since.

    ``written`` is what this house would have written when it read ``raw``.
    """
    return {
        table: {name: _given_back(row, written, raw, table, name) for name, row in found.items()}
        for table, found in now.items()
    }


def _given_back(row: Row, written: Rows, raw: Rows, table: str, name: str) -> Row:
    was, came = written.get(table, {}).get(name), raw.get(table, {}).get(name)
    if was is None or came is None:
        return row
    told = {column: came[column] if row[column] == was[column] else row[column] for column in row}
    if all(row[column] == was[column] for column in row if column not in _OF_ITSELF):
        return told | {column: came[column] for column in _OF_ITSELF if column in came}
    return told | {"row_guid": came["row_guid"], "cd_operation": "U"}


def guid_of(code: str, table: str = BASIC, name: str = "") -> str:
    """The ``row_guid`` of an item's row as this house names it."""
    return str(uuid5(_NAMES, f"{table}/{code}/{name}"))


def _whole(item: ItemVersion, table: str, name: str, row: Row, stamp: Stamp) -> Row:
    said = {
        "row_guid": guid_of(item.code, table, name),
        "cd_operation": "I" if item.number <= 1 else "U",
        "cd_time": stamp.time,
        "cd_batch": stamp.batch,
        "data_source": stamp.source,
        "task_code": item.task_code,
        "task_handle_item": item.handle_code,
        **row,
    }
    return {column.name: said.get(column.name, "") for column in TABLES[table]}


def _basic(item: ItemVersion) -> Row:
    limits = item.clock
    return {
        "catalog_code": item.catalog_code,
        "task_name": item.name.zh,
        "task_type": item.kind,
        "task_state": "1",
        "task_version": str(max(item.number, 1)),
        "by_law": _lines(
            f"{one.law.zh}（{one.number.zh}）{one.article.zh}：{one.gist.zh}" for one in item.basis
        ),
        "power_source": item.power,
        "use_level": item.level,
        "dept_name": item.department_name.zh,
        "dept_code": item.task_code[:18],
        "dept_type": item.nature,
        "anticipate_day": "" if limits.statutory_days is None else str(limits.statutory_days),
        "anticipate_type": "" if limits.statutory_days is None else UNITS[limits.statutory_unit],
        "promise_day": str(limits.promise_days),
        "promise_type": UNITS["working"],
        "accept_condition": _lines(one.text.zh for one in item.conditions),
        "handle_flow": _lines(f"{one.title.zh}：{one.detail.zh}" for one in item.steps),
        "is_fee": _flag(not item.is_free),
        "fee_basis": _lines(dict.fromkeys(one.basis.zh for one in item.fees)),
        "project_type": item.case_kind,
        "server_type": ",".join(item.targets),
        "special_procedure": _lines(f"{one.name.zh}：{one.days.zh}" for one in item.special_procedures),
        "limit_scene_num": str(item.visits),
        "handle_type": ",".join(item.ways),
        "transact_addr": _lines(f"{one.name.zh}：{one.address.zh}" for one in item.places),
        "transact_time": _lines(one.hours.zh for one in item.places),
        "link_way": item.contact.consult,
        "supervise_way": item.contact.supervise,
        "plan_effective_date": "" if item.effective_on is None else str(item.effective_on),
    }


def _extend(item: ItemVersion) -> Row:
    topics = [topic.partition(".") for topic in item.topics]
    return {
        "handle_area": AREAS[item.scope],
        "other_dept": _lines(one.zh for one in item.joint),
        "service_type": _zh(item.intermediary),
        "limit_explain": _zh(item.quantity_limit),
        "result_type": ",".join(RESULT_KINDS[one.kind] for one in item.results),
        "result_name": _lines(one.name.zh for one in item.results),
        "is_schedule": _flag(item.appointment),
        "is_pay_online": _flag(item.pay_online),
        "is_express": _flag(item.express),
        "is_online": _flag(bool({"2", "3"} & set(item.ways))),
        "online_handle_depth": item.depth,
        "limit_scene_explain": _zh(item.visits_reason),
        "user_topic_type": ",".join(name for group, _, name in topics if group == "personal"),
        "corp_topic_type": ",".join(name for group, _, name in topics if group == "legal"),
    }


def _material(item: ItemVersion, place: int) -> Row:
    one = item.materials[place]
    return {
        "material_name": one.name.zh,
        "material_type": one.original,
        "material_format": one.medium,
        "is_need": "3" if one.later else "1" if one.required else "2",
        "source_type": one.origin,
        "source_explain": one.why.zh,
        "page_num": str(one.copies),
        "accept_stand": _zh(one.standard),
        "fill_explain": one.detail.zh,
        "by_law": _zh(one.basis),
        "order_num": str(place + 1),
    }


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d} 元"


def _flag(said: bool) -> str:
    return "1" if said else "0"


def _zh(words: Text | None) -> str:
    return "" if words is None else words.zh


def _lines(words: Iterable[str]) -> str:
    return "\n".join(words)


def by_table(items: Iterable[Mapping[str, Mapping[str, Row]]]) -> dict[str, list[Row]]:
    """The rows of many items, by table."""
    found: dict[str, list[Row]] = {table: [] for table in TABLES}
    for rows in items:
        for table, named in rows.items():
            found[table] += named.values()
    return found
