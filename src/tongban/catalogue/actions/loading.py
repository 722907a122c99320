"""Loading the city's catalogue from its files: sources that no other room registers, then the items."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import yaml

from tongban.catalogue.actions.publishing import publish_all, register_source
from tongban.catalogue.model import ItemVersion, Source
from tongban.kit.db import Database, write
from tongban.kit.policy import SYSTEM

#: Lists of the city that a form may name instead of repeating them.
_DISTRICTS = "$districts"


class CityFileWrong(ValueError):  # noqa: N818 - named for what it is
    """A file of the city cannot be used; the message names it and the place."""


async def load(db: Database, city_dir: Path, *, now: datetime) -> None:
    """Register the city's sources and publish its items; what has not changed stays as it is.

    Resources are the exchange's to register; call its loader first, or an item that reads them is refused.
    """
    for source in listed_sources(city_dir):
        await write(db, register_source(source))
    drafts = [draft_of(path, city_dir) for path in sorted((city_dir / "items").glob("*.yaml"))]
    await publish_all(db, SYSTEM, drafts=drafts, area_code=area_code(city_dir), now=now)


def listed_sources(city_dir: Path) -> list[Source]:
    """The licence types and commitments of ``sources.yaml``."""
    path = city_dir / "sources.yaml"
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))["sources"]
    return [_converted(row, Source, path) for row in rows if row["kind"] != "resource"]


def area_code(city_dir: Path) -> str:
    """The city's telephone area code, empty when it states none."""
    rows = yaml.safe_load((city_dir / "sources.yaml").read_text(encoding="utf-8"))
    return str(rows.get("area_code", ""))


def draft_of(path: Path, city_dir: Path) -> ItemVersion:
    """The draft in one of the city's item files; raises CityFileWrong."""
    body = yaml.safe_load(path.read_text(encoding="utf-8"))
    for rule in body.get("form", {}).get("properties", {}).values():
        _fill_districts(rule, city_dir)
    draft: ItemVersion = _converted(body, ItemVersion, path)
    if draft.code != path.stem:
        raise CityFileWrong(f"{path.name}: the code is {draft.code}, the file is named otherwise")
    return draft


def _fill_districts(rule: dict[str, Any], city_dir: Path) -> None:
    if rule.get("enum") != _DISTRICTS:
        return
    with (city_dir / "districts.csv").open(encoding="utf-8", newline="") as lines:
        districts = list(csv.DictReader(lines))
    rule["enum"] = [row["code"] for row in districts]
    rule["x-ui"]["options"] = [
        {"value": row["code"], "label": {"zh": row["name_zh"], "en": row["name_en"]}} for row in districts
    ]


def _converted(body: Any, kind: type[Any], path: Path) -> Any:
    try:
        return msgspec.convert(body, kind)
    except msgspec.ValidationError as wrong:
        raise CityFileWrong(f"{path.name}: {wrong}") from wrong
