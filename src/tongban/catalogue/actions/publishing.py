"""Publishing: a draft that keeps the rules becomes an immutable version, found by the search."""

from __future__ import annotations

import asyncio
import hashlib
import inspect
from datetime import datetime
from uuid import UUID

import msgspec
from asyncpg import UniqueViolationError

from tongban import audit
from tongban.catalogue.actions.indexing import index
from tongban.catalogue.actions.reading import adjustments, forget_copies, version
from tongban.catalogue.actions.standards import standards
from tongban.catalogue.model import (
    POLICY,
    Card,
    ItemVersion,
    Known,
    PublishedMeanwhile,
    PublishingRefused,
    Source,
    counting,
    lint,
)
from tongban.catalogue.model.adjusting import in_force_on
from tongban.catalogue.store import drafts as drafts_store
from tongban.catalogue.store import items, searching, tasks
from tongban.catalogue.store import sources as sources_store
from tongban.kit import clock
from tongban.kit.db import Database, Part, write
from tongban.kit.outbox import announcing
from tongban.kit.policy import Actor, Relation
from tongban.settings import settings

#: Whose affair the catalogue is in the ledger: nobody's, so it lies in the bucket of the house itself.
HOUSE = UUID(int=0)

#: Names the counting rules as they are: when one changes, the next loading of the city works out all counts anew.
_EDITION = hashlib.sha256(inspect.getsource(counting).encode()).hexdigest()[:16]

_encoder = msgspec.json.Encoder(order="deterministic")


def register_source(source: Source) -> Part:
    """The write that puts a source into the register; first part of the room's own write, which may add to it."""
    return sources_store.registering(source)


async def publish(
    db: Database,
    actor: Actor,
    *,
    draft: ItemVersion,
    area_code: str = "",
    relation: Relation = Relation.ANY,
    now: datetime,
) -> ItemVersion:
    """Publish a draft as the item's next version; the same content again changes nothing.

    ``relation`` is what the item is to the actor: an officer publishes what her own organ maintains.
    Raises PublishingRefused with every broken rule, PublishedMeanwhile when somebody was faster.
    """
    POLICY.require(actor, "catalogue.publish", relation)
    published = await publish_all(db, actor, drafts=[draft], area_code=area_code, now=now)
    return published[0]


async def publish_all(
    db: Database, actor: Actor, *, drafts: list[ItemVersion], area_code: str = "", now: datetime
) -> list[ItemVersion]:
    """Publish several drafts as :func:`put_in_force` does, and give what is in force then."""
    await put_in_force(db, actor, drafts=drafts, area_code=area_code, now=now)
    numbers = await items.numbers_in_force(db)
    return [await version(db, draft.code, numbers[draft.code][0]) for draft in drafts]


async def put_in_force(
    db: Database, actor: Actor, *, drafts: list[ItemVersion], area_code: str = "", now: datetime
) -> None:
    """Publish several drafts; the dictionaries are loaded once for all of them.

    Those of items that were never published are copied in together, all or none; each other is a write of its own.
    What is in force as it stands is left alone, whatever the rules say by now: what must go out of it is a task.
    Raises PublishingRefused with every broken rule, PublishedMeanwhile when somebody was faster.
    """
    decided = in_force_on(await adjustments(db), clock.city_day(now))
    known = Known(await sources_store.every_source(db), standards(settings().city_dir), decided)
    in_force = await items.numbers_in_force(db)
    changed = [draft for draft in drafts if in_force.get(draft.code, (0, b""))[1] != content_hash(draft)]
    entries = await _checked_and_indexed(changed, known, area_code)
    new = [one for one in zip(changed, entries, strict=True) if one[0].code not in in_force]
    if len(new) > 1:
        await _put_new(db, actor, new, now=now)
    for draft, entry in zip(changed, entries, strict=True):
        if draft.code in in_force or len(new) == 1:
            number = in_force.get(draft.code, (0, b""))[0] + 1
            await _put(db, actor, draft, entry, number=number, now=now)
    # Also where nothing was changed: whoever was cut off between the two is made up for by the next load.
    await count_asked(db, now=now)
    forget_copies()


async def _checked_and_indexed(
    drafts: list[ItemVersion], known: Known, area_code: str
) -> list[searching.Entry]:
    """What a search finds of each draft. Raises PublishingRefused.

    The terms are a child process's work, so the rules are checked on the other core meanwhile.
    """
    indexing = asyncio.create_task(index(drafts))
    try:
        await asyncio.to_thread(_check, drafts, known, area_code)
    except BaseException:  # whatever ends it, the child does not go on by itself
        indexing.cancel()
        await asyncio.wait([indexing])
        raise
    return await indexing


def _check(drafts: list[ItemVersion], known: Known, area_code: str) -> None:
    """Raise PublishingRefused with every broken rule of the first draft that breaks one."""
    for draft in drafts:
        findings = lint(draft, known, area_code=area_code)
        if findings:
            raise PublishingRefused(findings)


async def count_asked(db: Database, *, now: datetime) -> None:
    """Count what the catalogue asks for on this day; the same count twice is one."""
    await write(db, tasks.counting(day=clock.city_day(now)))


async def _put_new(
    db: Database, actor: Actor, new: list[tuple[ItemVersion, searching.Entry]], *, now: datetime
) -> None:
    """Copy the first versions of items in: their rows, what a search finds, and the ledger, in one transaction."""
    day = clock.city_day(now)
    first = [msgspec.structs.replace(draft, number=1, published_on=day) for draft, _ in new]
    hashes = [content_hash(draft) for draft, _ in new]
    acts = [
        audit.Act(
            *(actor, "catalogue.publish", HOUSE, f"{draft.code}@1", None, "act", now),
            {"content": content.hex()},
        )
        for (draft, _), content in zip(new, hashes, strict=True)
    ]
    found = [(entry, listed(draft)) for draft, entry in new if not draft.after]
    ledger, _ = audit.many(acts, ())
    rows = items.first_versions(first, hashes, by=actor.caller, now=now)
    try:
        await db.load(*rows, searching.entries(found), ledger)
    except UniqueViolationError as lost:
        raise PublishedMeanwhile from lost


async def _put(
    db: Database, actor: Actor, draft: ItemVersion, entry: searching.Entry, *, number: int, now: datetime
) -> None:
    published = msgspec.structs.replace(draft, number=number, published_on=clock.city_day(now))
    decided = (await adjustments(db)).get(draft.code)
    done = await write(
        db,
        items.adding_version(published, body_hash=content_hash(draft), by=actor.caller, now=now),
        items.putting_in_force(now=now),
        *((searching.putting_entry(entry, listed(draft)),) if not draft.after else ()),
        tasks.closing(draft.code, adjusted=decided is None or decided.carried(draft), now=now),
        # What this very write puts in force it does not see: the worker counts it, whatever becomes of this process.
        announcing("catalogue.published", subject=HOUSE, reference=f"{draft.code}@{number}", now=now),
        drafts_store.published(draft.code),
        audit.record(
            actor,
            "catalogue.publish",
            subject=HOUSE,
            reference=f"{draft.code}@{number}",
            detail={"content": content_hash(draft).hex()},
            now=now,
        ),
    )
    if done is None:
        raise PublishedMeanwhile


def listed(item: ItemVersion) -> searching.Line:
    """An item as a line of the list."""
    return searching.Line(card(item), item.is_online, counting.facts(item, edition=_EDITION))


async def work_out_facts(db: Database) -> int:
    """Work out what the list counts by, where that was done by other rules than today's, and say for how many items.

    One statement where there are none, as always but after an upgrade; two otherwise.
    """
    found = {item.code: listed(item).facts for item in await searching.uncounted(db, _EDITION)}
    if found:
        await write(db, searching.putting_facts(found))
        forget_copies()
    return len(found)


def card(item: ItemVersion) -> Card:
    """What a list shows of an item."""
    return Card(
        name=item.name,
        summary=item.summary,
        department=item.department_name,
        department_kind=item.department_kind,
        promise_days=item.clock.promise_days,
        visits=item.visits,
        zero_material=item.zero_material,
        is_free=item.is_free,
        whole_online=item.whole_online,
        all_city=item.all_city,
        express=item.express,
        targets=item.targets,
        themes=item.topics,
        icon=item.icon,
    )


def content_hash(item: ItemVersion) -> bytes:
    """SHA-256 of what is published, whatever its number and day."""
    return hashlib.sha256(
        _encoder.encode(msgspec.structs.replace(item, number=0, published_on=None))
    ).digest()
