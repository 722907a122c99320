"""Every page × width × language × scripts × look, in a real Chromium.

Here a covering selection: each page on a phone in English, and in one of three other browsers in turn, so that each
width meets each language, and each look axe; axe judges each page in one of the two. The whole product is a part of
`make soak` (`TONGBAN_MATRIX=whole`), which notes what it saw in `bench/pages.json`.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.journeys.house import House
from tests.journeys.page_matrix import (
    ALWAYS,
    COVERING,
    WHOLE,
    Cell,
    Looker,
    Place,
    by_person,
    judged_in,
    known_of,
    places,
    seen_in,
)
from tests.journeys.rare_pages import TYPED, RareRecords
from tests.web.matrix import Records

CELLS = WHOLE if os.environ.get("TONGBAN_MATRIX") == "whole" else COVERING
NOTES = Path(__file__).resolve().parents[2] / "bench" / "pages.json"

pytestmark = [
    pytest.mark.journey,
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.xdist_group("page-matrix"),
]


@pytest.fixture(scope="module")
def records(house: House) -> Records:
    house.heal()
    return Records(house)


@pytest.fixture(scope="module")
def rare(house: House, records: Records) -> RareRecords:
    return RareRecords(house, records.accepted, records.people[1].district)


@pytest.fixture(scope="module")
def data(house: House, records: Records, rare: RareRecords) -> tuple[str, ...]:
    """What may be Chinese on an English page: the people's data, and the officers' names as their pages say them."""
    officers = (
        *(records.draft.officer, records.case.officer, records.licence.officer, records.elsewhere),
        *(rare.examiner, rare.approver),
    )
    named = [re.search(r'class="top__who"[^>]*>([^<]+)<', one.visit("/desk").html) for one in officers]
    return (*TYPED, *known_of((*records.people, *rare.people)), *(found[1] for found in named if found))


@pytest.fixture(scope="module")
def looked() -> Iterator[dict[str, dict[str, object]]]:
    """Cell → what was seen there; the whole product is noted for the record."""
    seen: dict[str, dict[str, object]] = {}
    yield seen
    if CELLS is WHOLE and len(seen) == len(WHOLE):
        NOTES.write_text(json.dumps(seen, indent=1) + "\n")


@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_every_page_is_right_in_this_browser(
    house: House,
    records: Records,
    rare: RareRecords,
    data: tuple[str, ...],
    browser: Browser,
    looked: dict[str, dict[str, object]],
    cell: Cell,
) -> None:
    begun = time.monotonic()
    looker = Looker(browser, house.base, cell, data)
    everywhere = places(records, rare if CELLS is WHOLE or cell == ALWAYS else None)
    judged = set(everywhere)
    if CELLS is not WHOLE:
        judged = judged_in(cell, everywhere, places(records, None))
        everywhere = seen_in(cell, everywhere)
    for place in by_person(everywhere):
        looker.look(place, judge=place in judged)
    looker.close()
    looked[str(cell)] = {
        "pages": len(everywhere),
        "judged_by_axe": looker.judged,
        "faults": looker.faults,
        "seconds": round(time.monotonic() - begun, 1),
    }
    assert looker.faults == [], "\n".join(looker.faults)


def test_the_selection_covers_every_width_with_every_language_and_every_look_with_axe() -> None:
    assert {(cell.width, cell.language) for cell in COVERING} == {
        (cell.width, cell.language) for cell in WHOLE
    }
    assert {cell.look for cell in COVERING if cell.script} == {"light", "dark", "elder"}
    assert any(not cell.script for cell in COVERING)


def test_each_page_is_seen_in_two_browsers_and_judged_in_one(records: Records) -> None:
    """How it can fail (tried): an officer's page in its turn falls to the elder look; axe in each browser."""
    everywhere = places(records, None)
    often = Counter(place for cell in COVERING for place in seen_in(cell, everywhere))
    judged = Counter(place for cell in COVERING for place in judged_in(cell, everywhere, everywhere))
    assert {often[place] for place in everywhere} == {2}
    assert {judged[place] for place in everywhere} == {1}


def test_every_kind_of_reader_has_pages(records: Records, rare: RareRecords) -> None:
    found = places(records, rare)
    counts = {who: sum(place.who == who for place in found) for who in {place.who for place in found}}
    assert counts["visitor"] >= 20 and counts["resident"] >= 12 and counts["officer"] >= 4, counts


def test_the_looker_can_fail(browser: Browser, house: House, records: Records) -> None:
    looker = Looker(browser, house.base, Cell(390, "en", True, "light"), ())
    looker.look(Place("visitor", records.anybody, "/", status=404))
    page = looker._page_of(Place("visitor", records.anybody, "/"))
    page.evaluate(
        """() => { document.querySelector("main").innerHTML = '<input><button id="tiny">x</button>';
        document.getElementById("tiny").style.font = "8px sans-serif"; document.body.style.width = "900px"; }"""
    )
    looker.faults += looker._of_page(page)
    looker.close()
    said = "\n".join(looker.faults)
    for fault in ("answers 200, not 404", "sideways", "without a name", "smaller than 24", "has 0 h1"):
        assert fault in said, said
