"""Guardians whom the register of families could not confirm: an officer decides on the papers that she sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tongban import audit, regions
from tongban.identity.actions.asking_register import FIELDS, register_answer
from tongban.identity.actions.children import ITEM, confirm, forgetting, guard_between, keep_claim
from tongban.identity.actions.cooling import cooling_of
from tongban.identity.actions.seeing import must_be_another, seen_at_window
from tongban.identity.actions.telling import tell
from tongban.identity.model.children import (
    Child,
    Claim,
    Grounds,
    GuardianDecidedElsewhere,
    GuardianStands,
)
from tongban.identity.model.cooling import CoolingOff
from tongban.identity.model.founding import Shown, on_papers, papers_of
from tongban.identity.model.people import paper_hash
from tongban.identity.model.powers import BASES, Power
from tongban.identity.model.refusals import PersonUnknown
from tongban.identity.model.rights import POLICY
from tongban.identity.model.seen import Seen
from tongban.identity.model.window import WindowInvalid
from tongban.identity.model.window_recovering import WindowSourceAway
from tongban.identity.store import accounts, children
from tongban.kit import clock, files, papers
from tongban.kit.db import Database, Part, write
from tongban.kit.errors import Words
from tongban.kit.i18n import N_
from tongban.kit.idempotency import Remembering, answer_once
from tongban.kit.ids import new_bucket, new_id
from tongban.kit.policy import Actor, Relation

_GROUNDS = Grounds(
    FIELDS, "民法典第二十七条、第三十一条、第三十四条；个人信息保护法第三十一条", timedelta(hours=1)
)
_LINK = "/my/acting"
_SEEN_AT_WINDOW = (
    N_("{name}也可以为{child}办事了"),
    N_("窗口核对了{name}与{child}的关系证明原件。每一步都有记录，您都能看到；有异议的，请到窗口提出。"),
)
_REFUSED = (
    N_("窗口没有登记您对{child}的监护关系"),
    N_("窗口看过材料后没有登记。理由：{reason}。补齐材料后可以再来；有异议的，可以拨打热线。"),
)
_ASKED_IN_VAIN = (
    N_("有人申请登记为{child}的监护人，窗口没有登记"),
    N_("{name}到窗口申请为{child}办事，窗口看过材料后没有登记。您不用做什么。"),
)


async def found_guardian(
    db: Database,
    actor: Actor,
    *,
    seen: Seen,
    child: Child | None,
    shown: Shown | None,
    received: Sequence[files.Received],
    faults: Mapping[str, Words],
    now: datetime,
) -> UUID:
    """The papers show it: who was seen may act for the child from now on; gives the power. The same again is one.

    A child without an account gets one, once the population register knows its name and number. The child and its other
    guardians are told. Raises WindowInvalid, OwnMatter, WindowSourceAway, CoolingOff; GuardianStands where she stands
    on something else, GuardianDecidedElsewhere where another window took it up meanwhile.
    """
    POLICY.require(actor, "identity.found_guardian", Relation.ANY)
    parent = await seen_at_window(db, actor, seen, faults=faults, item=ITEM, now=now)
    assert child is not None and shown is not None
    if until := await cooling_of(db, parent.id, now=now):
        raise CoolingOff(until)
    hash_ = paper_hash(child.paper)
    who = await _child_of_another(db, actor, hash_)
    if who == parent.id:
        raise WindowInvalid({"child_id_number": N_("监护人和孩子是同一个人，请核对号码。")})
    basis = on_papers(shown)
    if who is not None and (standing := await guard_between(db, who, parent.id, now=now)) is not None:
        return await _the_same(db, standing, basis)
    guard = accounts.standing(parent.id)
    claim = await keep_claim(
        *(db, actor, parent, child, who or new_id(new_bucket())), guard=guard, grounds=_GROUNDS, now=now
    )
    if claim is None:
        raise PersonUnknown
    await _child_must_be_known(db, claim, now=now)

    def kept(power: Power) -> tuple[Part, ...]:
        named = [files.named(one, subject=power.principal, reference=power.id, now=now) for one in received]
        return (files.keeping(named),)

    founded = await confirm(
        db,
        claim,
        parent,
        basis=basis,
        by=actor,
        as_of=now,
        detail={"paper": shown.paper},
        said=_SEEN_AT_WINDOW,
        more=kept,
        now=now,
    )
    power = await _standing(db, hash_, parent.id, now=now)
    if founded is None or power is None:
        raise GuardianDecidedElsewhere
    return await _the_same(db, power, basis)


async def _child_of_another(db: Database, actor: Actor, child_hash: bytes) -> UUID | None:
    """The account of the child, where it has one. Raises OwnMatter where the officer is the child's kin: its other
    parent does not decide."""
    who = (await accounts.residents_by_claims(db, [child_hash])).get(child_hash)
    if who is not None and (child := await accounts.person(db, who)) is not None:
        await must_be_another(db, actor, child)
    return who


async def _standing(db: Database, child_hash: bytes, guardian: UUID, *, now: datetime) -> Power | None:
    who = (await accounts.residents_by_claims(db, [child_hash])).get(child_hash)
    return None if who is None else await guard_between(db, who, guardian, now=now)


async def _the_same(db: Database, standing: Power, basis: str) -> UUID:
    """The power that stands, where it rests on this very paper; else what stands, by whom and since when."""
    if standing.basis == basis:
        return standing.id
    raise await _stands(db, standing)


async def _stands(db: Database, power: Power) -> GuardianStands:
    shown = papers_of(power.basis)
    organ: Words = N_("系统")
    if shown is not None and shown.organ:
        organ = (await regions.department(db, shown.organ)).name
    return GuardianStands(
        power.agent_name,
        power.principal_name,
        basis=BASES.get(power.basis) or power.basis_in_words,
        organ=organ,
        since=f"{clock.city_time(power.starts_at):%Y-%m-%d %H:%M}",
    )


async def _child_must_be_known(db: Database, claim: Claim, *, now: datetime) -> None:
    """The population register knows a child of this name and number; else the claim is forgotten."""
    paper = papers.Paper(papers.CITIZEN, claim.id_number)
    said = await register_answer(
        db, claim.purpose, subject=claim.child, name=claim.name, paper=paper, now=now
    )
    if said is None or not said.match:
        await write(db, *forgetting(claim, now=now))
    if said is None:
        raise WindowSourceAway
    if not said.match:
        raise WindowInvalid(
            {"child_id_number": N_("人口库没有核对上孩子的姓名和号码。请照户口簿或者出生医学证明核对。")}
        )


async def refuse_guardian(
    db: Database,
    actor: Actor,
    *,
    seen: Seen,
    child: Child | None,
    reason: str,
    faults: Mapping[str, Words],
    key: str | None,
    now: datetime,
) -> None:
    """The papers do not show it: nothing is founded. Who asked is told why, the child's guardians that somebody did.

    ``key`` is the form's: the same again is one. Raises WindowInvalid, OwnMatter, WindowSourceAway; GuardianStands
    where she was entered meanwhile: she is not told no of what stands.
    """
    POLICY.require(actor, "identity.found_guardian", Relation.ANY)
    reason = reason.strip().rstrip("。.")
    more: dict[str, Words] = {}
    if not 4 <= len(reason) <= 500:
        more["reason"] = N_("请写明不予登记的理由，4 至 500 个字，本人会看到。")
    parent = await seen_at_window(db, actor, seen, faults={**faults, **more}, item=ITEM, now=now)
    assert child is not None
    hash_ = paper_hash(child.paper)
    who = await _child_of_another(db, actor, hash_)
    words: dict[str, object] = {"child": child.name, "name": parent.name, "reason": reason}
    others = [] if who is None else [agent for _, agent in await children.nearest(db, who)]
    told = [tell(parent.id, _REFUSED, words, link=_LINK, now=now)]
    told += [
        tell(one, _ASKED_IN_VAIN, words, link=_LINK, now=now)
        for one in (*others, *([who] if who else []))
        if one != parent.id
    ]

    async def act(remembering: Remembering) -> dict[str, Any]:
        done = await write(
            db,
            children.not_founded(paper_hash(parent.paper), hash_),
            *(
                audit.record(
                    actor,
                    "identity.refuse_guardian",
                    subject=one,
                    reference=actor.department or "",
                    now=now,
                )
                for one in dict.fromkeys((parent.id, who))
                if one is not None
            ),
            *told,
            *remembering({}),
        )
        if done is None:
            standing = await _standing(db, hash_, parent.id, now=now)
            raise GuardianDecidedElsewhere if standing is None else await _stands(db, standing)
        earlier = await children.claim_of(db, parent.id, hash_)
        if earlier is not None and earlier.waits:
            await write(db, *forgetting(earlier, now=now))
        return {}

    await answer_once(
        db,
        act,
        bucket=actor.bucket,
        caller=actor.caller,
        key=key,
        body=[child.id_number, child.name, reason],
        now=now,
    )
