"""The asked-anyway meter 仍要提交: why a person was asked for something although nobody should be, of each thing.

At submission a case keeps of every material that was still asked for, and of what she typed because a register did not
tell it, why no exemption applied then; and of what was exempt, by which way. What a source that is up could give is
not asked any more from the moment on that it can, whatever the version says under which the draft was begun.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from tongban import catalogue
from tongban.cases.model.papers.standing import Got, got
from tongban.catalogue import ItemVersion, KnownSources, Material, Source
from tongban.kit import clock
from tongban.kit.forms import Form
from tongban.kit.i18n import N_, Message, Text

#: Where in a step's detail it lies.
KEY = "asked_anyway"
#: What the library says of a licence of hers that does not stand, among a case's facts.
ENDED = "ended"


class Ground(StrEnum):
    """Why something was asked for although nothing should be 未免提交原因."""

    NO_SOURCE = "no_source"
    PLANNED = "planned"
    DOWN = "down"
    NO_ENTRY = "no_entry"
    NOT_IN_LIBRARY = "not_in_library"
    NOT_VALID = "not_valid"
    NOT_OPEN = "not_open"
    BEYOND = "beyond"
    PREFERRED = "preferred"
    OBTAINABLE = "obtainable"
    NO_BASIS = "no_basis"


#: An ask without a good reason 不应要求提交: the city's target is none.
UNJUSTIFIED = frozenset({Ground.OBTAINABLE, Ground.NO_BASIS})
GROUND_WORDS: dict[Ground, Message] = {
    Ground.NO_SOURCE: N_("没有能取得它的数据来源"),
    Ground.PLANNED: N_("数据来源已列入计划，还没有接通"),
    Ground.DOWN: N_("数据来源没有应答"),
    Ground.NO_ENTRY: N_("数据来源没有您的记录"),
    Ground.NOT_IN_LIBRARY: N_("电子证照库没有您的这张证照"),
    Ground.NOT_VALID: N_("电子证照库中的这张证照不在有效状态"),
    Ground.NOT_OPEN: N_("本事项不适用告知承诺"),
    Ground.BEYOND: N_("这种情形不在数据来源的范围内"),
    Ground.PREFERRED: N_("可以不交，申请人自愿提交"),
    Ground.OBTAINABLE: N_("数据来源已能取得，不应要求提交"),
    Ground.NO_BASIS: N_("没有法律依据，不应要求提交"),
}


class Asked(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that was asked for: a material by its code, or what a register (``code``) should have told.

    ``fields`` are the questions that she answered in the register's place, none for a material. ``source`` is who
    would give it, ``since`` when that was silent first or the last time, ``why`` the item's own words.
    """

    code: str
    name: Text
    ground: Ground
    fields: tuple[str, ...] = ()
    source: Text | None = None
    source_code: str = ""
    since: datetime | None = None
    why: Text | None = None

    @property
    def words(self) -> Message:
        """Why, in words: the ground, whose source, since when."""
        words, who = GROUND_WORDS[self.ground], self.source or self.why
        if who is None:
            return words
        if self.since is None:
            return N_("{words}（{who}）", words=words, who=who)
        day = f"{clock.city_time(self.since):%Y-%m-%d %H:%M}"
        return N_("{words}（{who}，{day} 起）", words=words, who=who, day=day)


class Spared(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One material that she did not bring 免提交: by which ``route``, through whom, and how that had answered."""

    code: str
    name: Text
    route: str
    got: Got | None = None


class Meter(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a submission was asked for, and what it was spared."""

    asked: tuple[Asked, ...] = ()
    spared: tuple[Spared, ...] = ()

    def stored(self) -> dict[str, Any]:
        """As a part of the step's detail (JSON)."""
        return {KEY: msgspec.to_builtins(self)}

    def counted(self) -> list[tuple[str, str, str]]:
        """For the roll-up: how each stands, and of what was asked without a good reason the material and source."""
        rows = [
            (str(one.ground), *((one.code, one.source_code) if one.ground in UNJUSTIFIED else ("", "")))
            for one in self.asked
        ]
        return rows + [(f"spared_{one.route}", "", "") for one in self.spared]


def meter(detail: Mapping[str, Any]) -> Meter | None:
    """What a step wrote down; None for one of before it did."""
    return msgspec.convert(detail[KEY], Meter) if KEY in detail else None


def types_to_look_up(version: ItemVersion, known: KnownSources) -> set[str]:
    """The licence types of which the library is asked for an item: those that it calls, and those that would do."""
    called = {one.source for one in version.materials if one.route == "licence"}
    for material in version.materials:
        for refusal in catalogue.refused(material, known.register, item=version.code):
            if refusal.source is not None and refusal.source.kind == "licence_type":
                called.add(refusal.source.code)
    return called


def standing_of(
    version: ItemVersion, material: Material, known: KnownSources, facts: Mapping[str, Any]
) -> Asked:
    """Why a material that the version asks for is asked for as the sources stand; ``facts`` as a case stores them."""
    found = [
        _by_source(material, refusal.source, known, facts)
        for refusal in catalogue.refused(material, known.register, item=version.code)
    ]
    found.sort(key=lambda one: one.ground not in UNJUSTIFIED)
    return found[0] if found else _without_source(version, material, known)


def _by_source(
    material: Material, source: Source | None, known: KnownSources, facts: Mapping[str, Any]
) -> Asked:
    if source is None:
        return Asked(code=material.code, name=material.name, ground=Ground.NO_BASIS)
    told = facts.get(source.code, {})
    outcome, since = told.get("outcome", ""), None
    if source.state == "down":
        ground, since = Ground.DOWN, known.since.get((source.kind, source.code))
    elif outcome == "down":
        ground, since = Ground.DOWN, msgspec.convert(told["read_at"], datetime)
    elif outcome == "none" and source.kind == "licence_type":
        ground = Ground.NOT_VALID if told.get("data", {}).get(ENDED) else Ground.NOT_IN_LIBRARY
    else:
        ground = Ground.NO_ENTRY if outcome == "none" else Ground.OBTAINABLE
    return Asked(
        code=material.code,
        name=material.name,
        ground=ground,
        source=source.name,
        source_code=source.code,
        since=since,
    )


def _without_source(version: ItemVersion, material: Material, known: KnownSources) -> Asked:
    why, source = None, next((one for one, _ in known.planned.giving(material, version.code)), None)
    closed = [one for one in known.commitments if material.material_code in one.replaces]
    if material.beyond is not None:
        ground, why, source = Ground.BEYOND, material.beyond, None
    elif source is not None:
        ground = Ground.PLANNED
    elif material.material_code and closed:
        ground, source = Ground.NOT_OPEN, closed[0]
    else:
        ground = Ground.NO_SOURCE
    name = source.name if source else None
    return Asked(code=material.code, name=material.name, ground=ground, source=name, why=why)


def withdrawn(version: ItemVersion, known: KnownSources, facts: Mapping[str, Any]) -> dict[str, Asked]:
    """The asks that are withdrawn by now, by the place of the material: a source gives it that did not when the version
    was published.

    What only a commitment could replace stays: the form has none to be given. So does what only a register tells that
    the item's purpose does not name: nobody may read it for this case (PIPL art. 6), and the paper would be missing.
    """
    gone: dict[str, Asked] = {}
    for material in version.materials:
        for refusal in (
            () if material.exempt else catalogue.refused(material, known.register, item=version.code)
        ):
            found = _by_source(material, refusal.source, known, facts)
            if found.ground in UNJUSTIFIED and _may_ask(version, refusal.source):
                gone.setdefault(material.place, found)
    return gone


def _may_ask(version: ItemVersion, source: Source | None) -> bool:
    """Whether the source can be asked for a case of this version; what has no basis in law needs none."""
    if source is None:
        return True
    named = source.kind == "resource" and source.code in version.purpose_fields
    return named or source.kind == "licence_type"


def metered(
    version: ItemVersion,
    form: Form,
    answers: Mapping[str, Any],
    known: KnownSources,
    facts: Mapping[str, Any],
) -> Meter:
    """What these answers were asked for and spared, as the sources stand; ``facts`` as a case stores them."""
    situation, told = version.situation(answers), got(facts)
    needed = [one for one in version.materials if one.needed(situation)]
    gone = withdrawn(version, known, facts)
    asked = [*_materials(version, needed, answers, known, facts), *_typed(form, answers, told)]
    spared = [
        Spared(code=one.code, name=one.name, route=one.route, got=told.get(one.source))
        for one in needed
        if one.exempt
    ]
    spared += [
        Spared(code=one.code, name=one.name, route="withdrawn", got=told.get(gone[one.place].source_code))
        for one in needed
        if one.place in gone and not answers.get(one.place)
    ]
    return Meter(tuple(asked), tuple(spared))


def _materials(
    version: ItemVersion,
    needed: Iterable[Material],
    answers: Mapping[str, Any],
    known: KnownSources,
    facts: Mapping[str, Any],
) -> Iterator[Asked]:
    """What she handed in, or promised to; who handed in what she need not did so by her own choice."""
    for one in needed:
        if one.exempt or not (answers.get(one.place) or answers.get(one.promise)):
            continue
        stands = standing_of(version, one, known, facts)
        free = not one.required and stands.ground in UNJUSTIFIED
        yield msgspec.structs.replace(stands, ground=Ground.PREFERRED) if free else stands


def _typed(form: Form, answers: Mapping[str, Any], told: Mapping[str, Got]) -> Iterator[Asked]:
    """What she typed because a register was silent, or had no record."""
    by_register: dict[str, list[str]] = {}
    for field in form.asked(answers):
        place = field.ui.prefill
        if place and place.resource in told and answers.get(field.name) not in (None, "", []):
            by_register.setdefault(place.resource, []).append(field.name)
    for register, fields in by_register.items():
        answer = told[register]
        if answer.outcome != "found":
            down = answer.outcome == "down"
            yield Asked(
                code=register,
                name=answer.source,
                ground=Ground.DOWN if down else Ground.NO_ENTRY,
                fields=tuple(fields),
                source=answer.source,
                source_code=register,
                since=answer.at if down else None,
            )
