"""SQL: only in stores, only on the room's own schema, fixed text, and on people's rows only by their bucket."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

import pytest

from scripts.source import FLOORS, File, Sql, Table, house, rooms, statements, tables

_STORE = re.compile(r"^tongban/(kit/|\w+/store(\.py$|/))")
_HOUSEKEEPING = re.compile(r"^tongban/up/")  # starts and asks the server itself, knows no room's tables
#: Writes statements for other databases, which this one never runs.
_FOR_OTHERS = "tongban/catalogue/actions/exchange_files.py"
_ACROSS = re.compile(r"--\s*across people:\s*(\S.{9,})")
#: bucket = $1, = ANY($1), = guard.bucket, = own.bucket (of kit.ids.OWN_ACCOUNTS);
#: (bucket, id) IN (SELECT … unnest($1)); $1 AS bucket in a row to join to.
_FILTERED = re.compile(
    r"\bbucket\s*=\s*(own\.bucket|\$\d|ANY\s*\(\s*\$\d|guard\.bucket)|\bbucket\b[^=()]*\)\s*(=|IN)\s*\(\s*(SELECT|\$)"
    r"|\$\d+(::smallint)? AS bucket"
)
_NAMED = re.compile(r'(?<![\w.⟩"])"?([a-z_]+)"?\."?([a-z_]+)"?')


def out_of_store(found: Iterable[Sql]) -> list[str]:
    """SQL that is not in a store; what names no table (``SELECT 1``, a guard that always holds) may stand anywhere."""
    return [
        one.where
        for one in found
        if not _STORE.match(one.path)
        and not _HOUSEKEEPING.match(one.path)
        and one.path != _FOR_OTHERS
        and re.search(r"\b(FROM|INTO|UPDATE|TABLE|SCHEMA|VIEW)\b", one.bare, re.IGNORECASE)
    ]


def strangers(found: Iterable[Sql], schemas: set[str]) -> list[str]:
    """Statements that name another room's tables, or a view of a higher room."""
    wrong = []
    for one in found:
        own = FLOORS.index(one.room) if one.room in FLOORS else -1
        for schema, name in _NAMED.findall(one.bare):
            if schema not in schemas or schema == one.room:
                continue
            lower = schema in FLOORS and own >= 0 and FLOORS.index(schema) < own
            if not (lower and name.startswith("pub_")):
                wrong.append(f"{one.where}: {schema}.{name}")
    return wrong


def made_up(found: Iterable[Sql]) -> list[str]:
    """Statements whose text is put together from anything but constants (UPPER_CASE names)."""
    return [
        f"{one.where}: {', '.join(one.holes)}"
        for one in found
        if one.path != _FOR_OTHERS and not all(hole.isupper() and hole.isidentifier() for hole in one.holes)
    ]


def _mention(table: Table) -> str:
    return rf'\b{table.schema}\."?{table.name}"?(?![\w])'


def bucketless(found: Iterable[Sql], known: Iterable[Table]) -> list[str]:
    """Statements on personal tables that neither name a bucket nor say why they cross people."""
    wrong = []
    personal = [table for table in known if table.personal]
    for one in found:
        if _ACROSS.search(one.text):
            continue
        filtered = _FILTERED.search(one.bare)
        for table in personal:
            reads = re.search(rf"\b(FROM|JOIN|UPDATE|USING|DELETE FROM)\s+{_mention(table)}", one.bare)
            adds = re.search(rf"\bINSERT INTO\s+{_mention(table)}\s*(?:AS \w+\s*)?\(([^)]*)\)?", one.bare)
            if (reads and not filtered) or (adds and not re.match(r"\s*bucket\b", adds[1])):
                wrong.append(f"{one.where}: {table.full}")
    return wrong


def formatted(files: Iterable[File]) -> list[str]:
    """SQL put together inside a function; what a module puts together once is as fixed as a constant."""
    wrong = []
    for file in files:
        inside = [
            one for one in ast.walk(file.tree) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)
        ]
        for one in (inner for function in inside for inner in ast.walk(function)):
            text: ast.AST | None = None
            if (
                isinstance(one, ast.Call)
                and isinstance(one.func, ast.Attribute)
                and one.func.attr == "format"
            ):
                text = one.func.value
            elif isinstance(one, ast.BinOp) and isinstance(one.op, ast.Mod | ast.Add):
                text = one.left
            if isinstance(text, ast.Constant) and isinstance(text.value, str):
                wrong += [sql.where for sql in statements((File(file.path, f"x = {ast.unparse(text)}"),))]
    return wrong


def merging(found: Iterable[Sql]) -> list[str]:
    """MERGE is not distributed by Citus."""
    return [one.where for one in found if re.search(r"\bMERGE\s+INTO\b", one.bare)]


def wordless(files: Iterable[File]) -> list[str]:
    """Functions of stores that hold a statement and no sentence about it."""
    wrong = []
    for file in files:
        if not _STORE.match(file.path):
            continue
        for one in file.tree.body:
            if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef) and not one.name.startswith("_"):
                inner = File(file.path, ast.unparse(one))
                if any(statements((inner,))) and not ast.get_docstring(one):
                    wrong.append(f"{file.path}:{one.lineno} {one.name}")
    return wrong


def of_rooms() -> list[Sql]:
    return [one for one in statements(house()) if one.room in FLOORS]


def schemas() -> set[str]:
    return {table.schema for table in tables()} | {*FLOORS, "kit"}


def test_sql_is_found_at_all() -> None:
    found = of_rooms()
    assert len(found) > 30
    assert {one.room for one in found} >= set(rooms()) - {"portal"}


def test_sql_stands_in_stores() -> None:
    assert out_of_store(statements(house())) == []


def test_a_room_names_only_its_own_schema() -> None:
    assert strangers(of_rooms(), schemas()) == []


def test_the_kit_names_no_room() -> None:
    kit = [one for one in statements(house()) if one.room == "kit"]
    assert kit
    assert strangers(kit, schemas()) == []


def test_sql_is_fixed_text() -> None:
    assert made_up(of_rooms()) == []
    assert formatted(house()) == []


def test_peoples_rows_are_asked_for_by_bucket() -> None:
    assert bucketless(of_rooms(), tables()) == []


def test_no_merge() -> None:
    assert merging(statements(house())) == []


def test_every_statement_has_its_sentence() -> None:
    assert wordless(house()) == []


CASE = Table("cases", "case", ("bucket", "id"))


def sql(text: str, path: str = "tongban/cases/store/moves.py") -> list[Sql]:
    return list(statements((File(path, f"async def f(db):\n    await db.rows({text})\n"),)))


@pytest.mark.parametrize(
    "text",
    [
        "'SELECT id FROM cases.case WHERE id = $1'",
        "'UPDATE cases.case SET state = $1 WHERE id = $2'",
        "'DELETE FROM cases.\"case\" WHERE id = $2'",
        "'INSERT INTO cases.case (id, bucket) VALUES ($1, $2)'",
        "'''-- across people: why\n SELECT id FROM cases.case'''",
        "'SELECT id FROM cases.case a JOIN cases.case b ON a.bucket = b.bucket'",
    ],
)
def test_a_statement_without_bucket_is_found(text: str) -> None:
    assert bucketless(sql(text), [CASE])


@pytest.mark.parametrize(
    "text",
    [
        "'SELECT id FROM cases.case WHERE bucket = $1 AND id = $2'",
        "'SELECT id FROM cases.case WHERE (bucket, id) IN (SELECT * FROM unnest($1::smallint[], $2::uuid[]))'",
        "'INSERT INTO cases.case (bucket, id) SELECT $1, $2 FROM guard'",
        "'''-- across people: the desk of a department lists its cases\nSELECT id FROM cases.case'''",
        "'SELECT id FROM cases.number_index WHERE number = $1'",
    ],
)
def test_a_statement_with_bucket_passes(text: str) -> None:
    assert not bucketless(sql(text), [CASE, Table("cases", "number_index", ("bucket", "number"))])


def test_the_other_rules_can_fail() -> None:
    assert out_of_store(sql("'SELECT 1 FROM cases.case'", "tongban/cases/pages.py"))
    assert out_of_store(sql("'select id from cases.case'", "tongban/cases/actions/submit.py"))
    assert strangers(sql("'SELECT 1 FROM audit.ledger WHERE bucket = $1'"), schemas())
    assert strangers(sql("'SELECT 1 FROM portal.pub_file'"), schemas())
    assert not strangers(
        sql("'SELECT c.id FROM licences.pub_licence l JOIN cases.case c ON true'"), schemas()
    )
    assert made_up(sql("f'SELECT {name} FROM cases.case'"))
    assert formatted(
        [File("tongban/x/store.py", "def f(a): x = 'SELECT id FROM x.y WHERE a = {}'.format(a)")]
    )
    assert formatted([File("tongban/x/store.py", "def f(a): x = 'SELECT id FROM x.y WHERE a = ' + a")])
    assert merging(sql("'MERGE INTO cases.case USING x ON true WHEN MATCHED THEN DO NOTHING'"))
    assert wordless([File("tongban/x/store.py", "def f(db):\n    return db.row('SELECT 1 FROM x.y')")])


def test_prose_is_no_sql() -> None:
    assert not sql("'Select a district from the list'")
    assert not sql("'With what it serves, closed'")
    assert not list(statements((File("tongban/x.py", '"""SELECT nothing FROM this.docstring"""'),)))
