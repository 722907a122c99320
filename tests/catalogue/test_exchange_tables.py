"""The national exchange tables: out and in without loss, a neighbour's rows given back, all or nothing."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.catalogue.conftest import CODES, NOW
from tests.catalogue.neighbour import csv_rows, hashes, neighbour
from tongban import catalogue
from tongban.catalogue.actions import exchange_files, exchanging
from tongban.catalogue.model.national import (
    BASIC,
    EXTEND,
    EXTRA,
    FEE,
    MATERIAL,
    QUESTIONS,
    Line,
    Row,
    wrong_cells,
)
from tongban.catalogue.model.national_in import imported
from tongban.catalogue.model.national_out import Stamp, given_back, rows_of
from tongban.kit.db import Database, DatabaseAway


async def emptied(db: Database) -> None:
    for table in ("item", "item_version", "search_entry"):
        await db.run(f"DELETE FROM catalogue.{table}")


#: Items that are unlike each other; the whole list takes seconds to be indexed.
UNLIKE = (*CODES[:6], "residence_permit", "food_licence_renewal")


async def test_what_goes_out_comes_in_the_same(city: Database, tmp_path: Path) -> None:
    """How it can fail: a body without its rules makes other content hashes; without our own table (tried) the rules are
    told that the five of it break."""
    before = {code: content for code, content in (await hashes(city)).items() if code in UNLIKE}
    assert len(before) > len(CODES[:6])
    for form in ("csv", "sql"):
        counts = await catalogue.export(
            city, tmp_path / form, codes=list(before), sql=form == "sql", source="甲市", now=NOW
        )
        assert counts[BASIC] == counts[EXTRA] == len(before)
    own = tmp_path / "csv" / f"{EXTRA}.csv"
    whole = own.read_text()
    for left, place in (
        ("", (own.name, "")),
        (whole.rsplit("\n", 2)[0], (f"{BASIC}.csv", "task_handle_item")),
    ):
        own.write_text(left)
        with pytest.raises(catalogue.ExchangeWrong) as wrong:
            await catalogue.take_in(city, tmp_path / "csv", area_code="021", now=NOW)
        [lacking] = wrong.value.faults
        assert (lacking.file, lacking.field) == place and "导出时的" in lacking.message.zh
    own.write_text(whole)
    await emptied(city)
    dry = await catalogue.take_in(city, tmp_path / "sql", dry_run=True, area_code="021", now=NOW)
    assert sorted(dry.published) == sorted(before)
    assert await hashes(city) == {}, "only looked at"
    statements = city.count
    done = await catalogue.take_in(city, tmp_path / "csv", area_code="021", now=NOW)
    assert city.count - statements <= 8, "the reads, one write of all, and the count of the day"
    assert await hashes(city) == before
    assert sorted(done.published) == sorted(before)
    again = await catalogue.take_in(city, tmp_path / "sql", area_code="021", now=NOW)
    assert (again.published, again.unchanged) == ((), len(before))
    assert "residence_permit" in [hit.code for hit in await catalogue.search(city, "居住证申领", "zh")]


@pytest.mark.usefixtures("no_dictionaries")
async def test_a_neighbours_rows_go_back_as_they_came(city: Database, tmp_path: Path) -> None:
    """How it can fail: with our own value for each cell the neighbour's columns are lost."""
    came = neighbour()
    exchange_files.written(came, tmp_path / "in", sql=False)
    done = await catalogue.take_in(city, tmp_path / "in", area_code="021", now=NOW)
    [code] = done.published
    item = await catalogue.current(city, code)
    assert (item.online, item.clock.promise_days, item.fees[0].fen) == ("guide", 5, 500)
    assert item.name.en == item.name.zh
    assert item.marks["english_missing"] == "synthetic"
    await catalogue.export(city, tmp_path / "out", codes=[code], source="甲市", now=NOW)
    for table, rows in came.items():
        assert csv_rows(tmp_path / "out", table) == rows
    assert csv_rows(tmp_path / "out", EXTRA) == []
    exchange_files.written(neighbour("D"), tmp_path / "end", sql=True)
    assert (await catalogue.take_in(city, tmp_path / "end", area_code="021", now=NOW)).cancelled == (code,)
    catalogue.forget_copies()
    with pytest.raises(catalogue.NoSuchItem):
        await catalogue.current(city, code)
    assert (await catalogue.version(city, code, 1)).name == item.name, "what was filed under it stays"
    await catalogue.take_in(city, tmp_path / "in", area_code="021", now=NOW)
    assert (await catalogue.current(city, code)).number == 2


async def test_every_bad_row_is_told_and_nothing_is_loaded(city: Database, tmp_path: Path) -> None:
    """How it can fail: looking only at the first fault, or loading the good rows, changes what is asserted."""
    before = await hashes(city)
    rows = neighbour()
    rows[BASIC][0] |= {"promise_day": "七", "task_type": "77", "plan_cancel_date": "2026-13-01"}
    exchange_files.written(rows, tmp_path, sql=False)
    path = tmp_path / f"{FEE}.csv"
    path.write_text(path.read_text("utf-8").replace("is_desc", "is_free"), encoding="utf-8")
    (tmp_path / "up_task_other.csv").write_text("a\n1\n", encoding="utf-8")
    (tmp_path / "broken.sql").write_text("DELETE FROM up_task_general_basic;\n\nSELEC (", encoding="utf-8")
    with pytest.raises(catalogue.ExchangeWrong) as wrong:
        await catalogue.take_in(city, tmp_path, area_code="021", now=NOW)
    told = {(one.file.removesuffix(".csv"), one.line, one.field) for one in wrong.value.faults}
    assert told >= {(BASIC, 2, name) for name in ("promise_day", "task_type", "plan_cancel_date")}
    assert told >= {(FEE, 2, "is_free"), (FEE, 2, "is_desc"), ("up_task_other", 0, "")}
    assert any(file == "broken.sql" for file, _, _ in told)

    rows = neighbour()
    rows[BASIC] *= 2
    # The row before has two line breaks in its cells, and stands on lines 2 to 4.
    await _refused(city, tmp_path / "two", rows, {(BASIC, 5, "row_guid"), (BASIC, 5, "task_handle_item")})
    rows = neighbour()
    rows[MATERIAL][0] |= {"task_handle_item": "X" * 33}
    await _refused(city, tmp_path / "three", rows, {(MATERIAL, 2, "task_handle_item")})
    rows = neighbour()
    rows[MATERIAL][0] |= {"by_law": ""}
    rows[BASIC][0] |= {"supervise_way": "0660-1234567"}
    rows[EXTEND][0] |= {"limit_scene_explain": "", "is_pay_online": "0"}
    expected = {(MATERIAL, 2, "by_law"), (BASIC, 2, "supervise_way")}
    await _refused(
        city,
        tmp_path / "four",
        rows,
        expected | {(EXTEND, 2, "limit_scene_explain"), (EXTEND, 2, "is_pay_online")},
    )
    await catalogue.export(city, tmp_path / "own", codes=["residence_permit"], source="甲市", now=NOW)
    path = tmp_path / "own" / f"{BASIC}.csv"
    path.write_text(path.read_text("utf-8").replace("居住证", "居留证"), encoding="utf-8")
    with pytest.raises(catalogue.ExchangeWrong) as wrong:
        await catalogue.take_in(city, tmp_path / "own", area_code="021", now=NOW)
    assert {one.file for one in wrong.value.faults} == {path.name}
    assert await hashes(city) == before


async def _refused(
    db: Database, folder: Path, rows: dict[str, list[Row]], expected: set[tuple[str, int, str]]
) -> None:
    exchange_files.written(rows, folder, sql=False)
    with pytest.raises(catalogue.ExchangeWrong) as wrong:
        await catalogue.take_in(db, folder, area_code="021", now=NOW)
    assert {(one.file.removesuffix(".csv"), one.line, one.field) for one in wrong.value.faults} >= expected


@pytest.mark.usefixtures("no_dictionaries")
async def test_killed_while_it_writes_nothing_is_there(
    city: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How it can fail: two statements leave the first one's rows."""
    before = await hashes(city)
    exchange_files.written(neighbour(), tmp_path, sql=False)
    await city.run(
        """CREATE FUNCTION catalogue.dies() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$"""
    )
    await city.run(
        "CREATE TRIGGER dies BEFORE INSERT ON catalogue.exchanged FOR EACH ROW EXECUTE FUNCTION catalogue.dies()"
    )
    with pytest.raises(DatabaseAway):
        await catalogue.take_in(city, tmp_path, area_code="021", now=NOW)
    assert await hashes(city) == before
    assert await city.value("SELECT count(*) FROM catalogue.item_version WHERE code LIKE 'n-%'") == 0
    assert await city.value("SELECT count(*) FROM audit.ledger WHERE action = 'catalogue.import'") == 0


def test_inserts_are_read_as_three_databases_write_them(tmp_path: Path) -> None:
    """How it can fail: one spelling for all of them reads MySQL's escaped quote as the end of the text."""
    rows = neighbour()[QUESTIONS]
    names = list(rows[0])
    plain = [value.replace("'", "''") for value in rows[0].values()]
    date = names.index("cd_time")
    values = [f"'{one}'" if one else "NULL" for one in plain]
    oracle = [*values[:date], "TO_DATE('2026-11-01', 'YYYY-MM-DD')", *values[date + 1 :]]
    postgres = [*values[:date], "'2026-11-01'::timestamp", *values[date + 1 :]]
    mysql = [one.replace("\n", "\\n").replace("可以代办", "可以\\'代办") for one in values]
    head = ", ".join(names)
    texts = {
        "oracle": f"INSERT INTO UP.UP_TASK_GENERAL_QUESTIONS ({head.upper()}) VALUES\n({', '.join(oracle)});\nCOMMIT;",
        "postgres": f'INSERT INTO public."{QUESTIONS}" ({head}) VALUES\n({", ".join(postgres)});',
        "mysql": f"INSERT INTO `{QUESTIONS}` (`{head.replace(', ', '`, `')}`) VALUES\n({', '.join(mysql)});",
    }
    for name, text in texts.items():
        folder = tmp_path / name
        folder.mkdir()
        (folder / "all.sql").write_text(text, encoding="utf-8")
        [line], bad = exchange_files.read(folder)
        assert (line.line, line.table, bad) == (2, QUESTIONS, [])
        quoted = {"question": rows[0]["question"].replace("可以", "可以'")} if name == "mysql" else {}
        assert line.cells == rows[0] | quoted, name


_WORDS = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), min_size=1, max_size=12
).filter(str.strip)


@given(
    st.fixed_dictionaries(
        dict.fromkeys(
            ("task_name", "dept_name", "by_law", "accept_condition", "link_addr", "handle_flow"), _WORDS
        )
        | {"promise_day": st.integers(0, 999).map(str), "server_type": st.sampled_from(["1", "1^2", "2,3,"])}
    ),
    st.lists(_WORDS, max_size=3),
)
@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_any_rows_are_given_back(basic: Row, materials: list[str]) -> None:
    """How it can fail: rows that are matched without their order give another material's cells."""
    came = neighbour()
    came[BASIC][0] |= basic
    came[MATERIAL] = [
        came[MATERIAL][0] | {"row_guid": f"m{n}", "material_name": one} for n, one in enumerate(materials)
    ]
    of = {table: [Line("f", 2, table, row) for row in rows] for table, rows in came.items()}
    assert [bad for lines in of.values() for line in lines for bad in wrong_cells(line)] == []
    item = imported(of, topics=frozenset({"personal.aid", "legal.start"}))
    raw = exchanging.named(of)
    written = rows_of(item, Stamp("", "", ""), extra=False)
    numbered = msgspec.structs.replace(item, number=7, published_on=NOW.date())
    back = given_back(rows_of(numbered, Stamp("2026", "b", "s"), extra=False), written, raw)
    assert {table: list(rows.values()) for table, rows in back.items()} == came
