"""Two accounts of one person merged at a window: she can no longer log in to one; an officer sees both papers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from tongban import audit
from tongban.identity.actions.cooling import cooling_of
from tongban.identity.actions.merging import carry_out
from tongban.identity.actions.seeing import must_be_another, seen_at_window
from tongban.identity.actions.telling import text_deed
from tongban.identity.model.cooling import CoolingOff
from tongban.identity.model.merging import must_be_one
from tongban.identity.model.people import paper_hash
from tongban.identity.model.refusals import PersonUnknown
from tongban.identity.model.rights import POLICY
from tongban.identity.model.seen import Seen, country_fault, no_account
from tongban.identity.model.window import WindowInvalid
from tongban.identity.model.window_merging import Compared, Sides, sides_of, token_of
from tongban.identity.store import accounts
from tongban.identity.store import merging as store
from tongban.kit import clock, papers
from tongban.kit.db import Database, Part, write
from tongban.kit.errors import Words
from tongban.kit.i18n import N_
from tongban.kit.policy import Actor, Relation

_TO_PHONE = N_(
    "【{mark}】您的两个账户刚刚在窗口凭两份证件原件合并，90 天内可以撤销。如果不是您本人办理，请立即拨打 {hotline}。"
)


async def compare(
    db: Database,
    actor: Actor,
    *,
    seen: Seen,
    other: papers.Paper,
    faults: Mapping[str, Words],
    now: datetime,
) -> Compared:
    """Find both accounts by the papers that were seen: ``seen`` is of the one that lasts, ``other`` of the other.

    Nothing is changed but the ledgers: each says that the officer looked. Raises WindowInvalid, OwnMatter,
    MergeNotSame, CoolingOff, WindowSourceAway.
    """
    POLICY.require(actor, "identity.merge_at_window", Relation.ANY)
    assert actor.id is not None
    told = dict(faults)
    if words := country_fault(other):
        told["other_country"] = words
    if not other.number or other.fault(today=clock.city_day(now)) is not None:
        told["other_number"] = N_("证件号码不对，请照证件逐位核对。")
    lasting = await seen_at_window(db, actor, seen, faults=told, item="identity.merge", now=now)
    hash_ = paper_hash(other)
    who = (await accounts.residents_by_claims(db, [hash_])).get(hash_)
    person = None if who is None else await accounts.person(db, who)
    if person is None:
        raise WindowInvalid({"other_number": no_account()})
    if person.id == lasting.id:
        raise WindowInvalid({"other_number": N_("两份证件已经是同一个账户，不用合并。")})
    must_be_one(lasting, person, at_window=True)
    await must_be_another(db, actor, person)
    if until := await cooling_of(db, lasting.id, person.id, now=now):
        raise CoolingOff(until)
    await write(
        db,
        Part("SELECT 1 AS looked"),
        audit.record(actor, "identity.see_at_window", subject=person.id, reference=lasting.id, now=now),
    )
    return Compared(lasting, person, token_of(Sides(lasting.id, person.id, actor.id, now)))


async def compared(db: Database, actor: Actor, *, token: str, now: datetime) -> Compared:
    """Both sides of a look again; raises SidesGone."""
    POLICY.require(actor, "identity.merge_at_window", Relation.ANY)
    assert actor.id is not None
    sides = sides_of(token, officer=actor.id, now=now)
    lasting, other = await accounts.person(db, sides.lasting), await accounts.person(db, sides.other)
    if lasting is None or other is None:
        raise PersonUnknown
    return Compared(lasting, other, token)


async def merge_at_window(db: Database, actor: Actor, *, token: str, now: datetime) -> None:
    """The officer's word: the other account goes into the lasting one, as by the codes of both, and can be undone.

    Both phones are told beside both inboxes, since no code went to them. Done already it is the same. Raises SidesGone,
    MergeNotSame, MergedAlready.
    """
    sides = await compared(db, actor, token=token, now=now)
    standing = await store.standing(db, sides.other.id)
    if standing is not None and standing.merged_into == sides.lasting.id:
        return
    await carry_out(
        db,
        actor,
        sides.lasting.id,
        sides.other.id,
        proof="window",
        more=tuple(
            part
            for one in (sides.lasting, sides.other)
            for part in text_deed(one, _TO_PHONE, template="identity.window_merge", now=now)
        ),
        now=now,
    )
