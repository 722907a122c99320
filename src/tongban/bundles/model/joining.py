"""One form 一表申请: the union of the items' forms, each data element asked once.

Two questions are the same when they name the same data element under the same words; the bundle says of others that
they are. Rules that differ are joined to the stricter; where that cannot be, each item keeps its own question. What is
typed goes back to each item's own question, and each item's own form has the last word on it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec

from tongban.bundles.model.bundle import Bundle
from tongban.bundles.model.handed_in import every_file
from tongban.bundles.model.strictness import DAYS, stricter
from tongban.catalogue import WAY, ItemVersion
from tongban.kit import forms
from tongban.kit.forms import Form
from tongban.kit.forms.days import DayLimit
from tongban.kit.i18n import Text

#: Where a question of an item stands: item and name there.
Place = tuple[str, str]

#: In which way an item is applied for is asked of each by itself: each organ takes a commitment of its own.
WAY_ASKED = f"situation_{WAY}"
_NAMELESS: Mapping[str, Text] = {}


class OneForm(msgspec.Struct, frozen=True, eq=False):
    """The one form: ``places`` says of each of its questions which questions of the items it stands for."""

    form: Form
    places: dict[str, tuple[Place, ...]]

    def of(self, item: str) -> dict[str, str]:
        """The names of an item's questions here, by their names in its own form."""
        return {own: name for name, places in self.places.items() for one, own in places if one == item}

    def split(self, item: str, answers: Mapping[str, Any]) -> dict[str, Any]:
        """The answers of the one form as an item's own form names them."""
        return {own: answers[name] for own, name in self.of(item).items() if name in answers}

    def joined(self, values: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        """What each item has by its own names, under the names of the one form; of several the first that has any,
        and every file that any of them has."""
        found: dict[str, Any] = {}
        for name, places in self.places.items():
            told = [values[item][own] for item, own in places if own in values.get(item, {})]
            if told:
                takes_files = self.form.by_name[name].ui.widget == "files"
                found[name] = every_file(told) if takes_files else told[0]
        return found

    @property
    def repeated(self) -> int:
        """How many questions of the items are not asked a second time."""
        return sum(len(places) - 1 for places in self.places.values())


class _Joined(msgspec.Struct):
    """A question of the one form while it grows."""

    name: str
    rule: dict[str, Any]
    section: str
    required: bool
    places: list[Place]
    whens: list[dict[str, Any] | None]
    needs: set[str]


def one_form(
    bundle: Bundle, versions: Mapping[str, ItemVersion], *, told: Collection[str] | None = None
) -> OneForm:
    """The one form of these items, in their order; made once for each set of versions.

    ``told`` are the items whose results will tell what others take from them; all of these items without it.
    """
    known = frozenset(versions if told is None else told)
    key = (known, *((code, version.number, version.published_on) for code, version in versions.items()))
    return _kept(bundle.hash, key, _Given(bundle, versions, known))


class _Given:
    """What the memory of :func:`one_form` does not look at: hash and numbers name it."""

    def __init__(self, bundle: Bundle, versions: Mapping[str, ItemVersion], told: Collection[str]) -> None:
        self.bundle, self.versions, self.told = bundle, versions, told

    def left_out(self, code: str) -> frozenset[str]:
        """The questions of an item that the one form does not ask: what a result tells, and a commitment, which has a
        page of its own behind the form."""
        given = self.bundle.by_item[code].given.items()
        found = {name for name, place in given if place.partition("#")[0] in self.told}
        asks = self.versions[code].commitment
        return frozenset(found if asks is None else {*found, asks.tick})

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Given)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=256)
def _kept(_hash: str, _key: tuple[Any, ...], given: _Given) -> OneForm:
    return joined(
        {code: _without(version.form, given.left_out(code)) for code, version in given.versions.items()},
        given.bundle.joined,
        names={code: version.name for code, version in given.versions.items()},
    )


def _without(schema: Mapping[str, Any], names: Collection[str]) -> Mapping[str, Any]:
    """A form without these questions, and without asking whether they hold."""
    if not names:
        return schema
    properties = {name: rule for name, rule in schema["properties"].items() if name not in names}
    ui = schema["x-ui"]
    order = [name for name in ui.get("order") or schema["properties"] if name not in names]
    return {**schema, "properties": properties, "x-ui": {**ui, "order": order}}


def joined(
    schemas: Mapping[str, Mapping[str, Any]],
    same: Mapping[str, Sequence[str]],
    *,
    names: Mapping[str, Text] = _NAMELESS,
) -> OneForm:
    """The one form of these items' forms; ``same`` are questions that the bundle joins, as ``item.field``.

    Of different questions in the same words each says by the item's name of what it asks. Raises
    :class:`tongban.kit.forms.BadForm` where the parts do not make a form.
    """
    meant = {other: first for first, others in same.items() for other in (first, *others)}
    found: dict[str, _Joined] = {}
    by_key: dict[Any, list[str]] = {}
    sections = _in_order(schemas.values())
    for item, schema in schemas.items():
        own: dict[str, str] = {}
        local = _sections(schema, sections)
        for name in schema["x-ui"].get("order") or schema["properties"]:
            rule = schema["properties"][name]
            section, when = local.get(rule["x-ui"].get("section", ""), ("", None))
            one = _Joined(
                name,
                _renamed(rule, own),
                section,
                name in schema.get("required", ()),
                [(item, name)],
                [],
                set(),
            )
            one.whens = [_both(when, rule["x-ui"].get("when"), own)]
            one.needs = {own[other] for other in _looked_at(rule, when) if other in own}
            own[name] = _placed(one, meant.get(f"{item}.{name}"), found, by_key)
    _told_apart(found.values(), names)
    return _compiled(found, list(sections.values()))


def _told_apart(asked: Iterable[_Joined], names: Mapping[str, Text]) -> None:
    """Name the item behind the words of questions of several that are not the same and are asked in the same words."""
    alike: dict[str, list[_Joined]] = {}
    for one in asked:
        alike.setdefault(one.rule["x-ui"]["label"]["zh"], []).append(one)
    for ones in alike.values():
        for one in ones if len({each.places[0][0] for each in ones}) > 1 else ():
            name = names.get(one.places[0][0])
            if name is not None:
                label = one.rule["x-ui"]["label"]
                told = {"zh": f"{label['zh']}（{name.zh}）", "en": f"{label['en']} ({name.en})"}
                one.rule = {**one.rule, "x-ui": {**one.rule["x-ui"], "label": told}}


def _placed(one: _Joined, meant: str | None, found: dict[str, _Joined], by_key: dict[Any, list[str]]) -> str:
    """The name under which a question stands in the one form: an earlier one's that it is the same as, or its own."""
    ui = one.rule["x-ui"]
    apart = one.places[0] if one.name == WAY_ASKED else None
    key = ("", meant) if meant else (ui["element"], ui["label"]["zh"], str(ui.get("statement")), apart)
    for name in by_key.get(key, ()):
        other = found[name]
        rule = stricter(other.rule, one.rule)
        # An item's own form asks a name once; a question that hangs on the other one is not the same.
        if rule is None or one.places[0][0] in [item for item, _ in other.places] or _hangs(name, one, found):
            continue
        other.rule, other.required = rule, other.required or one.required
        other.places += one.places
        other.whens += one.whens
        other.needs |= one.needs
        return name
    name = one.name
    while name in found:
        name = f"{name}_{one.places[0][0]}" if name == one.name else f"{name}_"
    one.name = name
    found[name] = one
    by_key.setdefault(key, []).append(name)
    return name


def _hangs(name: str, one: _Joined, found: Mapping[str, _Joined]) -> bool:
    """Whether what ``one`` needs hangs on the question ``name``: joined, they would wait for each other."""
    open_, seen = list(one.needs), set[str]()
    while open_:
        at = open_.pop()
        if at == name:
            return True
        if at not in seen:
            seen.add(at)
            open_ += found[at].needs
    return False


def _in_order(schemas: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """The sections of all forms by title, where they stand on the whole: who comes first, declarations last."""
    stands: dict[str, list[float]] = {}
    titles: dict[str, dict[str, str]] = {}
    for schema in schemas:
        own = schema["x-ui"].get("sections", ())
        for place, one in enumerate(own):
            stands.setdefault(one["title"]["zh"], []).append(place / max(1, len(own) - 1))
            titles.setdefault(one["title"]["zh"], one["title"])
    order = sorted(titles, key=lambda title: sum(stands[title]) / len(stands[title]))
    return {title: {"key": f"part{n}", "title": titles[title]} for n, title in enumerate(order, 1)}


def _sections(
    schema: Mapping[str, Any], sections: dict[str, dict[str, Any]]
) -> dict[str, tuple[str, dict[str, Any] | None]]:
    """An item's sections as those of the one form, by title; what a section hangs on goes to its questions."""
    local = {}
    for one in schema["x-ui"].get("sections", ()):
        title = one["title"]["zh"]
        here = sections[title]
        for name in ("hint", "notice"):
            if name in one:
                here.setdefault(name, one[name])
        local[one["key"]] = (here["key"], one.get("when"))
    return local


def _looked_at(rule: Mapping[str, Any], when: Mapping[str, Any] | None) -> list[str]:
    """The questions that another hangs on or is held against."""
    ui = rule["x-ui"]
    names = [*_names(ui.get("when")), *_names(when), *ui.get("at_least", ()), *ui.get("at_most", ())]
    limits = [DayLimit(keyword, ui[keyword]) for keyword in DAYS if keyword in ui]
    names += [limit.field for limit in limits if limit.field is not None]
    return names


def _names(when: Mapping[str, Any] | None) -> list[str]:
    if not when:
        return []
    parts = [*when.get("all", ()), *when.get("any", ()), *([when["not"]] if "not" in when else [])]
    return [*([when["field"]] if "field" in when else []), *(name for part in parts for name in _names(part))]


def _renamed(rule: Mapping[str, Any], own: Mapping[str, str]) -> dict[str, Any]:
    ui = dict(rule["x-ui"])
    for name in ("at_least", "at_most"):
        if name in ui:
            ui[name] = [own.get(one, one) for one in ui[name]]
    for name in ("not_before", "not_after"):
        if name in ui:
            ui[name] = own.get(ui[name], ui[name])
    ui.pop("when", None)
    return {**rule, "x-ui": ui}


def _both(
    section: Mapping[str, Any] | None, when: Mapping[str, Any] | None, own: Mapping[str, str]
) -> dict[str, Any] | None:
    parts = [_when(one, own) for one in (section, when) if one]
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else {"all": parts}


def _when(when: Mapping[str, Any], own: Mapping[str, str]) -> dict[str, Any]:
    there = dict(when)
    if "field" in there:
        there["field"] = own.get(there["field"], there["field"])
    for joint in ("all", "any"):
        if joint in there:
            there[joint] = [_when(one, own) for one in there[joint]]
    if "not" in there:
        there["not"] = _when(there["not"], own)
    return there


def _either(whens: Sequence[dict[str, Any] | None]) -> dict[str, Any] | None:
    """When a question is asked that several items ask: when one of them does."""
    if any(one is None for one in whens):
        return None
    different = [one for place, one in enumerate(whens) if one is not None and one not in whens[:place]]
    return different[0] if len(different) == 1 else {"any": different}


def _compiled(found: Mapping[str, _Joined], sections: list[dict[str, Any]]) -> OneForm:
    """The questions by section, each behind what it hangs on, which may draw it into a later section."""
    turn = {one["key"]: place for place, one in enumerate(sections)}
    at: dict[str, int] = {}

    def section_of(name: str) -> int:
        if name not in at:
            one = found[name]
            at[name] = max([turn.get(one.section, 0), *(section_of(other) for other in one.needs)])
        return at[name]

    placed: dict[int, list[str]] = {}
    done: set[str] = set()

    def put(name: str) -> None:
        if name not in done:
            for other in sorted(found[name].needs, key=list(found).index):
                put(other)
            done.add(name)
            placed.setdefault(section_of(name), []).append(name)

    for name in found:
        put(name)
    order = [name for place in sorted(placed) for name in placed[place]]
    properties = {}
    for name in order:
        one = found[name]
        when, ui = _either(one.whens), {**one.rule["x-ui"]}
        if sections:
            ui["section"] = sections[at[name]]["key"]
        properties[name] = {**one.rule, "x-ui": {**ui, **({"when": when} if when else {})}}
    used = [one for place, one in enumerate(sections) if place in placed]
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "required": [name for name in order if found[name].required],
        "properties": properties,
        "x-ui": {"order": order, "sections": used, "paged": len(used) > 1},
    }
    return OneForm(forms.compile_form(schema), {name: tuple(found[name].places) for name in order})
