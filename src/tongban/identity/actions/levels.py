"""Raising and withdrawing a real-name level 实名等级: by a bank card; the history of it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid5

import msgspec

from tongban import audit, notices
from tongban.identity.actions.accounts import person
from tongban.identity.actions.stepping_up import require_fresh
from tongban.identity.model.levels import (
    LEVEL_OF,
    CardInvalid,
    CheckUnknown,
    Ladder,
    TooManyChecks,
    Way,
    card_holds,
    ends_left,
    ends_of,
    until_of,
)
from tongban.identity.model.refusals import PersonUnknown
from tongban.identity.model.rights import POLICY
from tongban.identity.providers import bank
from tongban.identity.store import attempts, levels
from tongban.kit import keys
from tongban.kit.db import Database, Part, write
from tongban.kit.errors import Words
from tongban.kit.i18n import N_, Text
from tongban.kit.keys.ring import normalised
from tongban.kit.policy import Actor, Relation
from tongban.kit.web.levelling import levelling_sessions, lowering_sessions
from tongban.settings import settings

_RAISED = Text("实名等级已提升", "Your real-name level was raised")
_LOWERED = Text("核验记录已撤回", "A check of your identity was withdrawn")


class Raised(msgspec.Struct, frozen=True):
    """A level that stands now; ``cookie`` goes on with the session through which its owner came."""

    level: int
    cookie: str

    def __repr__(self) -> str:
        return f"Raised({self.level})"


async def ladder(db: Database, actor: Actor) -> Ladder:
    """The actor's level with the checks behind it. One statement. Raises PersonUnknown for no resident."""
    POLICY.require(actor, "identity.level", Relation.ANY)
    assert actor.id is not None
    found = await levels.ladder(db, actor.id)
    if found is None:
        raise PersonUnknown
    return found


async def check_card(
    db: Database, actor: Actor, *, card: str, agreed: bool, key: str, now: datetime
) -> Raised:
    """L2 by a bank card: card, name, paper and phone are asked of the bank card network as one person's.

    Of the card its last four digits are kept. ``key`` is the form's: the same again is the same question and changes
    nothing more. Five tries a quarter of an hour. Raises CardInvalid, TooManyChecks, CardSaysNo, CheckAway. Three
    round trips besides the network's.
    """
    POLICY.require(actor, "identity.check_level", Relation.ANY)
    assert actor.id is not None
    number = normalised(card)
    faults: dict[str, Words] = {}
    if not card_holds(number):
        faults["card"] = N_("请核对卡号：13 至 19 位数字，不含字母。")
    if not agreed:
        faults["agree"] = N_("需要您同意，才能把这些信息发给银行卡清算机构核验。")
    if faults:
        raise CardInvalid(faults)
    counted = await write(
        db,
        attempts.counting_enrolment(keys.current().blind_index("card", str(actor.id)), now=now),
        audit.record(actor, "identity.ask_card", subject=actor.id, reference="card", now=now),
    )
    if counted is None:
        raise TooManyChecks
    owner = await person(db, actor.id)
    reference = await bank.verify(
        settings().sandbox_url,
        order=uuid5(actor.id, key),
        card=number,
        paper=owner.paper,
        name=owner.name,
        phone=owner.phone,
    )
    return await raise_level(db, actor, way=Way.CARD, reference=reference, seen=number[-4:], now=now)


async def raise_level(
    db: Database,
    actor: Actor,
    *,
    way: Way,
    reference: str,
    seen: str,
    now: datetime,
    guard: Part | None = None,
) -> Raised:
    """The actor's own account rises by a provider's result; the same result again changes nothing."""
    assert actor.id is not None
    level = LEVEL_OF[way]
    until = until_of(way, now=now)
    cookie, session = levelling_sessions(
        actor.id, own=actor.session, level=level, ends=ends_of(level, until), now=now
    )
    done = await write(
        db,
        levels.noting(
            actor.id,
            level=level,
            way=way,
            reference=reference,
            seen=seen,
            until=until,
            now=now,
        ),
        levels.raising(),
        session,
        audit.record(
            actor,
            "identity.raise_level",
            subject=actor.id,
            reference=way.value,
            detail={"level": level, "way": way.value},
            now=now,
        ),
        told(actor.id, _RAISED, raised_words(level), now=now),
    )
    return Raised(max(level, actor.level), "" if done is None else cookie)


def raised_words(level: int) -> Text:
    """What the inbox says of a level that has risen."""
    return Text(
        f"您的实名等级现在是 L{level}。如果不是您本人办理，请在“实名等级”中撤回这条核验记录，并拨打热线。",
        f"Your real-name level is now L{level}. If this was not you, withdraw the check under “Real-name level” "
        "and call the hotline.",
    )


def told(who: UUID, title: Text, body: Text, *, now: datetime) -> Part:
    """The notice of a change of one's level, in the inbox."""
    return notices.telling(recipient=who, title=title, body=body, link="/account/level", now=now)


def raised_notice(who: UUID, level: int, *, now: datetime) -> Part:
    """The notice that a level has risen."""
    return told(who, _RAISED, raised_words(level), now=now)


async def withdraw_check(db: Database, actor: Actor, *, check: UUID, now: datetime) -> str:
    """End one of the actor's own checks (PIPL art. 15): her level falls to what the others carry; gives the cookie.

    No session rises by it, and those inside accounts that were merged into hers keep no more than hers have. Raises
    FreshProofNeeded, CheckUnknown. One that has ended already is as good as ended now: the cookie is then empty.
    """
    await require_fresh(db, actor, now=now)
    found = await ladder(db, actor)
    assert actor.id is not None
    this = next((one for one in found.checks if one.id == check), None)
    if this is None:
        raise CheckUnknown
    if this.ended_at is not None:
        return ""
    others = [one for one in found.checks if one.id != check and one.stands(now)]
    left = max((one.level for one in others), default=1)
    cookie, session = lowering_sessions(
        actor.accounts, own=actor.session, level=left, ends=ends_left(others), now=now
    )
    done = await write(
        db,
        levels.ending(actor.id, check, now=now),
        levels.lowering(),
        session,
        audit.record(
            actor,
            "identity.withdraw_check",
            subject=actor.id,
            reference=check,
            detail={"level": left, "way": this.way.value},
            now=now,
        ),
        told(
            actor.id,
            _LOWERED,
            Text(f"您的实名等级现在是 L{left}。", f"Your real-name level is now L{left}."),
            now=now,
        ),
    )
    return "" if done is None else cookie
