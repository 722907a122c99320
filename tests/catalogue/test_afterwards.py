"""The items for a held licence are written out from the item that gives it; what an item says wrongly is named."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest

from tests import filling
from tests.conftest import CITY
from tongban.catalogue import Act, ItemVersion, lint
from tongban.catalogue.actions.composing import CityFiles, CityFileWrong
from tongban.catalogue.actions.loading import followers_of
from tongban.kit import forms
from tongban.kit.clock import Calendar
from tongban.rooms import item_findings

FILES = CityFiles(CITY)
FOLLOWED = ("drainage_permit", "food_business", "ride_hailing_driver")
DRAFTS = {
    draft.code: draft for code in FOLLOWED for draft in followers_of(CITY / "items" / f"{code}.yaml", FILES)
}


@pytest.mark.parametrize("code", sorted(DRAFTS))
def test_every_way_through_its_form_can_be_gone(code: str) -> None:
    form, met = forms.compile_form(DRAFTS[code].form), set()
    for seed in range(40):
        answers = filling.filled(form, {}, today=date(2026, 11, 26), dice=Random(seed))
        assert forms.check(form, answers, today=date(2026, 11, 26)) == {}, seed
        met |= {field.name for field in form.asked(answers)}
    assert met == set(form.by_name)


def test_they_keep_the_rules_and_have_codes_of_their_own() -> None:
    assert item_findings(CITY, FOLLOWED) == []
    assert len({draft.handle_code for draft in DRAFTS.values()}) == len(DRAFTS)
    assert {draft.about for draft in DRAFTS.values()} == {"licence"}
    assert DRAFTS["food_business_cancellation"].licence_type == ""
    assert DRAFTS["food_business_renewal"].chain == ("examine", "review", "approve")
    told = {code: draft.clock.hearing for code, draft in DRAFTS.items() if code.startswith("food_business_")}
    assert told == {
        "food_business_renewal": "refusal",
        "food_business_change": "refusal",
        "food_business_reissue": "",
        "food_business_cancellation": "",
    }, "who runs a café on it is hit harder by a refused renewal (art. 47)"


def test_a_renewals_days_are_the_items_own() -> None:
    """Food: 90 to 15 working days before; the law's figure where no rule says more: 30."""
    calendar, until = Calendar(), date(2031, 11, 21)
    food, drains = (
        DRAFTS[f"{code}_renewal"].after.window  # type: ignore[union-attr]
        for code in ("food_business", "drainage_permit")
    )
    assert food and drains
    assert (food.late, food.counted, drains.late, drains.counted) == (True, "decision", False, "end")
    assert food.closes_on(until, calendar) == date(2031, 11, 2), "a Sunday: fifteen are left still"
    assert drains.closes_on(until, calendar) < food.closes_on(until, calendar)
    assert drains.opens_on(until, calendar) == food.opens_on(until, calendar)


@pytest.fixture
def said(tmp_path: Path) -> Callable[[Any], list[ItemVersion]]:
    """The drainage permit with something else under ``afterwards``."""

    def change(afterwards: Any) -> list[ItemVersion]:
        path = tmp_path / "drainage_permit.yaml"
        shutil.copy(CITY / "items" / "drainage_permit.yaml", path)
        body = msgspec.yaml.decode(path.read_bytes())
        body["afterwards"] = afterwards
        path.write_bytes(msgspec.yaml.encode(body))
        return followers_of(path, FILES)

    return change


@pytest.mark.parametrize(
    ("afterwards", "words"),
    [
        ({"burn": {}}, "no such act: 'burn'"),
        ({"change": {}}, "fields says what may be changed"),
        ({"change": {"fields": ["shoe_size"]}}, "no such question: shoe_size"),
        ({"reissue": {"materials": [{"code": "shoes"}]}}, "no such material: shoes"),
    ],
)
def test_what_is_wrong_is_named(said: Callable[[Any], Any], afterwards: Any, words: str) -> None:
    with pytest.raises(CityFileWrong, match=words):
        said(afterwards)


def test_a_window_that_closes_before_it_opens_is_found(said: Callable[[Any], list[ItemVersion]]) -> None:
    [draft] = said({"renew": {"opens": 15, "closes": 30}})
    assert draft.after is not None and draft.after.act is Act.RENEW
    assert "AFTER-1" in {one.rule for one in lint(draft, [], area_code="021")}
