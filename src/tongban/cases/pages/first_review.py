"""A first review 初审 as pages tell it: which organ decides, until when it gets the case, or since when it has it."""

from __future__ import annotations

from tongban.cases import actions
from tongban.cases.actions import FirstReviewed, Opened
from tongban.cases.model import Move
from tongban.cases.model.course import RUNS, LimitKind
from tongban.cases.model.reporting import reported_of
from tongban.kit.db import Database
from tongban.kit.i18n import N_, Message


async def first_review_shown(db: Database, opened: Opened) -> FirstReviewed | None:
    """How it stands while the decision is due; None of a case of which the department decides."""
    if opened.case.state not in RUNS[LimitKind.FIRST_REVIEW]:
        return None
    return await actions.first_review(db, opened.case, opened.version)


def said_to_applicant(found: FirstReviewed) -> Message:
    """For her who applies: who examines, who decides and that nothing is asked of her."""
    if found.on is not None:
        return N_(
            "{on} 已报送{above}，由{above}作出决定，不用再交材料。",
            on=f"{found.on:%Y-%m-%d}",
            above=found.above,
        )
    return N_(
        "先由收到申请的部门审查，最晚 {until} 报送{above}，由{above}作出决定。",
        until=f"{found.until:%Y-%m-%d}",
        above=found.above,
    )


def said_at_desk(found: FirstReviewed, opened: Opened) -> Message:
    """For the officer: of the organ below what she has to do by when, of the one above what she has got from whom."""
    if found.on is None:
        return N_(
            "本件由{above}决定：本机关审查后，最晚 {until} 连同全部材料报送，不能自行准予或者不予。",
            above=found.above,
            until=f"{found.until:%Y-%m-%d}",
        )
    sender = next(
        reported_of(step.detail).sender for step in reversed(opened.events) if step.move is Move.REPORT
    )
    return N_(
        "{sender}审查后于 {on} 报送，由本机关决定；审查意见和全部材料都在本件里，不得要求申请人重复提供。",
        sender=sender,
        on=f"{found.on:%Y-%m-%d}",
    )
