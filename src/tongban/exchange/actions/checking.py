"""Register checks: whether what somebody says is what a register has. No value is told, only whether it fits."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import TypeVar
from uuid import UUID

import msgspec

from tongban import audit, identity
from tongban.exchange.actions.asking import Asked, decoded, is_of, question_of, standing_for, write_down
from tongban.exchange.actions.calling import call
from tongban.exchange.actions.resources import resource_telling
from tongban.exchange.model import (
    Resource,
    SourceDown,
    WireCheck,
    WireFirm,
    WireFirmCheck,
)
from tongban.kit.db import Database
from tongban.kit.ids import bucket_of, new_id
from tongban.kit.papers import CITIZEN, FIRM, PAPER_KINDS, Paper
from tongban.kit.policy import SYSTEM

#: What the identity check looks at; the purpose of an enrolment covers these.
CHECKED = ("name", "phone", "status")
#: What an enrolment asks beside: which other papers she has.
LINKED = "other_papers"
#: What an enrolment and who asks anew ask beside: where her hukou is and where she lives.
SETTLED = "household"
#: What the check of a firm looks at.
FIRM_CHECKED = ("name", "legal_representative", "status")
Verdict = TypeVar("Verdict", bound=WireCheck)


async def check_person(
    db: Database,
    *,
    candidate: UUID,
    name: str,
    id_number: str,
    phone: str,
    now: datetime,
    paper_kind: str = CITIZEN,
    country: str = "",
    subject: UUID | None = None,
    linked: bool = False,
    settled: bool = False,
) -> identity.CheckResult:
    """Whether name, paper and phone are one living person's: the register check that identity declares.

    Asked under the purpose whose id is ``candidate``, of ``subject`` where that is not the candidate herself; the
    ledger row tells the outcome, never the values. ``linked``: her other papers are asked for too; ``settled``: where
    her hukou is and where she lives.
    """
    beside = {LINKED: linked, SETTLED: settled}
    fields = [*CHECKED, *(field for field, asked in beside.items() if asked)]
    population = await resource_telling(db, "population", ["name", "status"])
    paper = Paper(paper_kind, id_number, country)
    standing = await standing_for(
        *(db, SYSTEM, [(population, fields)]), subject=subject or candidate, purpose=candidate, now=now
    )
    compared: dict[str, str | bool] = {"name": name, "phone": phone} if phone else {"name": name}
    compared |= {field: True for field, asked in beside.items() if asked}
    told = await _checked(db, population, fields, standing, paper, compared, WireCheck, now)
    others = tuple(
        Paper(one.paper_kind, one.number, one.country)
        for one in told.other_papers
        if one.paper_kind in PAPER_KINDS
    )
    home = told.household
    residence = None if home is None else identity.Residence(**msgspec.structs.asdict(home))
    return identity.CheckResult(told.match, told.reasons, told.as_of, others, residence)


async def check_parent(
    db: Database,
    *,
    purpose: UUID,
    subject: UUID,
    child: identity.Named,
    parent: identity.Named,
    now: datetime,
) -> identity.ParentResult:
    """Whether ``parent`` is entered as the parent of ``child``: the check that identity declares.

    Asked under ``purpose``, which is of ``subject``; the ledger row tells the outcome, never the values. Raises
    PurposeMissing and SourceDown.
    """
    kinship = await resource_telling(db, "kinship", ["parents"])
    standing = await standing_for(
        db, SYSTEM, [(kinship, ["parents"])], subject=subject, purpose=purpose, now=now
    )
    compared = {
        "name": child.name,
        "parent_name": parent.name,
        "parent_id_number": parent.id_number,
    }
    paper = Paper(CITIZEN, child.id_number)
    told = await _checked(db, kinship, ["parents"], standing, paper, compared, WireCheck, now)
    return identity.ParentResult(told.match, told.reasons, told.relation or "", told.as_of)


async def check_firm(
    db: Database,
    *,
    subject: UUID,
    purpose: UUID,
    code: str,
    name: str,
    id_number: str,
    now: datetime,
) -> identity.FirmResult:
    """Whether the firm of this code stands and she is its legal representative: the check that identity declares.

    Without a name the firm alone is asked for. The ledger row tells the outcome, never the values. Raises SourceDown.
    """
    fields = list(FIRM_CHECKED)
    firms = await resource_telling(db, "enterprise", ["name", "legal_representative"])
    standing = await standing_for(db, SYSTEM, [(firms, fields)], subject=subject, purpose=purpose, now=now)
    compared = {"representative": name, "representative_number": id_number}
    told = await _checked(db, firms, fields, standing, Paper(FIRM, code), compared, WireFirmCheck, now)
    firm = told.firm or WireFirm("", "")
    return identity.FirmResult(
        told.firm is not None, told.match, firm.name, firm.state, firm.successors, told.as_of
    )


async def _checked(
    db: Database,
    resource: Resource,
    fields: list[str],
    purpose: audit.Purpose,
    paper: Paper,
    compared: Mapping[str, str | bool],
    kind: type[Verdict],
    now: datetime,
) -> Verdict:
    """The register's verdict, its rows durable before it is told; raises SourceDown where it gives none."""
    # As in read_many: whoever waits may go away, the check is written down all the same.
    work = asyncio.ensure_future(_check_and_write(db, resource, fields, purpose, paper, compared, kind, now))
    told = await asyncio.shield(work)
    if told is None:
        raise SourceDown(resource.code, resource.provider)
    return told


async def _check_and_write(
    db: Database,
    resource: Resource,
    fields: list[str],
    purpose: audit.Purpose,
    paper: Paper,
    compared: Mapping[str, str | bool],
    kind: type[Verdict],
    now: datetime,
) -> Verdict | None:
    """The register's verdict, or None where it gives none; either way its rows are durable."""
    message = new_id(bucket_of(purpose.subject))
    reached = await call(
        resource,
        question_of(message, resource, paper, purpose) | dict(compared),
        understood=partial(_verdict, kind, resource, message),
        path=resource.path.rpartition("/")[0] + "/check",
    )
    told = reached.told
    if told is not None and not told.match:
        reached = msgspec.structs.replace(reached, outcome="none")
    await write_down(db, SYSTEM, [Asked(resource, fields, message, reached)], purpose, now=now)
    return told


def _verdict(kind: type[Verdict], resource: Resource, message: UUID, content: bytes) -> Verdict | None:
    told = decoded(content, kind)
    return told if told is not None and is_of(told, resource, message) else None
