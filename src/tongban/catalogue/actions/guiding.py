"""Guided questionnaires: published with the city, read by pages, each on a rule table that is kept for good."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from tongban import audit
from tongban.catalogue.actions.composing import CityFileWrong
from tongban.catalogue.actions.publishing import HOUSE
from tongban.catalogue.actions.reading import cancellations, current, forget_copies, questionnaires
from tongban.catalogue.model import (
    POLICY,
    Guidance,
    NoSuchItem,
    NoSuchQuestionnaire,
    PublishingRefused,
    Questionnaire,
    Together,
    lint_guided,
    questionnaire_of,
    together,
)
from tongban.catalogue.model.cancelling import cancelled_by
from tongban.catalogue.store import guided as store
from tongban.catalogue.store import items
from tongban.kit import clock
from tongban.kit.db import Database, Part, write
from tongban.kit.policy import Actor, Relation
from tongban.kit.rules import BadRules, RuleTable


def questionnaires_of(city_dir: Path) -> list[Questionnaire]:
    """The questionnaires in the city's files, as lists show them; raises CityFileWrong."""
    found = []
    for path in sorted((city_dir / "questionnaires").glob("*.yaml")):
        try:
            draft = questionnaire_of(msgspec.yaml.decode(path.read_bytes(), type=dict))
        except (BadRules, msgspec.MsgspecError) as wrong:
            raise CityFileWrong(f"{path.name}: {wrong}") from wrong
        if draft.key != path.stem:
            raise CityFileWrong(f"{path.name}: the key is {draft.key}, the file is named otherwise")
        found.append(draft)
    return sorted(found, key=lambda one: (one.place, one.key))


async def publish_questionnaires(
    db: Database, actor: Actor, *, drafts: Sequence[Questionnaire], now: datetime
) -> None:
    """Publish drafts as the next versions; the same content again changes nothing.

    Raises PublishingRefused with every broken rule, and then publishes none of them.
    """
    POLICY.require(actor, "catalogue.publish_questionnaire", Relation.ANY)
    codes = await items.numbers_in_force(db)
    kept = {one.key: one for one in await store.in_force(db)}
    today = clock.city_day(now)
    off = cancelled_by(await cancellations(db), today)
    findings = [
        finding
        for draft in drafts
        for finding in lint_guided(draft, codes, today=today, off=off if _new(draft, kept) else ())
    ]
    if findings:
        raise PublishingRefused(findings)
    for draft in drafts:
        before = kept.get(draft.key)
        number = before.number if before else 0
        if _new(draft, kept):
            await _put(db, actor, msgspec.structs.replace(draft, number=number + 1), now=now)
    forget_copies()


def _new(draft: Questionnaire, kept: Mapping[str, Questionnaire]) -> bool:
    """Whether a draft says anything else than what is in force; what stands may name an item cancelled since."""
    before = kept.get(draft.key)
    return before is None or msgspec.structs.replace(draft, number=before.number) != before


async def _put(db: Database, actor: Actor, guided: Questionnaire, *, now: datetime) -> None:
    await write(
        db,
        keeping_rules(guided.table, now=now),
        store.adding_version(guided, by=actor.caller, now=now),
        audit.record(
            actor,
            "catalogue.publish_questionnaire",
            subject=HOUSE,
            reference=f"{guided.key}@{guided.number}",
            detail={"table": guided.table.hash},
            now=now,
        ),
    )


def keeping_rules(table: RuleTable, *, now: datetime) -> Part:
    """The write that keeps a rule table for good; first part of the write of whoever decides by it."""
    return store.keeping_table(table, now=now)


async def rules_kept(db: Database, hash_: str) -> RuleTable | None:
    """The rule table of this hash, as it was when somebody followed it: an old decision is answered again by it."""
    return await store.table_of(db, hash_=hash_)


async def questionnaire_named(db: Database, key: str) -> Questionnaire:
    """The questionnaire in force; raises NoSuchQuestionnaire."""
    found = next((one for one in await questionnaires(db) if one.key == key), None)
    if found is None:
        raise NoSuchQuestionnaire
    return found


async def needs_of(db: Database, guidance: Guidance) -> Together:
    """What the offered items take together, by their versions in force; one that was withdrawn is left out."""
    versions = []
    for offered in guidance.items:
        try:
            versions.append((offered, await current(db, offered.item)))
        except NoSuchItem:
            continue
    return together(versions, guidance.exempt)
