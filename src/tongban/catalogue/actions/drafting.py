"""Writing an item's next version: kept as a draft, held against the rules, published by the organ that maintains it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from tongban import audit, regions
from tongban.catalogue.actions import reading
from tongban.catalogue.actions.placing import structural
from tongban.catalogue.actions.publishing import HOUSE, publish
from tongban.catalogue.actions.standards import standards
from tongban.catalogue.model import POLICY, Finding, ItemVersion, Known, Source, Task, lint
from tongban.catalogue.model.adjusting import Adjustment, in_force_on
from tongban.catalogue.model.drafting import (
    Draft,
    changed_for_good,
    typed,
    with_materials,
    with_standards,
    written,
)
from tongban.catalogue.model.drafting_sources import with_sources
from tongban.catalogue.model.refusals import DraftMoved, DraftUnreadable, NotYourItem
from tongban.catalogue.model.unreadable import misfit
from tongban.catalogue.store import drafts as store
from tongban.catalogue.store import sources as sources_store
from tongban.catalogue.store import tasks
from tongban.kit import clock
from tongban.kit.db import Database, write
from tongban.kit.errors import Words
from tongban.kit.i18n import Text
from tongban.kit.policy import Actor, Duty, Relation
from tongban.settings import settings

PAGE = 50


class Sheet(msgspec.Struct, frozen=True):
    """What the page of a draft shows: the version in force, the draft beside it, and what stands in its way.

    ``mine``: the actor may change it. ``findings`` are of the draft as it was saved. ``adjusted`` is a decision about
    its approval.
    """

    before: ItemVersion
    draft: Draft
    sources: list[Source]
    tasks: list[Task]
    adjusted: Adjustment | None
    findings: list[Finding]
    organ: Text
    mine: bool


async def _organ(db: Database, uscc: str) -> regions.Department | None:
    return next((one for one in await regions.departments(db) if one.uscc == uscc), None)


async def maintained(db: Database, actor: Actor, *, words: str = "", after: str = "") -> list[dict[str, Any]]:
    """The items that the actor's organ maintains, with these words in name or code; :data:`PAGE` and one more, by
    code."""
    POLICY.require(actor, "catalogue.tasks", Relation.ANY)
    own = await regions.department(db, actor.department or "")
    return await store.maintained(db, organ=own.uscc, words=words, after=after, most=PAGE + 1)


async def sheet(db: Database, actor: Actor, *, item: str, area_code: str) -> Sheet:
    """An item with its draft, for any officer; raises NoSuchItem."""
    POLICY.require(actor, "catalogue.tasks", Relation.ANY)
    before = await reading.current(db, item)
    draft = await store.draft_of(db, item=item) or _begun(before)
    known = await sources_store.every_source(db)
    decided = await reading.adjustments(db)
    organ = await _organ(db, before.task_code[:18])
    own = organ is not None and organ.code == actor.department
    return Sheet(
        before,
        draft,
        known,
        await tasks.open_tasks(db, item=item),
        decided.get(item),
        _findings(draft, before, _held_against(known, decided), area_code=area_code),
        organ.name if organ else Text(before.task_code[:18], before.task_code[:18]),
        own and Duty.CATALOGUE in actor.duties,
    )


def plain(version: ItemVersion) -> dict[str, Any]:
    """A version as a draft's body has it once it was kept: lists, no tuples, so that the two are compared."""
    body: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(version))
    return body


def _begun(before: ItemVersion) -> Draft:
    return Draft(item=before.code, base=before.number, revision=0, body=plain(before))


def _held_against(sources: list[Source], decided: Mapping[str, Adjustment]) -> Known:
    today = clock.city_day(clock.now())
    return Known(sources, standards(settings().city_dir), in_force_on(decided, today))


def _findings(draft: Draft, before: ItemVersion, known: Known, *, area_code: str) -> list[Finding]:
    """The broken rules of a saved draft; those of one that nobody has changed are the tasks."""
    if draft.revision == 0:
        return []
    return lint(with_sources(_version(draft.body, before), before, known), known, area_code=area_code)


def _version(body: Mapping[str, Any], before: ItemVersion, text: str = "{}") -> ItemVersion:
    """The draft as an item, its form with the places of its materials; ``text`` is how it was written, where it was.

    Raises DraftUnreadable.
    """
    plain = {**body, "number": 0, "published_on": None}
    try:
        draft = msgspec.convert(plain, ItemVersion)
    except msgspec.ValidationError as wrong:
        found = structural(dict(plain), ItemVersion, text, ())
        told = [misfit(fault.message, fault.field, fault.line) for fault in found]
        faults: dict[str, Words] = {
            fault.field or "text": one.told for fault, one in zip(found, told, strict=True)
        }
        raise DraftUnreadable(faults, [one.parser for one in told]) from wrong
    return msgspec.structs.replace(draft, form=with_materials(draft.form, before, draft.materials))


async def _own(db: Database, actor: Actor, item: str) -> ItemVersion:
    """The version in force of an item of the actor's own organ; raises NotAllowed, NotYourItem, NoSuchItem."""
    POLICY.require(actor, "catalogue.draft", Relation.DEPARTMENT)
    before = await reading.current(db, item)
    organ = await _organ(db, before.task_code[:18])
    if organ is None or organ.code != actor.department:
        raise NotYourItem(organ.name if organ else Text(before.task_code[:18], before.task_code[:18]))
    return before


async def keep(
    db: Database,
    actor: Actor,
    *,
    item: str,
    revision: int,
    posted: Mapping[str, str],
    standard: Mapping[str, Sequence[str]],
    now: datetime,
) -> None:
    """Save what the form says over the draft as it was read at ``revision``.

    ``standard`` is what each standard material proves: one that is named proves it where nothing else is said. A
    repetition finds the next revision and is told so as any later writer is: DraftMoved; nothing is lost, since what
    was typed stands in the page. Raises DraftUnreadable, NotYourItem.
    """
    before = await _own(db, actor, item)
    standing = await store.draft_of(db, item=item) or _begun(before)
    if standing.revision != revision:
        raise DraftMoved
    body, faults, parser = written(posted["text"]) if "text" in posted else typed(standing.body, posted)
    if faults:
        raise DraftUnreadable(faults, parser)
    _version(body, before, posted.get("text", "{}"))
    if faults := with_standards(body, standard):
        raise DraftUnreadable(faults)
    stamp = {"number": standing.base, "published_on": standing.body.get("published_on")}
    if faults := changed_for_good(body, plain(before) | stamp):
        raise DraftUnreadable(faults)
    draft = msgspec.structs.replace(standing, body=body)
    done = await write(
        db,
        store.keeping(draft, by=actor.caller, now=now),
        audit.record(actor, "catalogue.draft", subject=HOUSE, reference=f"{item}@{draft.base}", now=now),
    )
    if done is None:
        raise DraftMoved


async def publish_draft(
    db: Database, actor: Actor, *, item: str, revision: int, area_code: str, now: datetime
) -> ItemVersion:
    """Publish the draft as it was read; its tasks end with it.

    Raises PublishingRefused with every broken rule, DraftMoved, PublishedMeanwhile, NotYourItem. Published again, what
    is in force stays as it is.
    """
    before = await _own(db, actor, item)
    draft = await store.draft_of(db, item=item)
    if draft is None or draft.revision != revision or draft.base != before.number:
        raise DraftMoved
    sources = Known(await sources_store.every_source(db), standards(settings().city_dir))
    return await publish(
        db,
        actor,
        draft=with_sources(_version(draft.body, before), before, sources),
        area_code=area_code,
        relation=Relation.DEPARTMENT,
        now=now,
    )


async def drop(db: Database, actor: Actor, *, item: str, revision: int, now: datetime) -> None:
    """Throw the draft away; the same again changes nothing. Raises NotYourItem, NotAllowed, and DraftMoved where
    somebody has saved it since."""
    await _own(db, actor, item)
    done = await write(
        db,
        store.dropping(item, revision=revision),
        audit.record(actor, "catalogue.drop_draft", subject=HOUSE, reference=item, now=now),
    )
    if done is None and await store.draft_of(db, item=item) is not None:
        raise DraftMoved
