"""From an item's file to its draft: what the city says once, for all items or for a department, is put in here.

An item's file says what is its own. Codes follow from the department and a serial, the department's name, places and
telephones from the department, laws from ``laws.yaml``, the ordinary steps, rights and remedies from ``guide.yaml``,
the form from data elements, and what may be read of the registers from form and rules. Whatever a file says itself
goes first.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from tongban.catalogue.actions.following import code_of, followers
from tongban.catalogue.actions.placing import Fault, nearest
from tongban.catalogue.model import HELD, ClockProfile, Elements, Material, Situation, expanded, form_of
from tongban.kit.forms import BadForm, compile_form
from tongban.kit.i18n import Text
from tongban.kit.rules import RuleSet

#: A list of the city that a form may name instead of repeating it.
_DISTRICTS, _GOVERNMENTS = "$districts", "$governments"
#: What fills a form without being a register: the account, and the licence that one holds.
_NO_REGISTER = ("account", HELD)
#: 行使层级 A.2 of a municipality: an organ of the city decides, or the office of a district.
_CITY, _DISTRICT = "2", "4"
#: What only the composition reads of an item's file.
OWN = (
    "department",
    "serial",
    "part",
    "set_by",
    "asks",
    "by_district",
    "flow",
    "declaration",
    "audience",
    "paged",
)


class CityFileWrong(ValueError):  # noqa: N818 - named for what it is
    """A file of the city cannot be used; the message names it and the place.

    ``faults`` are the single faults of an item's file, where they are known.
    """

    def __init__(self, message: str, faults: Sequence[Fault] = ()) -> None:
        super().__init__(message)
        self.faults = tuple(faults)


class CityFiles:
    """The city's folder as items read it; each file is read once, when it is first asked for."""

    def __init__(self, city_dir: Path) -> None:
        self.folder = city_dir

    @cached_property
    def elements(self) -> Elements:
        """``elements.yaml``: the data elements, the districts put into their options."""
        body = self.yaml("elements.yaml")
        for element in body["elements"]:
            _fill_areas(element["rule"], element["ui"], self)
        try:
            return msgspec.convert(body, Elements)
        except msgspec.ValidationError as wrong:
            raise CityFileWrong(f"elements.yaml: {wrong}") from wrong

    @cached_property
    def laws(self) -> dict[str, dict[str, Any]]:
        """``laws.yaml``: laws by their short names."""
        laws: dict[str, dict[str, Any]] = self.yaml("laws.yaml")["laws"]
        return laws

    @cached_property
    def guide(self) -> dict[str, Any]:
        """``guide.yaml``: what stands in the guides of many items."""
        return self.yaml("guide.yaml")

    @cached_property
    def afterwards(self) -> dict[str, Any]:
        """``afterwards.yaml``: what the items for a held licence have alike."""
        return self.yaml("afterwards.yaml")

    @cached_property
    def materials(self) -> dict[str, dict[str, Any]]:
        """``materials.yaml``: the standard materials 标准材料 by their codes."""
        known = {element.code for element in self.elements.elements}
        library: dict[str, dict[str, Any]] = {}
        for row in self.yaml("materials.yaml")["materials"]:
            if row["code"] in library:
                raise CityFileWrong(f"materials.yaml: {row['code']!r} stands there twice")
            if unknown := [one for one in row.get("elements", ()) if one not in known]:
                raise CityFileWrong(f"materials.yaml: {row['code']}: no data element {', '.join(unknown)}")
            library[row["code"]] = row
        return library

    @cached_property
    def licence_types(self) -> dict[str, str]:
        """The codes of the licence types by the short names of ``licence_types.yaml``."""
        return {row["short"]: row["code"] for row in self.yaml("licence_types.yaml")["licence_types"]}

    @cached_property
    def clock_profiles(self) -> dict[str, ClockProfile]:
        """``clock_profiles.yaml``: the clock profiles by their keys, in the order in which they are tried."""
        body = self.yaml("clock_profiles.yaml")
        try:
            profiles = msgspec.convert(body["profiles"], list[ClockProfile])
        except msgspec.ValidationError as wrong:
            raise CityFileWrong(f"clock_profiles.yaml: {wrong}") from wrong
        return {one.key: one for one in profiles}

    @cached_property
    def departments(self) -> dict[str, dict[str, Any]]:
        """The organs of the whole city by their kind, from ``departments.yaml``."""
        rows = self.yaml("departments.yaml")["departments"]
        return {row["kind"]: row for row in rows if row["district"] is None}

    @cached_property
    def districts(self) -> list[dict[str, str]]:
        """``districts.csv``."""
        with (self.folder / "districts.csv").open(encoding="utf-8", newline="") as lines:
            return list(csv.DictReader(lines))

    @cached_property
    def governments(self) -> dict[str, dict[str, str]]:
        """The people's governments of the city and of its districts, by the area's code."""
        city = self.yaml("city.yaml")
        zh, en = city["name"]["zh"], city["name"]["en"]
        areas = [(str(city["code"]), zh, en)]
        areas += [(row["code"], f"{zh}{row['name_zh']}", f"{row['name_en']}, {en}") for row in self.districts]
        return {code: {"zh": f"{zh}人民政府", "en": f"People's Government of {en}"} for code, zh, en in areas}

    def yaml(self, name: str) -> dict[str, Any]:
        """One of the city's files, read; raises CityFileWrong."""
        try:
            body: dict[str, Any] = msgspec.yaml.decode((self.folder / name).read_bytes())
        except (OSError, msgspec.MsgspecError) as wrong:
            raise CityFileWrong(f"{name}: {wrong}") from wrong
        return body


def composed(item: dict[str, Any], city: CityFiles) -> dict[str, Any]:
    """The whole draft, as the catalogue's type takes it, of an item's file as it was read."""
    whole = {**_of_department(item, city), **_ordinary(item, city), **item}
    for result in whole.get("results", []):
        if "licence_type" in result:
            result["licence_type"] = city.licence_types.get(result["licence_type"], result["licence_type"])
    if "materials" in whole:
        whole["materials"] = [_material(one, city) for one in whole["materials"]]
    whole["clock"] = _limits(whole, city)
    whole["basis"] = [_with_law(row, city) for row in whole.get("basis", [])]
    whole |= _form(whole, city)
    _must_be_asked(whole)
    if item.get("afterwards"):
        whole["afterwards"] = [code_of(item["code"], act, city.afterwards) for act in item["afterwards"]]
    for name in OWN:
        whole.pop(name, None)
    return whole


def _material(said: dict[str, Any], city: CityFiles) -> dict[str, Any]:
    """A material with what the library says of the standard one that it ``is``; its own words go first."""
    made = dict(said)
    if (code := made.pop("is", None)) is not None:
        if code not in city.materials:
            raise CityFileWrong(
                f"materials.yaml: there is no standard material {code!r}{nearest(code, city.materials)}"
            )
        standard = {**city.materials[code], "material_code": code}
        standard.pop("also_called", None)
        if "route" in made:  # the item's own way has the item's own source
            standard.pop("source", None)
        made = {**standard, **made}
    if made.get("route") == "licence":
        made["source"] = city.licence_types.get(made["source"], made["source"])
    return made


def _must_be_asked(whole: dict[str, Any]) -> None:
    """What a licence shows or is numbered by is asked; a later act has the first one's form for it."""
    if "after" in whole:
        return
    for result in whole.get("results", []):
        named = {*result.get("face", ())} | (
            {result["numbering"]["field"]} if "numbering" in result else set()
        )
        if unknown := named - whole.get("form", {}).get("properties", {}).keys():
            raise CityFileWrong(f"results: the form has no such question: {', '.join(sorted(unknown))}")


def following(item: dict[str, Any], whole: dict[str, Any], city: CityFiles) -> list[dict[str, Any]]:
    """The whole drafts of the items for the licence that ``item`` gives, whose own whole draft is ``whole``."""
    if not item.get("afterwards"):
        return []
    made = []
    for one in followers(item, whole, city.afterwards):
        draft = composed(one, city)
        handle = city.afterwards["acts"][one["after"]["act"]]["handle"]
        made.append(draft | {"handle_code": f"{draft['task_code']}{handle}"})
    return made


def _of_department(item: dict[str, Any], city: CityFiles) -> dict[str, Any]:
    """What follows from the department: its name, the item's codes, where to go and whom to ask."""
    if "department" not in item:
        return {}
    organ = city.departments.get(item["department"])
    if organ is None:
        raise CityFileWrong(f"departments.yaml: no organ of the city is of kind {item['department']!r}")
    decides = organ.get("branches", organ["kind"]) if item.get("by_district") else organ["kind"]
    level = _CITY if decides == organ["kind"] else _DISTRICT
    catalog = f"{item.get('set_by', '00')}{item['kind']}{organ['number']}{item['serial']:03d}{item.get('part', 0):03d}"
    task = f"{organ['uscc']}{level}{catalog}"
    return {
        "level": level,
        "catalog_code": catalog,
        "task_code": task,
        "handle_code": f"{task}01",
        "department_kind": decides,
        "department_name": organ["name"],
        "contact": {"consult": organ["consult"], "supervise": organ["supervise"], "mark": "synthetic"},
        "places": [*organ.get("places", []), *city.guide["places"]],
    }


def _ordinary(item: dict[str, Any], city: CityFiles) -> dict[str, Any]:
    """What most items have alike; a file that says nothing of it means this."""
    if "department" not in item:
        return {}
    guide = city.guide
    targets = item["targets"]
    promise, visits = item["clock"]["promise_days"], item["visits"]
    licence = any("licence_type" in result for result in item["results"])
    return {
        "ways": ["1", "2", "3"],
        "case_kind": "1" if promise == 0 else "2",
        "online": "part" if visits else "full",
        "depth": "5" if visits else "7" if licence else "6",
        "fee_note": guide["free"],
        "pay_online": bool(item.get("fees")),
        "gives": "first" if "1" in targets else "again",
        "steps": guide["flows"][item.get("flow", _usual_flow(item, licence=licence))],
        "remedies": guide["remedies"],
        "rights": guide["rights"],
        "faq": guide["faq"]["person" if "1" in targets else "firm"],
        "marks": {"*": "realistic", "department_name": "synthetic", "task_code": "synthetic"},
    }


def _limits(item: dict[str, Any], city: CityFiles) -> dict[str, Any]:
    """The item's own limits, and what its type's clock profile adds to them."""
    own = item["clock"]
    named = own.get("profile")
    fits = [one for one in city.clock_profiles.values() if {item["kind"], "*"} & {*one.kinds}]
    profile = city.clock_profiles.get(named) if named else next(iter(fits), None)
    if profile is None:
        raise CityFileWrong(
            f"clock_profiles.yaml: no profile {named or 'for items of kind ' + item['kind']!r}"
        )
    return profile.put_into(own)


def _usual_flow(item: dict[str, Any], *, licence: bool) -> str:
    """The flow of ``guide.yaml`` that fits: one that ends in “My licences” only where a licence is given."""
    if item["clock"]["promise_days"] == 0:
        return "instant"
    if item["kind"] == "01":
        return "licence" if licence else "decision"
    return "issued" if licence else "plain"


def _with_law(row: dict[str, Any], city: CityFiles) -> dict[str, Any]:
    """A legal basis whose law is named by its short name, with the law's title, number and day."""
    if not isinstance(row.get("law"), str):
        return row
    if row["law"] not in city.laws:
        raise CityFileWrong(f"laws.yaml: there is no law {row['law']!r}")
    return {**city.laws[row["law"]], **{name: value for name, value in row.items() if name != "law"}}


def _form(item: dict[str, Any], city: CityFiles) -> dict[str, Any]:
    """The item's form, by hand or from its elements, and what may be read for it (PIPL art. 6)."""
    made: dict[str, Any] = {}
    materials = [msgspec.convert(material, Material) for material in item.get("materials", [])]
    if "form" in item:
        made["form"] = _by_hand(item["form"], materials, city)
    elif "asks" in item:
        words = msgspec.convert(item.get("declaration", city.guide["declaration"]), Text)
        situations = [msgspec.convert(one, Situation) for one in item.get("situations", [])]
        made["form"] = form_of(_asks(item, city), situations, materials, city.elements, declaration=words)
        made["form_made"] = "elements"
    if "form" in made and item.get("paged"):
        made["form"]["x-ui"]["paged"] = True
    if "form" in made and "purpose_fields" not in item:
        made["purpose_fields"] = _read_for(made["form"], item.get("rules"))
    if item.get("by_district"):
        made.setdefault("district_field", city.guide["districts"][item["by_district"]])
    if "form" in made and "purpose_basis" not in item:
        made["purpose_basis"] = _lawful(item["basis"][0], city)
    return made


def _by_hand(form: dict[str, Any], materials: list[Material], city: CityFiles) -> dict[str, Any]:
    """A form made by hand, written out; its questions stand in the order of the file unless it says another."""
    properties = expanded(form["properties"], city.elements, materials)
    for rule in properties.values():
        _fill_areas(rule, rule["x-ui"], city)
    return {**form, "properties": properties, "x-ui": {"order": list(properties), **form.get("x-ui", {})}}


def _asks(item: dict[str, Any], city: CityFiles) -> list[Any]:
    """The elements that the item asks, those of its audience around them, each once."""
    audience = city.guide["asks"][item.get("audience", "person" if "1" in item["targets"] else "firm")]
    asks = [*audience["first"], *item["asks"]]
    if item.get("by_district"):
        asks.append(city.guide["districts"][item["by_district"]])
    asks += audience["last"]
    if item.get("express"):
        asks += city.guide["asks"]["express"]
    by_name = {ask if isinstance(ask, str) else ask["field"]: ask for ask in asks}
    # What the item says of an element goes before the bare name of it.
    by_name |= {ask["field"]: ask for ask in asks if not isinstance(ask, str)}
    return list(by_name.values())


def _read_for(form: dict[str, Any], rules: dict[str, Any] | None) -> dict[str, list[str]]:
    """The fields that form and rules need of each register, and no others."""
    try:
        fields = compile_form(form).fields
    except BadForm:
        return {}  # the lint says what is wrong with the form
    needed = [
        (field.ui.prefill.resource, field.ui.prefill.field)
        for field in fields
        if field.ui.prefill is not None and field.ui.prefill.resource not in _NO_REGISTER
    ]
    if rules is not None:
        needed += [tuple(fact.split(".", 1)) for fact in sorted(msgspec.convert(rules, RuleSet).facts)]  # type: ignore[misc]
    read: dict[str, list[str]] = {}
    for resource, field in dict.fromkeys(needed):
        read.setdefault(resource, []).append(field)
    return read


def _lawful(first: dict[str, Any], city: CityFiles) -> dict[str, str]:
    """On what reading stands: an organ's statutory duty (PIPL art. 13(1)(3)), and the item's first law."""
    stands = city.guide["lawful"]
    return {
        "zh": f"{stands['zh']}；{first['law']['zh']}{first['article']['zh']}",
        "en": f"{stands['en']}; {first['law']['en']}, {first['article']['en'].lower()}",
    }


def _fill_areas(rule: dict[str, Any], ui: dict[str, Any], city: CityFiles) -> None:
    """The districts, or the governments of the city and of its districts, as what can be chosen."""
    if rule.get("enum") == _DISTRICTS:
        named = {row["code"]: {"zh": row["name_zh"], "en": row["name_en"]} for row in city.districts}
    elif rule.get("enum") == _GOVERNMENTS:
        named = city.governments
    else:
        return
    rule["enum"] = list(named)
    ui["options"] = [{"value": code, "label": label} for code, label in named.items()]
