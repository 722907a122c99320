"""Successors 承继单位 of firms that merged or were divided: who represents one goes on with what the former firm filed.

The former firm's cases stay where they are. Of a firm that was divided each successor may (民法典 art. 67(2): joint and
several), and each is told when another does.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from tongban import audit
from tongban.identity.actions import firm_words
from tongban.identity.actions.firm_changes import recheck_firm, successors
from tongban.identity.model import POLICY
from tongban.identity.model.firms import Firm, FirmInvalid, NotRepresentative, TooManyFormer, firm_hash
from tongban.identity.model.people import paper_hash
from tongban.identity.model.powers import (
    LONGEST,
    Offer,
    Power,
    PowerState,
    on_succession,
)
from tongban.identity.store import accounts, attempts, firms, powers, replacing
from tongban.kit import keys
from tongban.kit.db import Database, write
from tongban.kit.i18n import N_
from tongban.kit.ids import bucket_of, new_id
from tongban.kit.keys.ring import normalised
from tongban.kit.outbox import announcing
from tongban.kit.policy import Actor, Relation


class Former(msgspec.Struct, frozen=True):
    """A firm that went into another 原单位, and the powers by which successors' representatives act for it now."""

    firm: Firm
    taken: tuple[Power, ...]

    def held_by(self, actor: Actor) -> UUID | None:
        """The actor's own power among them."""
        return next((one.id for one in self.taken if one.agent == actor.holder), None)


async def former_firms(db: Database, actor: Actor, *, now: datetime) -> list[Former]:
    """The firms that went into the one for which the actor acts; empty unless she is its representative."""
    if not _represents(actor):
        return []
    assert actor.id is not None
    own = await firms.firm(db, actor.id)
    gone = await firms.gone_into(db, own.code) if own is not None else []
    return [Former(one, tuple(await _taken(db, one, now=now))) for one in gone]


async def _taken(db: Database, gone: Firm, *, now: datetime) -> list[Power]:
    given = await powers.living_given(db, gone.id)
    return [one for one in given if one.succeeds and one.at(now) is PowerState.STANDING]


def _represents(actor: Actor) -> bool:
    return actor.acting is not None and actor.acting.kind == "representative"


async def take_over(db: Database, actor: Actor, *, code: str, now: datetime) -> UUID:
    """The representative of a successor 承继单位 gets the power for the firm that went into it; gives the power.

    Done twice, it is one; who represents two successors has one. A firm that goes on after others were taken out of it
    存续分立 keeps its own affairs. The register is asked of a firm that did not go into hers five times a quarter of an
    hour: it is another's. Raises NotRepresentative, FirmInvalid, TooManyFormer.
    """
    POLICY.require(actor, "identity.take_over", Relation.OWN)
    assert actor.id is not None and actor.holder is not None
    if not _represents(actor):
        raise NotRepresentative(actor.name)
    own = await firms.firm(db, actor.id)
    gone = await firms.by_hash(db, firm_hash(normalised(code)))
    if own is not None and gone is not None and (gone.active or own.code not in gone.successors):
        tries = attempts.counting_enrolment(
            keys.current().blind_index("former_firm", str(actor.holder)), now=now
        )
        if await write(db, tries) is None:
            raise TooManyFormer
        await recheck_firm(db, gone, now=now)
        gone = await firms.firm(db, gone.id)
    if own is None or gone is None or own.code not in gone.successors:
        raise FirmInvalid(_NOT_SUCCEEDED)
    if gone.active:
        raise FirmInvalid(N_("{name}仍然存续，它的办件由它自己继续办理。", name=gone.name))
    taken = await _taken(db, gone, now=now)
    if mine := next((one for one in taken if one.agent == actor.holder), None):
        return mine.id
    return await _succeed(db, actor, own, gone, now=now)


_NOT_SUCCEEDED = N_(
    "登记机关没有登记您的单位承继这个单位，或者它在这里没有账户。请照合并、分立的登记通知书核对代码。"
)


async def _succeed(db: Database, actor: Actor, own: Firm, gone: Firm, *, now: datetime) -> UUID:
    assert actor.holder is not None
    agent = await accounts.person(db, actor.holder)
    assert agent is not None
    power = new_id(bucket_of(gone.id))
    offer = Offer(agent.paper, agent.name, "representative", None, None, None, now, now + LONGEST)
    others = [one for one in await successors(db, gone.successors, now=now) if one.agent != agent.id]
    try:
        await write(
            db,
            powers.offering(
                power,
                offer,
                principal=gone.id,
                principal_name=gone.name,
                agent=agent.id,
                agent_hash=paper_hash(agent.paper),
                by=agent.id,
                state=PowerState.STANDING,
                basis=on_succession(own.code),
                former=True,
                now=now,
            ),
            powers.holding(agent.id, power, now=now),
            audit.record(actor, "identity.take_over", subject=gone.id, reference=power, now=now),
            audit.record(actor, "identity.take_over", subject=own.id, reference=power, now=now),
            firm_words.tell(agent.id, firm_words.SUCCEEDED, gone.name, link=f"/my/acting/{power}", now=now),
            *(
                firm_words.tell(
                    one.agent,
                    firm_words.ALSO_SUCCEEDED,
                    gone.name,
                    other=own.name,
                    link=f"/my/acting/{one.id}",
                    now=now,
                )
                for one in others
                if one.agent is not None
            ),
            announcing(
                "identity.firm_taken_over",
                subject=gone.id,
                reference=power,
                payload={"successor": own.name, "code": own.code},
                now=now,
            ),
        )
    except asyncpg.UniqueViolationError as twice:
        if not replacing.is_second(twice):
            raise
        known = next((one for one in await _taken(db, gone, now=now) if one.agent == agent.id), None)
        if known is None:
            raise
        return known.id
    return power
