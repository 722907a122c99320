"""Licence types: a reference table, kept in memory by each process."""

from __future__ import annotations

from pathlib import Path

import msgspec

from tongban import catalogue
from tongban.kit.db import Database, write
from tongban.kit.i18n import Text
from tongban.licences import store
from tongban.licences.model import (
    Decision,
    Ground,
    LicenceType,
    LicenceTypesWrong,
    check_types,
    grounds_of,
)
from tongban.settings import settings

FILE = "licence_types.yaml"
#: The data elements that a licence in the library tells.
TOLD = ("holder_name", "holder_code", "number", "issuer", "valid_from", "valid_until", "state")
_known: dict[str, LicenceType] = {}


class _File(msgspec.Struct, forbid_unknown_fields=True):
    licence_types: list[LicenceType]


def listed(city_dir: Path) -> list[LicenceType]:
    """The licence types of ``licence_types.yaml``, checked; raises LicenceTypesWrong with a sentence."""
    try:
        found = msgspec.yaml.decode((city_dir / FILE).read_bytes(), type=_File).licence_types
        check_types(found)
    except (msgspec.ValidationError, LicenceTypesWrong) as wrong:
        raise LicenceTypesWrong(f"{FILE}: {wrong}") from wrong
    return found


def listed_sources(city_dir: Path) -> list[catalogue.Source]:
    """The licence types of the city's file as the catalogue knows them."""
    return [as_source(kind) for kind in listed(city_dir)]


def as_source(kind: LicenceType) -> catalogue.Source:
    """A licence type as the catalogue's register of sources knows it."""
    return catalogue.Source(
        kind="licence_type",
        code=kind.code,
        name=kind.name,
        provider=Text("电子证照库", "E-licence library"),
        elements=(*TOLD, *kind.tells),
        tells=kind.tells,
        replaces=(kind.short,),
        mark=kind.mark,
    )


async def licence_type(db: Database, code: str) -> LicenceType:
    """A licence type by its 21-character code; KeyError when the city has none (a bug of the catalogue)."""
    if code not in _known:
        await _read(db)
    return _known[code]


async def licence_types(db: Database) -> list[LicenceType]:
    """Every licence type of the city, by code."""
    if not _known:
        await _read(db)
    return sorted(_known.values(), key=lambda kind: kind.code)


async def warm(db: Database) -> None:
    """Read the licence types into memory: what a process does first, so that no decision waits for it."""
    await _read(db)


async def _read(db: Database) -> None:
    """From the table; what a type's own law says of it from the city's file, which needs no row of it."""
    own = {kind.code: kind for kind in listed(settings().city_dir)}
    for kind in await store.licence_types(db):
        said = own.get(kind.code, kind)
        _known[kind.code] = msgspec.structs.replace(
            kind, suspended_on=said.suspended_on, one_per=said.one_per
        )


async def legal_of(db: Database, decided: Decision) -> Ground | None:
    """The ground that the law names for a decision, with its article, from the process's memory.

    None where none was chosen, or where the city's file names it no more: the licence's own row keeps its words.
    """
    if decided.ground is None:
        return None
    own = [ground for kind in await licence_types(db) for ground in kind.suspended_on]
    return grounds_of(decided.act, own).get(decided.ground)


async def type_name(db: Database, code: str) -> Text | None:
    """The name of a licence type for pages that only have its code; None when it is no licence type."""
    if not _known:
        await _read(db)
    return _known[code].name if code in _known else None


async def load(db: Database, city_dir: Path) -> int:
    """Enter the installing city's licence types (``licence_types.yaml``), idempotent; gives how many.

    Each becomes a source of the catalogue: what the library holds need not be brought.
    """
    types = listed(city_dir)
    await store.load_licence_types(db, types)
    for kind in types:
        await write(db, catalogue.register_source(as_source(kind)))
    _known.clear()
    return len(types)
