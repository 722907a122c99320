"""A table 表格 before and after a correction: each row with its cells, marked as added, taken away or changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tongban.kit.forms import Field
from tongban.kit.i18n import N_, Message

#: A row as it was answered, by column.
Row = dict[str, Any]


def row_lines(field: Field, shown: Any, said: Any, other: Any, *, after: bool) -> list[Message]:
    """A table's rows in words, one line a row.

    ``shown`` are the rows as they may be read here (sensitive cells masked), ``said`` the same as they were answered,
    ``other`` those of the other side. A row that the other side has not is marked as added (``after``) or taken away;
    of one that was altered each altered cell is marked, on the side after.
    """
    mine, others = _rows(said), _rows(other)
    partners = _partners(mine, others)
    return [
        _line(field, row, number, mine[number], partner, after=after)
        for number, (row, partner) in enumerate(zip(_rows(shown), partners, strict=True))
    ]


def _rows(value: Any) -> list[Row]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _line(field: Field, shown: Row, number: int, said: Row, partner: Row | None, *, after: bool) -> Message:
    cells = str(N_("；")).join(
        _cell(column, shown[column.name], altered=after and _differs(column, said, partner))
        for column in field.columns
        if column.name in shown
    )
    if partner is not None:
        return N_("第 {n} 行：{cells}", n=number + 1, cells=cells)
    mark = N_("新增") if after else N_("已删去")
    return N_("第 {n} 行（{mark}）：{cells}", n=number + 1, mark=mark, cells=cells)


def _cell(column: Field, value: Any, *, altered: bool) -> str:
    said = N_("{label}：{value}", label=column.label, value=column.in_words(value))
    return str(N_("{name}（{mark}）", name=said, mark=N_("有改动")) if altered else said)


def _differs(column: Field, said: Row, partner: Row | None) -> bool:
    return partner is not None and said.get(column.name) != partner.get(column.name)


def _partners(rows: Sequence[Row], others: Sequence[Row]) -> list[Row | None]:
    """For each row the one of the other side that it is: those most alike find each other first, and what has less
    than half its cells in common is another row."""
    alike = sorted(
        (-common, abs(place - there), place + there, place, there)
        for place, row in enumerate(rows)
        for there, other in enumerate(others)
        if 2 * (common := _common(row, other)) >= max(len(row), len(other))
    )
    found: list[Row | None] = [None] * len(rows)
    taken: set[int] = set()
    for *_, place, there in alike:
        if found[place] is None and there not in taken:
            found[place] = others[there]
            taken.add(there)
    return found


def _common(row: Row, other: Row) -> int:
    return sum(1 for name, value in row.items() if other.get(name) == value)
