"""The table of problems, the words of the API's document and the pattern library, from this room's own files."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import yaml

from tongban.kit.i18n import Text
from tongban.kit.web.described import RoomWords
from tongban.kit.web.pages import UI
from tongban.portal.model import (
    Decision,
    HeldTable,
    KeepingRule,
    Part,
    PartUnknown,
    Problem,
    ProblemUnknown,
    RightsTable,
)
from tongban.settings import settings

_FILE = Path(__file__).with_name("problems.yaml")
_WORDS = Path(__file__).with_name("api.yaml")
_STYLE = Path(__file__).with_name("style")
_DECISIONS = Path(__file__).with_name("decisions.yaml")
_HELD = Path(__file__).with_name("held.yaml")
#: The parts of the pattern library, as they stand in its contents.
_PARTS = ("basics", "ways", "telling", "forms", "facts", "licence", "home", "desk")


@cache
def problems() -> dict[str, Problem]:
    """All types by their code, read once."""
    return msgspec.convert(yaml.safe_load(_FILE.read_text()), dict[str, Problem])


@cache
def held() -> HeldTable:
    """What kinds of personal data there are, read once."""
    return msgspec.convert(yaml.safe_load(_HELD.read_text()), HeldTable)


@cache
def decisions() -> dict[str, Decision]:
    """What the platform decides by itself, by code, read once."""
    rows = msgspec.convert(yaml.safe_load(_DECISIONS.read_text()), tuple[Decision, ...])
    return {one.code: one for one in rows}


def keeping(city_dir: Path | None = None) -> dict[str, KeepingRule]:
    """How long personal data are kept, by the rule's code, as the installing city says; raises KeepingWrong."""
    return _keeping(city_dir or settings().city_dir)


@cache
def _keeping(city: Path) -> dict[str, KeepingRule]:
    try:
        text = (city / "keeping.yaml").read_text()
        rules = msgspec.convert(yaml.safe_load(text)["rules"], tuple[KeepingRule, ...])
    except (OSError, KeyError, yaml.YAMLError, msgspec.ValidationError) as odd:
        raise KeepingWrong(f"keeping.yaml: {odd}") from odd
    if len({rule.code for rule in rules}) != len(rules):
        raise KeepingWrong("keeping.yaml: a rule stands there twice")
    if negative := [rule.code for rule in rules if (rule.days or 0) < 0]:
        raise KeepingWrong(f"keeping.yaml: {negative[0]} has a negative period")
    return {rule.code: rule for rule in rules}


class KeepingWrong(ValueError):  # noqa: N818 - named for what is wrong
    """The city's table of periods cannot be read; the message names the file and the fault."""


def rights(city_dir: Path | None = None) -> RightsTable:
    """Who answers requests about one's data, and within how many days; raises RightsWrong."""
    return _rights(city_dir or settings().city_dir)


@cache
def _rights(city: Path) -> RightsTable:
    try:
        table = msgspec.convert(yaml.safe_load((city / "rights.yaml").read_text()), RightsTable)
    except (OSError, yaml.YAMLError, msgspec.ValidationError) as odd:
        raise RightsWrong(f"rights.yaml: {odd}") from odd
    if table.working_days < 1:
        raise RightsWrong("rights.yaml: working_days must be 1 or more")
    return table


class RightsWrong(ValueError):  # noqa: N818 - named for what is wrong
    """The city's table of requests cannot be read, or leaves a register out; the message names the fault."""


@cache
def words() -> RoomWords:
    """The document's own words, and those of records that all rooms share; read once."""
    return msgspec.convert(yaml.safe_load(_WORDS.read_text()), RoomWords)


def problem_of(code: str) -> Problem:
    """The type that ``/problems/<code>`` names; raises ProblemUnknown."""
    known = problems().get(code)
    if known is None:
        raise ProblemUnknown
    return known


@cache
def style() -> dict[str, Part]:
    """The pattern library by the name of its parts, read once."""
    return {name: _part(name) for name in _PARTS}


def style_part(name: str) -> Part:
    """One part; raises PartUnknown."""
    found = style().get(name)
    if found is None:
        raise PartUnknown
    return found


def _part(name: str) -> Part:
    part = msgspec.convert(yaml.safe_load((_STYLE / f"{name}.yaml").read_text()), Part)
    components = {
        macro: msgspec.structs.replace(one, given=_bilingual(one.given))
        for macro, one in part.components.items()
    }
    return msgspec.structs.replace(part, components=components)


def _bilingual(value: Any) -> Any:
    """Sample data with its words: every ``{zh, en}`` becomes a Text."""
    if isinstance(value, dict):
        if value.keys() == {"zh", "en"}:
            return Text(value["zh"], value["en"])
        return {key: _bilingual(one) for key, one in value.items()}
    return [_bilingual(one) for one in value] if isinstance(value, list) else value


@cache
def macro_notes() -> dict[str, str]:
    """What stands above each component's macro: its parameters and what they mean."""
    text = "".join(path.read_text() for path in sorted((UI / "templates" / "components").glob("*.html")))
    notes = re.findall(r"\{#- (\w+)(\(.*?) -#\}", text, re.DOTALL)
    return {name: re.sub(r"\n +", "\n", name + rest) for name, rest in notes}


@cache
def drawings() -> tuple[str, ...]:
    """The names of the sprite's drawings."""
    return tuple(re.findall(r'<symbol id="([\w-]+)"', (UI / "static" / "icons.svg").read_text()))
