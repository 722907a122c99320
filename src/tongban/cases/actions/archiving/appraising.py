"""Appraisal 鉴定: what to do with a file whose time of keeping is over; destroyed only when two persons agree.

档案法 (2020) and 机关档案管理规定 (国家档案局令第13号): who proposes a destruction does not decide on it, and a list of
what was destroyed is kept for ever.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID, uuid4

import msgspec

from tongban import audit
from tongban.cases.actions.archiving.schedule import schedule
from tongban.cases.actions.reviewing.reasons import too_short
from tongban.cases.model import POLICY
from tongban.cases.model.archive import (
    Appraisal,
    AppraisalIncomplete,
    Archived,
    Decision,
    Destroyed,
    NoSuchArchive,
    NotToDecide,
    Retention,
)
from tongban.cases.store import appraisals as rows
from tongban.kit import clock, files
from tongban.kit.db import Database, Part, write
from tongban.kit.errors import Words
from tongban.kit.i18n import N_
from tongban.kit.policy import Actor, Relation

SHORTEST_REASON, LONGEST_REASON = 5, 500


async def archives(
    db: Database, actor: Actor, *, before: tuple[datetime, UUID] | None, limit: int
) -> list[Archived]:
    """The packages of the officer's department, latest sealed first: one statement, keyset."""
    POLICY.require(actor, "cases.archive", Relation.DEPARTMENT)
    return await rows.archives(db, department=actor.department or "", before=before, limit=limit)


async def due_archives(
    db: Database, actor: Actor, *, after: tuple[date, UUID] | None, limit: int, now: datetime
) -> list[Archived]:
    """Those whose time of keeping is over, longest over first: one statement, keyset."""
    POLICY.require(actor, "cases.archive", Relation.DEPARTMENT)
    return await rows.due_archives(
        db, department=actor.department or "", today=clock.city_day(now), after=after, limit=limit
    )


async def archived_case(
    db: Database,
    actor: Actor,
    *,
    id: UUID,  # noqa: A002 - the package's own id
) -> tuple[Archived, list[Appraisal]]:
    """A package of the officer's department with all decisions on it: one statement. Raises NoSuchArchive."""
    POLICY.require(actor, "cases.archive", Relation.DEPARTMENT)
    found = await rows.with_appraisals(db, id=id, department=actor.department or "")
    if found is None:
        raise NoSuchArchive
    return found


async def destroyed(
    db: Database, actor: Actor, *, before: tuple[datetime, UUID] | None, limit: int
) -> list[Destroyed]:
    """The destruction list of the officer's department, latest first: one statement, keyset."""
    POLICY.require(actor, "cases.archive", Relation.DEPARTMENT)
    return await rows.destroyed(db, department=actor.department or "", before=before, limit=limit)


def retention_class(code: str) -> Retention:
    """A class of keeping by its code."""
    return schedule().by_code(code)


async def appraise(
    db: Database,
    actor: Actor,
    *,
    id: UUID,  # noqa: A002 - the package's own id
    decision: str,
    reason: str,
    version: str,
    now: datetime,
) -> Decision:
    """Decide on a package that is due; ``version`` is that of the page on which the officer decided.

    Two statements. To destroy takes two persons: one proposes, another agrees; then the package and what was handed in
    go from the store of files, what was applied for goes from the case, and a line with the hashes stays. Raises
    NoSuchArchive, AppraisalIncomplete, NotToDecide.
    """
    POLICY.require(actor, "cases.appraise", Relation.DEPARTMENT)
    row, _ = await archived_case(db, actor, id=id)
    words = " ".join(reason.split())
    meant = _checked(decision, words)
    possible = row.decisions(officer=actor.id, today=clock.city_day(now))
    if version != str(row.version) or meant not in possible:
        raise NotToDecide
    after = _after(row, meant, actor, words, now=now)
    done = await write(
        db,
        rows.deciding(row, after),
        rows.noting(after, meant, actor, reason=words, now=now),
        audit.record(
            actor,
            f"cases.archive.{meant}",
            subject=row.applicant,
            reference=row.case_id,
            detail={"sm3": row.sm3},
            now=now,
        ),
        *(_destroying(row, actor, now=now) if meant is Decision.DESTROY else ()),
    )
    if done is None:
        raise NotToDecide
    return meant


def _checked(decision: str, reason: str) -> Decision:
    faults: dict[str, Words] = {}
    if decision not in set(Decision):
        faults["decision"] = N_("请选择一项决定。")
    if too_short(reason, SHORTEST_REASON):
        faults["reason"] = N_("请写明理由，至少 {least} 个字。", least=SHORTEST_REASON)
    elif len(reason) > LONGEST_REASON:
        faults["reason"] = N_("理由最多 {most} 个字。", most=LONGEST_REASON)
    if faults:
        raise AppraisalIncomplete(faults)
    return Decision(decision)


def _after(row: Archived, decision: Decision, actor: Actor, reason: str, *, now: datetime) -> Archived:
    after = row.decided(decision)
    if decision is Decision.KEEP:
        for_ever = next((one.code for one in schedule().classes if one.years is None), row.retention)
        return msgspec.structs.replace(after, retention=for_ever)
    if decision is Decision.PROPOSE:
        return msgspec.structs.replace(
            after, proposed_by=actor.id, proposed_name=actor.name, proposed_at=now, proposed_reason=reason
        )
    if decision is Decision.SPARE:
        return msgspec.structs.replace(
            after, proposed_by=None, proposed_name=None, proposed_at=None, proposed_reason=None
        )
    return after


def _destroying(row: Archived, actor: Actor, *, now: datetime) -> tuple[Part, ...]:
    line = Destroyed(
        # Of no bucket: the line must not lead back to a person.
        id=uuid4(),
        department=row.department,
        item=row.item,
        retention=row.retention,
        ended_on=clock.city_day(row.ended_at),
        size=row.size,
        sm3=row.sm3,
        sha256=row.sha256,
        proposed_name=row.proposed_name or "",
        destroyed_name=actor.name,
        reason=row.proposed_reason or "",
        at=now,
    )
    return (
        rows.listing(line),
        rows.emptying(row.case_id),
        files.dropping_all(subject=row.applicant, reference=f"archive:{row.case_id}"),
        files.dropping_all(subject=row.applicant, reference=row.case_id),
    )
