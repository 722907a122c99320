"""The items that stand in a list: ``catalogue/items.csv``, one row an item, written out after its archetype 事项样式.

Each becomes the same kind of draft as an item with a file of its own, by the same composition; all of it is synthetic.
A form is made once for all rows that ask the same.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import msgspec

from tongban.catalogue.actions.composing import CityFiles, CityFileWrong, composed
from tongban.catalogue.model import ItemVersion

#: What a composed form brings along, which later rows that ask the same take over.
_WITH_THE_FORM = ("form", "form_made", "purpose_fields", "purpose_basis")
Raw = dict[str, Any]


class Listings:
    """The listed items of a city: rows, archetypes, and the offices of the districts."""

    def __init__(self, city: CityFiles) -> None:
        self.city = city
        self.forms: dict[tuple[str, ...], Raw] = {}

    @cached_property
    def archetypes(self) -> Raw:
        """``archetypes.yaml``."""
        return self.city.yaml("archetypes.yaml")

    @cached_property
    def rows(self) -> list[dict[str, str]]:
        """``catalogue/items.csv``; none where a city has no such list."""
        path = self.city.folder / "catalogue" / "items.csv"
        if not path.exists():
            return []
        with path.open(encoding="utf-8", newline="") as lines:
            return list(csv.DictReader(lines))

    @cached_property
    def offices(self) -> dict[tuple[str, str], Raw]:
        """The offices of the districts by their kind and district."""
        rows = self.city.yaml("departments.yaml")["departments"]
        return {(row["kind"], str(row["district"])): row for row in rows if row["district"] is not None}

    @cached_property
    def districts(self) -> dict[str, dict[str, str]]:
        """The districts by their codes."""
        return {row["code"]: row for row in self.city.districts}

    def drafts(self) -> Iterator[ItemVersion]:
        """Every listed item as a draft; raises CityFileWrong with the row's code."""
        for row in self.rows:
            try:
                yield msgspec.convert(self._composed(row), ItemVersion)
            except (KeyError, msgspec.ValidationError, CityFileWrong) as wrong:
                raise CityFileWrong(f"catalogue/items.csv: {row.get('code')}: {wrong}") from wrong

    def _composed(self, row: dict[str, str]) -> Raw:
        raw = self._raw(row)
        if row["online"] == "guide":
            for name in ("asks", "by_district"):
                raw.pop(name, None)
            return composed(raw | {"online": "guide", "ways": ["1"], "depth": "1"}, self.city)
        key = (row["archetype"], row["targets"], row["papers"], row["district"], row["express"])
        if key in self.forms:
            raw |= self.forms[key]
            raw.pop("asks", None)
            return composed(raw, self.city)
        whole = composed(raw, self.city)
        self.forms[key] = {name: whole[name] for name in _WITH_THE_FORM}
        return whole

    def _raw(self, row: dict[str, str]) -> Raw:
        """The row as an item's file would say it."""
        kind = self.archetypes["archetypes"][row["archetype"]]
        targets, visits = row["targets"].split(), int(row["visits"])
        audience = "person" if "1" in targets else "firm"
        days = int(row["promise_days"])
        raw: Raw = {
            "code": row["code"],
            "name": {"zh": row["name_zh"], "en": row["name_en"]},
            "summary": _filled(kind["summary"], row),
            "icon": kind["icon"],
            "department": row["department"],
            "kind": kind["kind"],
            "serial": int(row["serial"]),
            "targets": targets,
            "topics": row["topics"].split(),
            "clock": {
                "accept_days": 5 if days else 0,
                "promise_days": days,
                "statutory_days": int(row["statutory_days"]),
            },
            "visits": visits,
            "scope": row["scope"],
            "express": row["express"] == "yes",
            "gives": "again",
            "effective_on": row["effective_on"],
            "conditions": [{"text": self.archetypes["condition"], "mark": "synthetic"}],
            "materials": [dict(self.archetypes["alike"][audience]), *self._papers(kind, int(row["papers"]))],
            "basis": [{"law": kind["law"], "article": _ARTICLE, "gist": _GIST, "mark": "synthetic"}],
            "results": [
                {
                    **kind["result"],
                    "name": _filled(kind["result"]["name"], row),
                    "delivery": _DELIVERY,
                    "mark": "synthetic",
                }
            ],
            "asks": kind["asks"][audience],
            "marks": {"*": "synthetic"},
        }
        if visits:
            raw["visits_reason"] = self.archetypes["visits"][str(visits)]
        if row["fee_fen"] != "0":
            raw["fees"] = [
                {
                    "name": raw["name"],
                    "fen": int(row["fee_fen"]),
                    "basis": self.archetypes["fee"],
                    "mark": "synthetic",
                }
            ]
            raw["fee_note"] = self.archetypes["fee"]
        return raw | (self._of_district(raw, row) if row["district"] else {})

    def _papers(self, kind: Raw, count: int) -> list[Raw]:
        return [{"code": code, "is": code} for code in kind["papers"][:count]]

    def _of_district(self, raw: Raw, row: dict[str, str]) -> Raw:
        """What a district's own row says of its office; its form asks for no other district."""
        organ = self.city.departments[row["department"]]
        office = self.offices[(organ.get("branches", organ["kind"]), row["district"])]
        catalog = f"00{raw['kind']}{organ['number']}{raw['serial']:03d}000"
        task = f"{office['uscc']}4{catalog}"
        place = {"field": "place_district", "only": [row["district"]], "section": "place"}
        return {
            "by_district": "place",
            "asks": [*raw["asks"], place],
            "level": "4",
            "department_name": office["name"],
            "task_code": task,
            "handle_code": f"{task}01",
        }


def _filled(words: dict[str, str], row: dict[str, str]) -> dict[str, str]:
    """Words of an archetype with the row's matter in them, in English with a capital at the head."""
    english = words["en"].format(matter=row["matter_en"])
    return {"zh": words["zh"].format(matter=row["matter_zh"]), "en": english[:1].upper() + english[1:]}


_ARTICLE = {"zh": "相关规定", "en": "Provisions on it"}
_GIST = {"zh": "演示城市参照办理。", "en": "The demo city goes by it."}
_DELIVERY = {"zh": "在“我的办件”查看和下载。", "en": "See “My cases”."}
