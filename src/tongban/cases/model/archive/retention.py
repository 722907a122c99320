"""How long an ended case's file is kept, as the installing city's table says (``city/retention.yaml``).

Law: 档案法 (2020) art. 13, 16; 机关文件材料归档范围和文书档案保管期限规定 (国家档案局令第8号), whose classes are
永久, 30 年 and 10 年; special measures know others. Which item has which class is the city's table, never a
constant here.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from tongban.cases.model.states import ENDED, State
from tongban.kit.i18n import Text

Mark = Literal["real", "realistic", "synthetic"]


class RetentionWrong(ValueError):  # noqa: N818 - named for what is wrong
    """The table cannot be used; the sentence says why."""


class Retention(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A class of keeping 保管期限; ``years`` is None for what is kept for ever."""

    code: str
    years: int | None
    name: Text
    mark: Mark


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """For which cases a class holds: by item, by item type (GB/T 39046 A.1), by how they ended; empty for all."""

    retention: str
    basis: Text
    mark: Mark
    items: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    ends: tuple[State, ...] = ()

    def fits(self, *, item: str, kind: str, state: State) -> bool:
        """Whether the rule is for such a case."""
        return (
            (not self.items or item in self.items)
            and (not self.kinds or kind in self.kinds)
            and (not self.ends or state in self.ends)
        )


class Schedule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The city's table 保管期限表: classes, and rules of which the first that fits counts."""

    classes: tuple[Retention, ...]
    rules: tuple[Rule, ...]

    def of(self, *, item: str, kind: str, state: State) -> tuple[Retention, Rule]:
        """The class of such a case, and the rule that gives it."""
        rule = next(one for one in self.rules if one.fits(item=item, kind=kind, state=state))
        return self.by_code(rule.retention), rule

    def by_code(self, code: str) -> Retention:
        """The class of that code; raises KeyError."""
        return {one.code: one for one in self.classes}[code]


def schedule_of(content: bytes) -> Schedule:
    """The table from its file's content; raises RetentionWrong."""
    try:
        schedule = msgspec.yaml.decode(content, type=Schedule)
    except msgspec.MsgspecError as odd:
        raise RetentionWrong(f"retention.yaml: {odd}") from odd
    codes = [one.code for one in schedule.classes]
    if len(set(codes)) != len(codes):
        raise RetentionWrong("retention.yaml: a class stands there twice")
    if odd_ones := [rule.retention for rule in schedule.rules if rule.retention not in codes]:
        raise RetentionWrong(f"retention.yaml: {odd_ones[0]} is no class of it")
    if stray := {end for rule in schedule.rules for end in rule.ends} - ENDED:
        raise RetentionWrong(f"retention.yaml: {min(stray)} is no end of a case")
    last = schedule.rules[-1] if schedule.rules else None
    if last is None or last.items or last.kinds or last.ends:
        raise RetentionWrong("retention.yaml: the last rule must fit every case")
    return schedule


def due_on(retention: Retention, ended: date) -> date | None:
    """From which day a file is due for appraisal 鉴定; the period begins with the year after its end."""
    return None if retention.years is None else date(ended.year + 1 + retention.years, 1, 1)
