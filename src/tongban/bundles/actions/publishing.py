"""The city's bundles from its files: each is checked against the items in force, then published as a version."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import msgspec

from tongban import catalogue
from tongban.bundles import store
from tongban.bundles.actions.reading import forget_copies
from tongban.bundles.model import Bundle, BundleRefused, lint, written_out
from tongban.kit import clock
from tongban.kit.db import Database, write


async def load(db: Database, city_dir: Path, *, now: datetime) -> None:
    """Publish the bundles of ``city/bundles``, in the order of their files' numbers; what has not changed stays.

    The items are published before, or a bundle that joins them is refused: raises BundleRefused with every finding.
    """
    await publish(db, bundles_of(city_dir), now=now)


async def publish(db: Database, bundles: list[Bundle], *, now: datetime) -> None:
    """Publish bundles, each a write of its own; the same content again changes nothing. Raises BundleRefused.

    One that stands in force as it is may name an item that was cancelled since: that stops no city from starting.
    """
    in_force = await store.numbers_in_force(db)
    off = catalogue.cancelled_by(await catalogue.cancellations(db), clock.city_day(now))
    for bundle in bundles:
        standing = in_force.get(bundle.code, (0, "", -1))[1] == bundle.hash
        if findings := lint(bundle, await versions_in_force(db, bundle), off=() if standing else off):
            raise BundleRefused(bundle.code, findings)
    for place, bundle in enumerate(bundles):
        number, known, where = in_force.get(bundle.code, (0, "", -1))
        if (known, where) == (bundle.hash, place):
            continue
        next_ = number if known == bundle.hash else number + 1
        published = msgspec.structs.replace(bundle, number=next_)
        await write(db, *store.publishing(published, place=place, now=now))
    forget_copies()


def bundles_of(city_dir: Path) -> list[Bundle]:
    """The city's bundles as their files have them; raises CityFileWrong with the file and the place."""
    found = []
    for path in sorted((city_dir / "bundles").glob("*.yaml")):
        try:
            body = written_out(msgspec.yaml.decode(path.read_bytes(), type=dict))
            found.append(msgspec.convert(body, Bundle))
        except (msgspec.MsgspecError, KeyError) as wrong:
            raise catalogue.CityFileWrong(f"bundles/{path.name}: {wrong}") from wrong
    return found


async def versions_in_force(db: Database, bundle: Bundle) -> dict[str, catalogue.ItemVersion]:
    """The versions in force of the bundle's items; an item without one is left out."""
    found = {}
    for row in bundle.rows:
        try:
            found[row.item] = await catalogue.current(db, row.item)
        except catalogue.NoSuchItem:
            continue
    return found
