"""The life of a licence: the table is closed, and everything that it allows is what the brief allows."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import CITY
from tongban.kit.i18n import Text
from tongban.licences.actions.types import FILE, listed
from tongban.licences.model import (
    ENDED,
    LIFE,
    STATE_WORDS,
    TAKEN,
    LicenceType,
    LicenceTypesWrong,
    Move,
    MoveRefused,
    State,
    Validity,
    after,
    grounds_of,
    last_day,
    masked_number,
    short_hash,
)


@given(state=st.sampled_from(State), move=st.sampled_from(Move))
def test_a_move_leads_where_the_table_says_or_is_refused(state: State, move: Move) -> None:
    step = LIFE[move]
    if state in step.sources:
        assert after(state, move) is step.target
    else:
        with pytest.raises(MoveRefused):
            after(state, move)


def test_the_grounds_of_a_types_own_law_are_the_citys_and_a_code_stands_for_one(tmp_path: Path) -> None:
    kinds = {kind.short: kind for kind in listed(CITY)}
    food = grounds_of(Move.SUSPEND, kinds["food_business"].suspended_on)
    assert [*food] == ["food_risk", "food_incident", "food_stopped", "hazard", "withheld", "own"]
    assert food["food_incident"].kept == "发生食品安全事故，正在调查处理（《食品安全法》第一百零五条）。"
    assert [*grounds_of(Move.SUSPEND, kinds["residence_permit"].suspended_on)] == [*food][3:]
    assert [*grounds_of(Move.RETRACT, kinds["food_business"].suspended_on)] == [
        "law_changed",
        "facts_changed",
    ]
    text = (CITY / FILE).read_text()
    for old, new, why in (
        ("code: food_stopped", "code: food_risk", "food_business: suspended_on: food_risk"),
        ("code: food_stopped", "code: hazard", "food_business: suspended_on: hazard"),
        ("article: {zh: 《食品安全法》第四十七条", "law: {zh: 《食品安全法》第四十七条", "article|law"),
    ):
        (tmp_path / FILE).write_text(text.replace(old, new))
        with pytest.raises(LicenceTypesWrong, match=why):
            listed(tmp_path)


def test_what_has_ended_comes_back_by_an_overturned_decision_alone() -> None:
    for state in ENDED:
        for move in set(Move) - {Move.REINSTATE}:
            if state in TAKEN and move is Move.CANCEL:  # art. 70(4): no way back, the entry that follows
                assert after(state, move) is State.CANCELLED
                assert [*grounds_of(move, (), state=state)] == ["taken"]
                continue
            with pytest.raises(MoveRefused):
                after(state, move)


def test_every_state_has_words_and_can_be_reached() -> None:
    assert set(STATE_WORDS) == set(State)
    assert {step.target for step in LIFE.values()} | {State.MAKING} == set(State)
    assert len({step.event for step in LIFE.values()}) == len(LIFE)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2026-11-24", "2027-11-23"),
        ("2028-02-29", "2029-02-28"),
        ("2027-03-01", "2028-02-29"),
        ("2026-01-01", "2026-12-31"),
    ],
)
def test_a_permit_is_signed_every_year(first: str, last: str) -> None:
    assert last_day(kind(Validity.SIGN_YEARLY), date.fromisoformat(first)) == date.fromisoformat(last)
    assert last_day(kind(Validity.UNLIMITED), date.fromisoformat(first)) is None


@pytest.mark.parametrize(
    ("months", "first", "last"),
    [
        (240, "2026-11-24", "2046-11-23"),
        (1, "2027-01-31", "2027-02-28"),
        (6, "2026-08-30", "2027-02-28"),
        (12, "2026-12-01", "2027-11-30"),
    ],
)
def test_months_are_the_calendars(months: int, first: str, last: str) -> None:
    assert last_day(kind(Validity.MONTHS, months), date.fromisoformat(first)) == date.fromisoformat(last)


def kind(validity: Validity, months: int | None = None) -> LicenceType:
    return LicenceType(
        code="11310000002000995C999",
        short="sample",
        name=Text("样本", "Sample"),
        holder_kind="person",
        validity=validity,
        months=months,
        issuer_kind="public_security",
        mark="synthetic",
    )


def test_numbers_are_masked_and_the_hash_is_too_short_to_search() -> None:
    assert masked_number("341302199503071249") == "3413 **** **** 1249"
    assert masked_number("12345") == "****"
    salt = uuid4()
    assert len(short_hash(salt, "李明", "341302199503071249")) == 4
    assert len({short_hash(uuid4(), "李明", "341302199503071249") for _ in range(20)}) > 10
