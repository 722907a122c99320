"""Before a page asks an officer for what makes a move: whether it is hers, and if not, whom she can ask."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from tongban import catalogue
from tongban.cases import actions
from tongban.cases.model import Move, whose
from tongban.cases.model.assignment import NotInHand
from tongban.cases.model.chain import DECISIONS, DutyMissing, chain_of
from tongban.cases.model.rights import is_colleagues
from tongban.kit.db import Database
from tongban.kit.errors import Words
from tongban.kit.i18n import N_, Message, say
from tongban.kit.policy import Actor, Duty, Relation

_Said = TypeVar("_Said", bound=Words)


async def must_be_hers(db: Database, actor: Actor, version: catalogue.ItemVersion, move: Move) -> None:
    """Raises DutyMissing, which names the department's heads, where she has no duty for the move."""
    try:
        whose.must_be_hers(chain_of(version.chain), move, actor)
    except DutyMissing as missing:
        missing.message = await with_heads(db, actor, missing.message)
        raise


async def must_ask(db: Database, actor: Actor, *, applicant: UUID, case_id: UUID, move: Move) -> None:
    """The same before a page reads the case: by its line in the list alone, one statement. Raises DutyMissing.

    A case that is not in her lists is left to who reads it.
    """
    row = await actions.desk_row(db, actor, case_id=case_id)
    if row is not None and row.applicant == applicant:
        await must_be_hers(db, actor, await catalogue.version(db, row.item, row.item_version), move)


async def with_heads(db: Database, actor: Actor, reserved: _Said) -> _Said | Message:
    """Whose it is, with the names of the department's heads, if it has any."""
    people = (await actions.colleagues(db, actor)).values()
    names = say("、").join(one.name for one in people if Duty.HEAD in one.duties)
    return N_("{reserved}本部门负责人：{names}。", reserved=reserved, names=names) if names else reserved


def open_to(actor: Actor, opened: actions.Opened, relation: Relation) -> frozenset[Move]:
    """What she can do to a case now: without the decision that is its assignee's, where a colleague has it in hand."""
    moves = opened.moves_of(actor)
    return moves - DECISIONS if _is_colleagues(actor, opened, relation) else moves


def _is_colleagues(actor: Actor, opened: actions.Opened, relation: Relation) -> bool:
    """Whose turn the decision is says the item's chain, where it has one."""
    return not opened.chain and is_colleagues(actor, "cases.decide", relation)


def in_anothers_hand(actor: Actor, opened: actions.Opened, relation: Relation) -> list[Words]:
    """Why the decision is not offered to her that is due, and who can hand the case over."""
    due = opened.moves_of(actor) & DECISIONS
    if not due or not _is_colleagues(actor, opened, relation):
        return []
    return [NotInHand(opened.case.assignee_name or "").message]
