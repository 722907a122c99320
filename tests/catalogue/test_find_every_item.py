"""Whoever looks for an item finds it: by its name, its initials, what people call it, and in English."""

from __future__ import annotations

import pytest
from pypinyin import Style, lazy_pinyin

from tests.catalogue.conftest import FILES
from tests.conftest import CITY
from tongban import catalogue
from tongban.catalogue.actions.loading import draft_of
from tongban.catalogue.model import counting
from tongban.kit.db import Database
from tongban.kit.i18n import Language

DRAFTS = {path.stem: draft_of(path, FILES) for path in sorted((CITY / "items").glob("*.yaml"))}


async def codes(db: Database, words: str, language: Language = "zh") -> list[str]:
    return [hit.code for hit in await catalogue.search(db, words, language)]


@pytest.mark.parametrize("code", DRAFTS)
async def test_it_is_found(library: Database, code: str) -> None:
    item = DRAFTS[code]
    assert (await codes(library, item.name.zh))[0] == code
    initials = "".join(lazy_pinyin(item.name.zh.split("（")[0], style=Style.FIRST_LETTER))
    if initials.isalpha() and len(initials) <= 12:
        assert code in (await codes(library, initials))[:5], initials
    assert code in (await codes(library, item.name.en, "en"))[:3], item.name.en
    missing = [words for words in item.also_called if code not in (await codes(library, words))[:8]]
    assert missing == []


async def test_a_search_of_all_is_one_statement(library: Database) -> None:
    await catalogue.listing(library)
    before = library.count
    assert len(await catalogue.search(library, "登记", "zh")) > 5
    assert library.count - before == 1


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"audience": "firm"}, lambda item: set(item.targets) - {"1"}),
        ({"mode": "whole_online"}, counting.whole_online),
        ({"mode": "at_most_one_visit"}, counting.at_most_one_visit),
        ({"mode": "city_wide"}, lambda item: item.scope != "place"),
        ({"mode": "app", "kind": "20"}, lambda item: counting.suits_app(item) and item.kind == "20"),
        ({"theme": "personal.housing"}, lambda item: "personal.housing" in item.topics),
        ({"department": "tobacco"}, lambda item: item.department_kind == "tobacco"),
    ],
)
async def test_filters_leave_what_they_say(
    library: Database, filters: dict[str, str], expected: object
) -> None:
    lines = (await catalogue.listing(library)).lines.values()
    wanted = catalogue.Filters(**filters)  # type: ignore[arg-type]
    found = {line.code for line in lines if wanted.lets(line)}
    assert found == {code for code, item in DRAFTS.items() if expected(item)}  # type: ignore[operator]
    assert found
