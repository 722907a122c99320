"""Whose a licence is to decide about: its issuer's, who has taken over that one's office, and not who granted it."""

from __future__ import annotations

from uuid import UUID

from tongban import identity
from tongban.kit.db import Database
from tongban.kit.i18n import N_, Message, say
from tongban.kit.policy import Actor, Duty, Role, relation_to
from tongban.licences import store
from tongban.licences.model import JUDGES_THE_GRANT, POLICY, Licence, Move
from tongban.licences.model.granting import Granter, Successor

_granters: list[Granter] = []


def plug_granter(granter: Granter) -> None:
    """Tell this room how to ask who granted a licence; the house does it once per process."""
    _granters[:] = [granter]


_successors: list[Successor] = []


def plug_successor(successor: Successor) -> None:
    """Tell this room how to ask who has taken over an issuer's office; the house does it once per process."""
    _successors[:] = [successor]


async def issuer_for(db: Database, actor: Actor, licence: Licence) -> str:
    """As which department an officer acts on a licence: the issuer, or her own that has taken over its office.

    One statement more where she is not the issuer's.
    """
    if not _successors or actor.role is not Role.OFFICER:
        return licence.issuer_code
    return await _successors[0](db, actor, licence.issuer_code) or licence.issuer_code


async def whose_it_is(db: Database, actor: Actor, *, department: str) -> Message | None:
    """To an officer who may not decide about licences, whose it is and whom to ask; None to who may."""
    relation = relation_to(actor, department=department)
    reserved = POLICY.reserved(actor, "licences.change", relation)
    if reserved is None:
        return None
    names = await _who_approves(db, department)
    return N_("{reserved}本部门审批人员：{names}。", reserved=reserved, names=names) if names else reserved


async def granters(db: Database, licence: Licence) -> frozenset[UUID]:
    """Who decided the grant of a licence, and of each that it took the place of, where different people examined and
    decided; two statements."""
    if not _granters:
        return frozenset()
    rows = {row.id: row for row in await store.licences_of(db, (licence.holder,))} | {licence.id: licence}
    references = []
    version: Licence | None = licence
    while version is not None:
        references.append(version.reference)
        version = rows.get(version.replaces) if version.replaces else None
    return await _granters[0](db, references=references)


async def another_decides(db: Database, actor: Actor, licence: Licence, move: Move) -> Message | None:
    """To the officer who granted it herself, or a version before it, who else may revoke or withdraw it; None to
    anybody else.

    The organ itself may do both (行政许可法 art. 8, 69), and no statute asks for another officer. Where the item's
    chain has its steps taken by different people, to judge one's own grant would undo that: ours. A reissue or a
    change renews the licence, not the judgement that it rests on, so whoever granted any version leaves it to another.
    """
    if move not in JUDGES_THE_GRANT or actor.id not in await granters(db, licence):
        return None
    names = await _who_approves(db, await issuer_for(db, actor, licence), but=actor.id)
    own = N_("这项许可由你本人决定准予。本事项的审查和决定由不同的人作出，撤销、撤回也由另一位审批人员决定。")
    if names:
        return N_("{own}本部门其他审批人员：{names}。", own=own, names=names)
    if move is Move.RETRACT:
        return N_(
            "{own}本部门没有其他审批人员；撤回由作出许可的机关决定（《行政许可法》第八条），请先由本部门配备另一位审批人员。",
            own=own,
        )
    return N_("{own}本部门没有其他审批人员，请报上级行政机关决定（《行政许可法》第六十九条）。", own=own)


async def _who_approves(db: Database, department: str, *, but: UUID | None = None) -> str:
    people = await identity.colleagues(db, department)
    return say("、").join(
        one.name for who, one in people.items() if Duty.APPROVE in one.duties and who != but
    )
