"""The files of the national exchange tables: one CSV file a table, or INSERT statements as databases write them.

Statements are read by sqlglot, which is loaded only when there is an SQL file: no page and no worker needs it.
"""

# ruff: noqa: PLC0415 - the parser of SQL is loaded when a file of SQL is read

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tongban.catalogue.model.national import TABLES, BadRow, Line, Row
from tongban.kit.i18n import Text

#: Our own files say in which spelling they are; of others their quotes and functions tell.
_STANDARD = "-- Tongban: national exchange tables, standard SQL"
_DIALECTS = ("postgres", "mysql", "oracle")


def written(tables: dict[str, list[Row]], folder: Path, *, sql: bool) -> None:
    """Write one file a table into the folder, with all columns, UTF-8."""
    folder.mkdir(parents=True, exist_ok=True)
    for table, rows in tables.items():
        path = folder / f"{table}.{'sql' if sql else 'csv'}"
        path.write_text(_sql(table, rows) if sql else _csv(table, rows), encoding="utf-8", newline="")


def _csv(table: str, rows: list[Row]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, [column.name for column in TABLES[table]], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _sql(table: str, rows: list[Row]) -> str:
    """Statements for another database, which this one never runs."""
    names = ", ".join(column.name for column in TABLES[table])
    lines = [_STANDARD]
    for row in rows:
        values = ", ".join("NULL" if not one else "'" + one.replace("'", "''") + "'" for one in row.values())
        lines.append(f"INSERT INTO {table} ({names}) VALUES ({values});")
    return "\n".join(lines) + "\n"


def read(folder: Path) -> tuple[list[Line], list[BadRow]]:
    """Every row of the folder's files, and what could not be read."""
    lines: list[Line] = []
    bad: list[BadRow] = []
    paths = sorted((*folder.glob("*.csv"), *folder.glob("*.sql")))
    if not paths:
        bad.append(
            _whole(folder.name, "文件夹里没有 .csv 或者 .sql 文件。", "There is no .csv or .sql file here.")
        )
    for path in paths:
        try:
            text = path.read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError as wrong:
            line = path.read_bytes()[: wrong.start].count(b"\n") + 1
            told = Text("不是 UTF-8 编码，请另存为 UTF-8。", "It is not UTF-8: save it as UTF-8.")
            bad.append(BadRow(path.name, line, "", told))
            continue
        for one in _of_csv(path, text) if path.suffix == ".csv" else _of_sql(path, text):
            if isinstance(one, Line):
                lines.append(one)
            else:
                bad.append(one)
    return lines, bad


def _whole(file: str, zh: str, en: str) -> BadRow:
    return BadRow(file, 0, "", Text(zh, en))


def _no_table(file: str, line: int, table: str) -> BadRow:
    known = ", ".join(TABLES)
    return BadRow(
        file,
        line,
        "",
        Text(f"没有表 {table}，只有：{known}。", f"There is no table {table}; there are {known}."),
    )


def _of_csv(path: Path, text: str) -> Iterator[Line | BadRow]:
    if path.stem not in TABLES:
        yield _no_table(path.name, 0, path.stem)
        return
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    head: list[str] = []
    before = 0
    try:
        for cells in reader:
            line, before = before + 1, reader.line_num
            if not head:
                head = [one.strip().lower() for one in cells]
            elif len(cells) != len(head):
                told = Text(
                    f"这一行有 {len(cells)} 项，表头有 {len(head)} 列，请对齐。",
                    f"This row has {len(cells)} cells, the header {len(head)}: make them agree.",
                )
                yield BadRow(path.name, line, "", told)
            else:
                yield Line(path.name, line, path.stem, dict(zip(head, cells, strict=True)))
    except csv.Error as wrong:
        told = Text(f"CSV 不能读取：{wrong}。", f"The CSV cannot be read: {wrong}.")
        yield BadRow(path.name, before + 1, "", told)


def _of_sql(path: Path, text: str) -> Iterator[Line | BadRow]:
    import sqlglot
    from sqlglot.errors import SqlglotError

    wrong: Exception | None = None
    for dialect in _likely(text):
        try:
            tokens = sqlglot.tokenize(text, read=dialect)
            statements = [one for one in sqlglot.parse(text, read=dialect) if one is not None]
        except SqlglotError as fault:
            wrong = wrong or fault
            continue
        yield from _rows(path.name, statements, _places(tokens))
        return
    errors = getattr(wrong, "errors", None) or [{}]
    told = Text(
        "SQL 不能读取，只读 INSERT INTO 表 (列) VALUES (值)。",
        "Only INSERT INTO table (…) VALUES (…) is read.",
    )
    yield BadRow(path.name, int(errors[0].get("line") or 0), "", told)


def _likely(text: str) -> list[str]:
    """The spellings in the order in which they are tried."""
    first = "postgres"
    if not text.startswith(_STANDARD):
        upper = text.upper()
        if "`" in text or "\\'" in text:
            first = "mysql"
        elif "TO_DATE(" in upper or "TO_TIMESTAMP(" in upper:
            first = "oracle"
    return [first, *(one for one in _DIALECTS if one != first)]


def _places(tokens: list[Any]) -> list[tuple[int, list[int]]]:
    """Of each statement the line of its start, and those on which its rows of values begin."""
    found: list[tuple[int, list[int]]] = []
    depth, values, fresh = 0, False, True
    for token in tokens:
        if token.text == ";" and depth == 0:
            fresh, values = True, False
            continue
        if fresh:
            found.append((token.line, []))
            fresh = False
        if token.text == "(":
            if depth == 0 and values:
                found[-1][1].append(token.line)
            depth += 1
        elif token.text == ")":
            depth -= 1
        elif depth == 0 and token.text.upper() == "VALUES":
            values = True
    return found


def _rows(file: str, statements: list[Any], places: list[tuple[int, list[int]]]) -> Iterator[Line | BadRow]:
    from sqlglot import exp

    for statement, (start, begins) in zip(statements, places, strict=False):
        values = statement.args.get("expression") if isinstance(statement, exp.Insert) else None
        if isinstance(statement, exp.Commit | exp.Transaction):
            continue
        if not isinstance(values, exp.Values) or not isinstance(statement.this, exp.Schema):
            told = Text(
                "只读 INSERT INTO 表 (列) VALUES (值)。", "Only INSERT INTO table (…) VALUES (…) is read."
            )
            yield BadRow(file, start, "", told)
            continue
        table = statement.this.this.name.lower()
        if table not in TABLES:
            yield _no_table(file, start, table)
            continue
        head = [one.name.lower() for one in statement.this.expressions]
        for place, row in enumerate(values.expressions):
            line = begins[place] if place < len(begins) else start
            yield from _row(file, line, table, head, row.expressions)


def _row(file: str, line: int, table: str, head: list[str], values: list[Any]) -> Iterator[Line | BadRow]:
    if len(head) != len(values):
        told = Text("列与值的个数不一致。", "There are not as many values as columns.")
        yield BadRow(file, line, "", told)
        return
    cells = {name: _plain(value) for name, value in zip(head, values, strict=True)}
    computed = [name for name, value in cells.items() if value is None]
    for name in computed:
        told = Text("请写值，不要写算式或者函数。", "Give a value here, no expression.")
        yield BadRow(file, line, name, told)
    if not computed:
        yield Line(file, line, table, {name: value or "" for name, value in cells.items()})


def _plain(value: Any) -> str | None:
    """The value of a literal, or of a date that is made from one; None of any other expression."""
    from sqlglot import exp

    if isinstance(value, exp.Null):
        return ""
    if isinstance(value, exp.Boolean):
        return "1" if value.this else "0"
    if isinstance(value, exp.Neg) and isinstance(value.this, exp.Literal):
        return f"-{value.this.name}"
    if isinstance(value, exp.Cast | exp.StrToDate | exp.StrToTime | exp.TsOrDsToDate):
        return _plain(value.this)
    return value.name if isinstance(value, exp.Literal | exp.National) else None
