"""The resources in this process's memory, and their loading from the city's files."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import msgspec
import yaml

from tongban import catalogue
from tongban.exchange.model import Resource, ResourceUnknown
from tongban.exchange.store import resources as store
from tongban.kit.db import Database, write

#: Seconds after which the resources are read again: a source that is put up or down reaches every process.
FRESH_SECONDS = 30.0

_copies: WeakKeyDictionary[Any, tuple[float, dict[str, Resource]]] = WeakKeyDictionary()


async def resource_telling(db: Database, code: str, fields: list[str]) -> Resource:
    """A resource that tells these fields; raises ResourceUnknown. The rare read is none of a page's statements."""
    key = db.origin
    moment = time.monotonic()
    kept = _copies.get(key)
    if kept is None or moment - kept[0] >= FRESH_SECONDS:
        sibling = db.sibling()
        known = {
            source.code: source for source in await catalogue.sources(sibling) if source.kind == "resource"
        }
        rows = await store.every_resource(sibling)
        kept = _copies[key] = (
            moment,
            {name: store.resource_from(row, source=known[name]) for name, row in rows},
        )
    resource = kept[1].get(code)
    if resource is None or not set(fields) <= resource.fields.keys():
        raise ResourceUnknown(
            f"{code}: {sorted(set(fields) - (resource.fields.keys() if resource else set()))}"
        )
    return resource


async def load(db: Database, city_dir: Path) -> None:
    """Register the city's resources, in the catalogue's register of sources and here; idempotent."""
    path = city_dir / "sources.yaml"
    for row in yaml.safe_load(path.read_text(encoding="utf-8"))["sources"]:
        if row["kind"] == "resource":
            source, resource = described(row)
            await write(db, catalogue.register_source(source), store.putting(resource))
    _copies.clear()


def listed_sources(city_dir: Path) -> list[catalogue.Source]:
    """The resources of the city's file as the catalogue knows them."""
    rows = yaml.safe_load((city_dir / "sources.yaml").read_text(encoding="utf-8"))["sources"]
    return [described(row)[0] for row in rows if row["kind"] == "resource"]


def described(row: dict[str, Any]) -> tuple[catalogue.Source, Resource]:
    """A row of ``sources.yaml`` as the catalogue's source and as the exchange's resource."""
    own = ("wire_code", "path", "timeout_ms", "fields")
    told = {name: value for name, value in row.items() if name not in own}
    source = msgspec.convert({**told, "elements": list(row["fields"])}, catalogue.Source)
    fields = {
        name: mapping if isinstance(mapping, dict) else {"from": mapping}
        for name, mapping in row["fields"].items()
    }
    resource = msgspec.convert(
        {
            **{name: row[name] for name in own},
            "fields": fields,
            "code": source.code,
            "register": row["path"].strip("/").partition("/")[0],
            "state": source.state,
            "provider": msgspec.to_builtins(source.provider),
        },
        Resource,
    )
    return source, resource
