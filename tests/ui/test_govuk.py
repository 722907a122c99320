"""govuk-frontend's fixtures: with the same options our macros mean the same, look and deliberate differences aside.

Compared are elements, roles, names, values, aria attributes, the wiring of ids, and words; see `govuk.meaning`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

from tests.ui import gallery
from tests.ui.govuk.calling import Equal
from tests.ui.govuk.fields import FIELDS
from tests.ui.govuk.meaning import meaning, said
from tests.ui.govuk.parts import MISSING, PARTS
from tongban.kit.i18n import use_language

VENDOR = Path(__file__).parents[1] / "vendor" / "govuk"
EQUALS: dict[str, Equal] = FIELDS | PARTS
#: What only looks: classes, and data attributes that their scripts read.
LOOK = (
    "classes",
    "*.classes",
    "*Classes",
    "attributes.data-*",
    "*.attributes.data-*",
    "wrapperAttributes.data-*",
)


def fixtures(component: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((VENDOR / f"{component}.json").read_text())
    return found


def paths(options: Any, at: str = "") -> Iterator[str]:
    """Every option that a fixture uses, by its path, and how many a list has: ``items[3]``."""
    if isinstance(options, dict):
        for name, value in options.items():
            yield from paths(value, f"{at}.{name}" if at else name)
    elif isinstance(options, list):
        for value in options:
            yield from paths(value, f"{at}[]")
        yield f"{at}[{len(options)}]"
    else:
        yield at


def lacking(equal: Equal, options: dict[str, Any]) -> list[str]:
    """Why a fixture is not compared: the patterns of options that ours has no word for. Empty when it is."""
    used = _used(options)
    bare = [path for path in equal.bare if not any(one.startswith(path) for one in used)]
    return bare + [pattern for pattern in equal.lacks if any(_fits(path, pattern) for path in used)]


def _used(options: dict[str, Any]) -> set[str]:
    return {path for path in paths(options) if not any(fnmatch(path, look) for look in LOOK)}


def _fits(path: str, pattern: str) -> bool:
    brackets = str.maketrans("[]", "()")  # which mean something else to fnmatch
    return fnmatch(path.translate(brackets), pattern.translate(brackets))


def compared(component: str) -> list[dict[str, Any]]:
    equal = EQUALS[component]
    return [one for one in fixtures(component) if not lacking(equal, one["options"])]


def both(equal: Equal, fixture: dict[str, Any]) -> tuple[list[str], list[str], list[bool]]:
    """What theirs means and what ours means after the deliberate differences, and which of these there were."""
    theirs = meaning(fixture["html"])
    with use_language("en"):
        ours = meaning(equal.call(fixture["options"]))
    met = []
    for difference in equal.differs:
        seen = [
            change(tree) for change, tree in ((difference.theirs, theirs), (difference.ours, ours)) if change
        ]
        met.append(any(seen))
    return said(theirs), said(ours), met


CASES = [(component, one) for component in EQUALS for one in compared(component)]


@pytest.mark.parametrize(("component", "fixture"), CASES, ids=[f"{c}-{one['name']}" for c, one in CASES])
def test_ours_means_what_theirs_means(component: str, fixture: dict[str, Any]) -> None:
    theirs, ours, _ = both(EQUALS[component], fixture)
    assert ours == theirs


def test_every_component_has_an_equal_or_a_reason() -> None:
    index = json.loads((VENDOR / "index.json").read_text())
    names = {row["component"] for row in index if "component" in row}
    assert EQUALS.keys() | MISSING.keys() == names
    assert not EQUALS.keys() & MISSING.keys()


@pytest.mark.parametrize("component", EQUALS)
def test_every_option_is_taken_or_given_up(component: str) -> None:
    equal = EQUALS[component]
    known = [*equal.takes, *equal.lacks]
    used = {path for one in fixtures(component) for path in _used(one["options"])}
    new = {path for path in used if not any(_fits(path, pattern) for pattern in known)}
    assert {path for path in new if not re.search(r"\[\d+\]$", path)} == set()


def test_most_fixtures_are_compared() -> None:
    total = sum(len(fixtures(component)) for component in EQUALS)
    assert len(CASES) >= 300 and len(CASES) / total > 0.6, (len(CASES), total)
    assert min(len(compared(component)) for component in EQUALS) >= 2


@pytest.mark.parametrize("component", EQUALS)
def test_no_reason_is_stale(component: str) -> None:
    """Every option that ours lacks is asked for by a fixture, and every difference is met in one."""
    equal = EQUALS[component]
    given_up = {pattern for one in fixtures(component) for pattern in lacking(equal, one["options"])}
    assert {*equal.lacks, *equal.bare} - given_up == set()
    met = [both(equal, one)[2] for one in compared(component)]
    idle = [
        one.reason for one, seen in zip(equal.differs, zip(*met, strict=True), strict=True) if not any(seen)
    ]
    assert idle == []


@pytest.mark.parametrize(
    ("component", "breaking"),
    [
        ("input", ('for="', 'data-for="')),
        ("input", ("aria-describedby=", "data-described=")),
        ("radios", ("<legend", "<p")),
        ("date-input", ('inputmode="numeric"', "")),
        ("table", ("<th", "<td")),
        ("pagination", ('rel="next"', "")),
        ("error-summary", ('role="alert"', "")),
    ],
)
def test_the_comparison_can_fail(component: str, breaking: tuple[str, str]) -> None:
    equal = EQUALS[component]
    broken = Equal(
        lambda options: equal.call(options).replace(*breaking), equal.takes, equal.lacks, equal.differs
    )

    def differs(fixture: dict[str, Any]) -> bool:
        try:
            theirs, ours, _ = both(broken, fixture)
        except AssertionError:  # an element that is closed under another name
            return True
        return theirs != ours

    assert any(differs(one) for one in compared(component))


def test_words_are_compared_too() -> None:
    assert said(meaning("<p>Error: <b>a</b></p>")) == ["<p>", "  Error: a"]
    assert said(meaning("<div class='x'><i aria-hidden='true'>!</i><p id='a'>b</p></div>")) == [
        "<p id='a'>",
        "  b",
    ]
    assert gallery.components()
