"""Consents 同意: recorded in the write of what they are given for, withdrawn as easily (PIPL art. 14, 15)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tongban import audit
from tongban.identity.model import POLICY
from tongban.identity.model.consent import PURPOSES, Consent, ConsentPurpose, NoSuchPurpose, Way
from tongban.identity.store import consents
from tongban.kit.db import Database, Part, write
from tongban.kit.policy import Actor, Relation, relation_to


def giving_consent(
    *,
    subject: UUID,
    purpose: str,
    item: str = "",
    way: Way = "portal",
    given_by: UUID | None = None,
    now: datetime,
) -> Part:
    """The part that records a consent of ``subject`` to the words of now; ``given_by`` her guardian, for a child under
    14 (art. 31). Raises NoSuchPurpose.
    """
    return consents.giving(_known(purpose), subject=subject, item=item, way=way, given_by=given_by, now=now)


async def standing_consent(db: Database, subject: UUID, *, purpose: str, item: str = "") -> Consent | None:
    """The consent that stands, None without one: whoever rests on consent asks here before each use."""
    return await consents.standing(db, subject, purpose=purpose, item=item)


async def my_consents(db: Database, actor: Actor) -> list[Consent]:
    """All that the actor agreed to, for her children too, withdrawn ones as well; a child's by its guardian."""
    POLICY.require(actor, "identity.consents", relation_to(actor, owner=actor.id))
    assert actor.id is not None
    return [*await consents.consents_of(db, actor.accounts), *await consents.given_for_children(db, actor.id)]


async def give_consent(db: Database, actor: Actor, *, purpose: str, now: datetime) -> None:
    """Agree (again) by oneself; given twice it stands once. Raises NoSuchPurpose, also for what is agreed to elsewhere:
    beside what needs it.
    """
    POLICY.require(actor, "identity.give_consent", Relation.OWN)
    assert actor.id is not None
    if _known(purpose).asked_on:
        raise NoSuchPurpose
    await write(
        db,
        Part("SELECT 1 AS asked"),
        giving_consent(subject=actor.id, purpose=purpose, now=now),
        audit.record(
            actor,
            "identity.give_consent",
            subject=actor.id,
            reference=purpose,
            detail={"version": PURPOSES[purpose].version},
            now=now,
        ),
    )


async def withdraw_consent(
    db: Database, actor: Actor, *, purpose: str, item: str = "", now: datetime
) -> None:
    """Withdraw 撤回: from now on; what was done before stays lawful (art. 15). Withdrawn twice changes nothing.
    Raises NoSuchPurpose, also for what she never agreed to.

    By each account of hers that agreed to it: one that was merged into hers is asked in its own name.
    """
    POLICY.require(actor, "identity.withdraw_consent", Relation.OWN)
    assert actor.id is not None
    _known(purpose)
    done = False
    for who in actor.accounts:
        ended = await write(
            db,
            consents.withdrawing(subject=who, purpose=purpose, item=item, now=now),
            audit.record(
                actor.at(who),
                "identity.withdraw_consent",
                subject=who,
                reference=purpose,
                detail={"item": item},
                now=now,
            ),
        )
        done = done or ended is not None
    if not done and not any(
        (one.purpose, one.item) == (purpose, item) for one in await consents.consents_of(db, actor.accounts)
    ):
        raise NoSuchPurpose


def _known(purpose: str) -> ConsentPurpose:
    about = PURPOSES.get(purpose)
    if about is None:
        raise NoSuchPurpose
    return about
