"""The population register 人口库 asked about somebody who has an account, or opens one, under a purpose of hers."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from tongban import audit
from tongban.identity.model.check import CheckResult, RegisterCheck
from tongban.kit import papers
from tongban.kit.db import Database, DatabaseAway, DatabaseBusy, Part
from tongban.kit.errors import Unavailable
from tongban.kit.policy import Actor

#: What it is asked of everybody.
FIELDS = ("population.name", "population.phone", "population.status")
_ASKED_FOR = timedelta(hours=1)
_checks: list[RegisterCheck] = []


def plug_register_check(check: RegisterCheck) -> None:
    """Tell this room how to ask the population register; the house does it once per process."""
    _checks[:] = [check]


def asking_parts(
    actor: Actor,
    subject: UUID,
    purpose: UUID,
    *,
    item: str,
    basis: str,
    act: str,
    fields: tuple[str, ...] = FIELDS,
    now: datetime,
) -> tuple[Part, Part]:
    """The parts before a question: its purpose, an hour long, what for by ``item`` and by what law, and the ledger's
    row of the ``act``."""
    return (
        audit.opening_purpose(
            id=purpose,
            kind="own_act",
            subject=subject,
            reference=purpose,
            item=item,
            fields=fields,
            basis=basis,
            until=now + _ASKED_FOR,
            now=now,
        ),
        audit.record(actor, act, subject=subject, reference=purpose, now=now),
    )


async def register_answer(
    db: Database,
    purpose: UUID,
    *,
    subject: UUID,
    name: str,
    paper: papers.Paper,
    phone: str = "",
    settled: bool = False,
    linked: bool = False,
    now: datetime,
) -> CheckResult | None:
    """What the register says of name, paper and phone under a purpose that stands; None where it does not answer.

    ``settled`` asks for hukou and residence too, ``linked`` for her other papers.
    """
    try:
        return await _checks[0](
            db,
            candidate=purpose,
            subject=subject,
            name=name,
            id_number=paper.number,
            phone=phone,
            now=now,
            paper_kind=paper.kind,
            country=paper.country,
            settled=settled,
            linked=linked,
        )
    except (DatabaseAway, DatabaseBusy):
        raise
    except Unavailable:
        return None
