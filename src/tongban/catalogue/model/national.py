"""The national exchange tables 国家交换库 ``up_task_general_*``: their columns and code sets, and our own sixth table.

Column names are those of the exchange's SQL. What a column may hold is realistic where GB/T 39046-2020 Annex A does
not say it: 时限单位 (1 working days, 2 calendar days, 3 months) and 是否 (1 yes, 0 no).
"""

from __future__ import annotations

import re
from datetime import datetime

import msgspec

from tongban.catalogue.model.code_sets import (
    CASE_KINDS,
    DEPTHS,
    KINDS,
    LEVELS,
    MEDIA,
    NATURES,
    ORIGINALS,
    ORIGINS,
    POWERS,
    TARGETS,
    WAYS,
)
from tongban.kit.i18n import Text

BASIC = "up_task_general_basic"
EXTEND = "up_task_general_extend"
MATERIAL = "up_task_general_material"
FEE = "up_task_general_fee_project"
QUESTIONS = "up_task_general_questions"
#: Our own: what the national tables have no column for, the whole item as JSON in ``body``.
EXTRA = "tongban_task_extra"

UNITS = {"working": "1", "calendar": "2", "months": "3"}
RESULT_KINDS = {"licence": "10", "approval": "20", "other": "99"}
NEEDS = ("1", "2", "3")
AREAS = {"nation": "1", "provinces": "2", "city": "3", "place": "9"}
#: What each row says of itself: which it is, whether it is new (I), changed (U) or cancelled (D), when, from where.
ENVELOPE = ("row_guid", "cd_operation", "cd_time", "cd_batch", "data_source")
#: What stands between several codes of one cell; neighbours write it in many ways.
SEVERAL = re.compile(r"[,;|^，；、]")

Row = dict[str, str]


class Column(msgspec.Struct, frozen=True):
    """A column: what it holds, and whether it must be filled.

    ``kind`` is ``text``, ``number``, ``date``, ``flag`` (1 or 0), ``code`` or ``codes`` (several) of ``codes``.
    """

    name: str
    kind: str = "text"
    needed: bool = False
    codes: tuple[str, ...] = ()

    def wrong(self, value: str) -> Text | None:
        """What is wrong with a cell, and what to do about it; None when nothing is."""
        if not value:
            return Text("此项必填，请补上。", "This must be filled in.") if self.needed else None
        if self.kind == "number" and re.fullmatch(r"\d{1,6}", value, re.ASCII) is None:
            return Text(f"“{value}”不是数字，请填整数。", f"{value!r} is no number; give a whole one.")
        if self.kind == "date" and not _is_date(value):
            return Text(
                f"“{value}”不是日期，请按 2026-11-28 或者 2026-11-28 09:30:00 填写。",
                f"{value!r} is no date; write it as 2026-11-28 or 2026-11-28 09:30:00.",
            )
        known = ("0", "1") if self.kind == "flag" else self.codes
        said = (
            [one.strip() for one in SEVERAL.split(value) if one.strip()] if self.kind == "codes" else [value]
        )
        unknown = [one for one in said if one not in known] if known else []
        if unknown:
            return Text(
                f"代码集里没有“{unknown[0]}”，可以填：{'、'.join(known)}。",
                f"{unknown[0]!r} is not in the code set; it has {', '.join(known)}.",
            )
        return None


def _is_date(value: str) -> bool:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _texts(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name) for name in names)


def _flags(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, "flag") for name in names)


_ENVELOPE = (
    Column("row_guid", needed=True),
    Column("cd_operation", "code", needed=True, codes=("I", "U", "D")),
    Column("cd_time", "date"),
    *_texts("cd_batch", "data_source"),
)
_TASK = (Column("task_code", needed=True), Column("task_handle_item", needed=True))
_UNITS = tuple(UNITS.values())

TABLES: dict[str, tuple[Column, ...]] = {
    BASIC: (
        *_ENVELOPE,
        Column("catalog_code", needed=True),
        *_texts("local_catalog_code"),
        _TASK[0],
        *_texts("local_task_code"),
        _TASK[1],
        Column("task_name", needed=True),
        Column("task_type", "code", needed=True, codes=tuple(KINDS)),
        Column("task_state", "code", codes=("1", "2", "3")),
        Column("task_version", "number"),
        Column("by_law", needed=True),
        Column("power_source", "code", codes=tuple(POWERS)),
        Column("use_level", "code", needed=True, codes=tuple(LEVELS)),
        Column("dept_name", needed=True),
        *_texts("dept_code"),
        Column("dept_type", "code", codes=tuple(NATURES)),
        *_texts("entrust_name"),
        Column("anticipate_day", "number"),
        Column("anticipate_type", "code", codes=_UNITS),
        *_texts("anticipate_explain"),
        Column("promise_day", "number", needed=True),
        Column("promise_type", "code", codes=_UNITS),
        *_texts("promise_explain"),
        Column("accept_condition", needed=True),
        Column("handle_flow", needed=True),
        Column("is_fee", "flag", needed=True),
        *_texts("fee_basis"),
        Column("project_type", "code", needed=True, codes=tuple(CASE_KINDS)),
        Column("server_type", "codes", needed=True, codes=tuple(TARGETS)),
        *_texts("special_procedure"),
        Column("limit_scene_num", "number", needed=True),
        Column("handle_type", "codes", needed=True, codes=tuple(WAYS)),
        *_texts("transact_addr", "transact_time"),
        Column("link_way", needed=True),
        Column("supervise_way", needed=True),
        *_texts("link_addr", "mobile_terminal_url"),
        *_flags("is_single_login"),
        Column("plan_effective_date", "date"),
        Column("plan_cancel_date", "date"),
    ),
    EXTEND: (
        *_ENVELOPE,
        *_TASK,
        *_texts("handle_area"),
        *_flags("is_entry_center"),
        *_texts("other_dept", "service_type", "limit_explain"),
        Column("result_type", "codes", codes=tuple(RESULT_KINDS.values())),
        *_texts("result_name", "result_guid"),
        *_flags("is_schedule", "is_pay_online", "is_express", "is_service_terminals", "is_online"),
        Column("online_handle_depth", "codes", codes=tuple(DEPTHS)),
        *_texts("online_handle_url", "limit_scene_explain", "user_topic_type", "corp_topic_type"),
        *_texts("town_code", "village_code"),
    ),
    MATERIAL: (
        *_ENVELOPE,
        *_TASK,
        Column("material_name", needed=True),
        Column("material_type", "code", codes=tuple(ORIGINALS)),
        Column("material_format", "code", codes=tuple(MEDIA)),
        Column("is_need", "code", needed=True, codes=NEEDS),
        Column("source_type", "code", codes=tuple(ORIGINS)),
        *_texts("source_explain"),
        Column("page_num", "number"),
        *_texts("page_format", "form_guid", "example_guid", "accept_stand", "fill_explain", "by_law"),
        Column("order_num", "number"),
    ),
    FEE: (
        *_ENVELOPE,
        *_TASK,
        Column("fee_name", needed=True),
        Column("fee_stand", needed=True),
        Column("by_law", needed=True),
        *_flags("is_desc"),
        *_texts("desc_explain"),
    ),
    QUESTIONS: (*_ENVELOPE, *_TASK, Column("question", needed=True), Column("answer", needed=True)),
    EXTRA: (*_ENVELOPE, *_TASK, Column("body", needed=True)),
}
#: The five that a neighbour has, of which the first has a row for each item.
NATIONAL = (BASIC, EXTEND, MATERIAL, FEE, QUESTIONS)


class BadRow(msgspec.Struct, frozen=True):
    """What is wrong in a file: where (line 0 is the whole file), which field, and what to do about it."""

    file: str
    line: int
    field: str
    message: Text


class Line(msgspec.Struct, frozen=True):
    """A row of a table as it was read, and where."""

    file: str
    line: int
    table: str
    cells: Row

    @property
    def key(self) -> str:
        """The item to which it belongs, by 业务办理项编码."""
        return self.cells["task_handle_item"]

    def bad(self, field: str, zh: str, en: str) -> BadRow:
        """A fault of this row."""
        return BadRow(self.file, self.line, field, Text(zh, en))


def wrong_cells(line: Line) -> list[BadRow]:
    """Every cell of a row that cannot be, columns that are missing or unknown among them."""
    columns = {column.name: column for column in TABLES[line.table]}
    found = [
        line.bad(
            name,
            "没有这一列，请对照文档改列名或者去掉。",
            "There is no such column: rename it or leave it out.",
        )
        for name in line.cells
        if name not in columns
    ]
    for name, column in columns.items():
        if name not in line.cells:
            found.append(line.bad(name, "缺少这一列，请补上。", "This column is missing: add it."))
        elif told := column.wrong(line.cells[name]):
            found.append(BadRow(line.file, line.line, name, told))
    return found
