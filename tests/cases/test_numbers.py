"""The numbers of a case: right by their standards, and neither twice nor longer on the busiest of days."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import cast, make
from tests.cast import Resident
from tests.sandbox.conftest import Sandbox
from tongban import cases
from tongban.cases.model import case_number, is_short_code, short_code, typed_code, typed_number
from tongban.kit import clock, serials
from tongban.kit.db import Database

DAY = date(2026, 11, 24)
TASK = "11310000002000995C4002009012000"
MOST = 8_000_000
SERIALS = st.integers(0, MOST - 1)


def number(serial: int) -> str:
    return case_number(TASK, DAY, serial)[39:]


def test_the_check_digit_is_that_of_iso_7064() -> None:
    """The standard's own example for MOD 11,10 (ISO 7064:2003, 8.2): 0794 has the check character 5."""
    from tongban.cases.model.numbers import _check_mod_11_10

    assert _check_mod_11_10("0794") == "5"


def test_a_papers_number_is_read_as_its_code_and_step() -> None:
    code = short_code("310106", DAY, 7)
    assert typed_number(f" {code[:6]} {code[6:]}-08") == (code, "8") == typed_number(f"{code}０８")
    assert typed_number(code) == (code, "") and typed_code(f"{code}-112") == code
    wrong = code[:-1] + str((int(code[-1]) + 1) % 10)
    assert typed_number(f"{wrong}-08") == (f"{wrong}08", ""), "what is mistyped stays as it was typed"
    assert typed_code(f"{code}-8") == f"{code}8"


@pytest.mark.parametrize(
    ("serial", "five"),
    [
        *((1, "00001"), (99_999, "99999"), (100_000, "A0000"), (109_999, "A9999"), (110_000, "B0000")),
        *((339_999, "Z9999"), (340_000, "AA000"), (340_000 + 575_999, "ZZ999"), (340_000 + 576_000, "AAA00")),
        (13_578_783, "ZZZZZ"),
    ],
)
def test_after_the_last_digit_come_letters(serial: int, five: str) -> None:
    assert number(serial) == five and len(case_number(TASK, DAY, serial)) == 44


def test_there_is_an_end_and_it_is_told() -> None:
    with pytest.raises(ValueError, match=r"13\.6 million"):
        number(13_578_784)
    with pytest.raises(ValueError, match="eight million"):
        short_code("310106", DAY, MOST)


@pytest.mark.parametrize(
    ("serial", "body"),
    [
        (1, "261124000001"),
        (999_999, "261124999999"),
        (1_000_000, "262324000000"),
        (7_999_999, "269524999999"),
    ],
)
def test_the_second_million_of_a_day_has_a_month_that_is_none(serial: int, body: str) -> None:
    code = short_code("310106", DAY, serial)
    assert code[6:18] == body and is_short_code(code)


@given(
    SERIALS,
    SERIALS,
    st.dates(date(2020, 1, 1), date(2099, 12, 31)),
    st.dates(date(2020, 1, 1), date(2099, 12, 31)),
)
def test_no_number_is_given_twice_and_none_is_longer(one: int, other: int, day: date, that: date) -> None:
    assert (case_number(TASK, day, one) == case_number(TASK, that, other)) is ((day, one) == (that, other))
    assert (short_code("310106", day, one) == short_code("310106", that, other)) is (
        (day, one) == (that, other)
    )
    assert len(case_number(TASK, day, one)) == 44 and is_short_code(short_code("310106", day, one))


@given(SERIALS, st.integers(0, 17), st.integers(1, 9))
def test_every_wrong_digit_is_seen(serial: int, place: int, more: int) -> None:
    code = short_code("310106", DAY, serial)
    wrong = code[:place] + str((int(code[place]) + more) % 10) + code[place + 1 :]
    assert not is_short_code(wrong)


async def test_a_day_that_runs_out_of_digits_goes_on(
    city: Database, owner: Resident, other: Resident, outside: Sandbox
) -> None:
    """The serials stand at their last digits when two residents submit."""
    now = clock.now()
    day, task = clock.city_day(now), (await make.item(city)).task_code
    for name, position in ((f"number:{task}:{day}", 99_999), (f"code:{owner.district}:{day}", 999_999)):
        await serials.lease(city, name=name, block=position - 1)
    while True:
        neighbour = await cast.resident(city, outside)
        if neighbour.district == owner.district:
            break
    rows = [await make.row(city, await make.submitted(city, who, now=now)) for who in (owner, neighbour)]
    assert [row["number"][39:] for row in rows] == ["99999", "A0000"]
    assert [row["short_code"][6:18] for row in rows] == [
        f"{day:%y%m%d}999999",
        f"{day:%y}{day.month + 12:02d}{day:%d}000000",
    ]
    for row in rows:
        assert (
            await cases.progress(city, owner.actor if row is rows[0] else neighbour.actor, case_id=row["id"])
        ).case


async def test_items_of_one_implementation_code_share_its_serials(city: Database, owner: Resident) -> None:
    """Several 业务办理项 have one 实施编码: numbered by item, two of them had the same number on one day."""
    version = await make.item(city)
    row = await make.row(city, await make.submitted(city, owner))
    assert row["number"][:31] == version.task_code
    names = await city.rows("SELECT name FROM kit.serial WHERE name LIKE 'number:%'")
    assert [one["name"].split(":")[1] for one in names] == [version.task_code]
