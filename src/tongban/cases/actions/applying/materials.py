"""My materials: the list, a file handed in once more, a file taken off the list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from tongban import audit, catalogue
from tongban.cases import store
from tongban.cases.actions.applying.drafting import own_case
from tongban.cases.model import POLICY, Case, Move, MovedOn, edge
from tongban.cases.model.attachments import file_fields, with_more
from tongban.cases.model.materials import MyMaterial, label_of, last_day
from tongban.kit import clock, files
from tongban.kit.db import Database, write
from tongban.kit.files import NoSuchFile
from tongban.kit.policy import Actor, Relation, covers


async def my_materials(db: Database, actor: Actor) -> list[MyMaterial]:
    """The resident's files of submitted cases, each content once for a question, newest first: two statements."""
    return await _materials(db, actor, actor.accounts)


async def _materials(db: Database, actor: Actor, accounts: Sequence[UUID]) -> list[MyMaterial]:
    POLICY.require(actor, "cases.materials", Relation.OWN)
    held = {row["id"]: row for row in await files.offered(db, accounts)}
    found: dict[tuple[str, bytes], MyMaterial] = {}
    for row in await store.filed_files(db, accounts=accounts):
        file = held.get(row["file"])
        if file is None or not covers(actor, row["item"]):
            continue
        version = await catalogue.version(db, row["item"], row["item_version"])
        rule = file_fields(version.form).get(row["field"])
        if rule is not None:
            found.setdefault((row["field"], file["digest"]), _material(row, file, version, rule))
    return list(found.values())


def _material(
    row: Mapping[str, Any], file: Mapping[str, Any], version: catalogue.ItemVersion, rule: Mapping[str, Any]
) -> MyMaterial:
    since = clock.city_day(file["created_at"])
    return MyMaterial(
        file=row["file"],
        case_id=row["case_id"],
        case_code=row["short_code"],
        item=row["item"],
        item_name=version.name,
        field=row["field"],
        label=label_of(rule),
        name=file["name"],
        media_type=file["media_type"],
        size=file["size"],
        since=since,
        until=last_day(since, rule["x-ui"].get("valid_months")),
    )


async def reusable(
    db: Database, actor: Actor, form: Mapping[str, Any], *, now: datetime
) -> dict[str, list[MyMaterial]]:
    """For each question of a form the files that may be handed in again today; nothing is asked where none can be.

    Of the account alone in which the case lies: files of another one are not copied into it, so that the two can be
    parted again.
    """
    rules = {name: rule for name, rule in file_fields(form).items() if rule["x-ui"].get("valid_months")}
    if not rules:
        return {}
    assert actor.id is not None
    today = clock.city_day(now)
    known = [one for one in await _materials(db, actor, (actor.id,)) if one.good(today)]
    return {name: [one for one in known if one.answers(name, rule)] for name, rule in rules.items()}


async def once_more(
    db: Database,
    actor: Actor,
    case: Case,
    form: Mapping[str, Any],
    *,
    field: str,
    file_id: UUID,
    now: datetime,
) -> tuple[MyMaterial, files.File]:
    """One of her materials and the file that it is in another case; raises NoSuchFile for what may not be used."""
    offered = (await reusable(db, actor, form, now=now)).get(field, ())
    known = next((one for one in offered if one.file == file_id), None)
    if known is None:
        raise NoSuchFile
    first = await files.kept_file(db, file_id=file_id, subject=case.applicant, reference=known.case_id)
    if first is None:
        raise NoSuchFile
    return known, files.again(first, reference=case.id, until=known.until)


async def reuse(
    db: Database,
    actor: Actor,
    *,
    case_id: UUID,
    field: str,
    file_id: UUID,
    version: int | None,
    now: datetime,
) -> int:
    """Hand a file in again with a draft; gives the draft's new version.

    The content stays where it lies; a row more names it, as old as the first, so that reuse makes nothing last longer.
    Row, answers and ledger row are one write. Raises NoSuchFile for what may not be used here (another material,
    too old, another person's), MovedOn, and AttachmentsTooMany.
    """
    case = await own_case(db, actor, case_id)
    edge(Move.SAVE, case.state, actor.role)
    if version is not None and version != case.version:
        raise MovedOn
    form = (await catalogue.version(db, case.item, case.item_version)).form
    known, again = await once_more(db, actor, case, form, field=field, file_id=file_id, now=now)
    row = await write(
        db,
        store.saving_draft(
            case,
            answers=with_more(form, case.answers, {field: [files.as_answer(again)]}),
            facts=case.facts,
            finding=case.finding,
        ),
        files.keeping([again]),
        audit.record(
            *(actor, "cases.reuse_file"),
            subject=case.applicant,
            reference=case.id,
            purpose=case.purpose,
            detail={"from": str(known.case_id)},
            now=now,
        ),
    )
    if row is None:
        raise MovedOn
    return int(row["version"])


async def forget_material(db: Database, actor: Actor, *, file_id: UUID, now: datetime) -> None:
    """Take a file off the list, wherever she has used it; the cases keep what was filed with them.

    Doing it twice changes nothing more. Raises NoSuchFile, for another person's too.
    """
    POLICY.require(actor, "cases.forget_material", Relation.OWN)
    assert actor.id is not None
    done = await write(
        db,
        *files.offering_no_more(file_id, subject=actor.id),
        audit.record(actor, "cases.forget_material", subject=actor.id, reference=file_id, now=now),
    )
    if done is None:
        raise NoSuchFile
