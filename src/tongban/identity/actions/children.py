"""Children: a parent names her child, the register of families answers, and she may act for it until it is of age."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from tongban import audit
from tongban.identity.actions.cooling import must_have_cooled
from tongban.identity.actions.telling import Said, page_of, tell
from tongban.identity.model import POLICY, Account, Person
from tongban.identity.model.ages import guarded_until
from tongban.identity.model.children import (
    ASK_AGAIN,
    KEPT,
    Child,
    Claim,
    Grounds,
    ParentNotConfirmed,
    TooManyClaims,
)
from tongban.identity.model.consent import GUARDIANSHIP
from tongban.identity.model.kin import Named, ParentCheck
from tongban.identity.model.people import LEVEL_CHECKED, paper_hash, seal_id_number, seal_name
from tongban.identity.model.powers import Power, PowerState
from tongban.identity.model.refusals import PersonUnknown
from tongban.identity.store import accounts, attempts, children, consents, powers, replacing
from tongban.kit import keys, papers
from tongban.kit.db import Database, DatabaseAway, DatabaseBusy, Part, write
from tongban.kit.errors import Unavailable
from tongban.kit.i18n import N_
from tongban.kit.ids import bucket_of, new_bucket, new_id
from tongban.kit.policy import SYSTEM, Actor, Relation, Role
from tongban.notices import seal_phone

ITEM = "identity.guard"
#: 个人信息保护法 art. 31: the guardian's consent; of a child from fourteen on, what guardians are bound to do.
_GROUNDS = Grounds(("kinship.parents",), "民法典第二十七条、第三十四条；个人信息保护法第三十一条", KEPT)
#: How the register of families is named as the ground of a power: its page says it in words.
KINSHIP = "kinship"
_BATCH = 100

_checks: list[ParentCheck] = []


def plug_parent_check(check: ParentCheck) -> None:
    """Tell this room how to ask the register of families; the house does it once per process."""
    _checks[:] = [check]


async def claim_child(db: Database, actor: Actor, child: Child, *, now: datetime) -> UUID | None:
    """A parent says that a child is hers; gives the power by which she acts for it, None while the register is away.

    Said again it is the same. An account is opened for a child who has none: nobody logs in to it. Raises
    ParentNotConfirmed, TooManyClaims, CoolingOff.
    """
    POLICY.require(actor, "identity.guard", Relation.OWN)
    assert actor.id is not None
    await must_have_cooled(db, actor, now=now)
    parent = await accounts.person(db, actor.id)
    if parent is None:
        raise PersonUnknown
    hash_ = paper_hash(child.paper)
    who = (await accounts.residents_by_claims(db, [hash_])).get(hash_)
    if who is not None and (standing := await standing_guard(db, who, parent.id, now=now)) is not None:
        return standing
    counted = attempts.counting_enrolment(
        keys.current().blind_index("enrol", f"child.{parent.id.hex}"), now=now
    )  # tries are counted, so that nobody finds out by trying
    claim = await keep_claim(
        *(db, actor, parent, child, who or new_id(new_bucket())), guard=counted, grounds=_GROUNDS, now=now
    )
    if claim is None:
        raise TooManyClaims
    return await _ask(db, claim, parent, now=now)


async def standing_guard(db: Database, child: UUID, guardian: UUID, *, now: datetime) -> UUID | None:
    """The power by which this guardian acts for this child already."""
    power = await guard_between(db, child, guardian, now=now)
    return None if power is None else power.id


async def guard_between(db: Database, child: UUID, guardian: UUID, *, now: datetime) -> Power | None:
    """The same with the paper or register on which it rests."""
    for one in await powers.living_given(db, child):
        if one.kind == "guardian" and one.agent == guardian and one.at(now) is PowerState.STANDING:
            return one
    return None


async def keep_claim(
    db: Database,
    actor: Actor,
    parent: Person,
    child: Child,
    who: UUID,
    *,
    guard: Part,
    grounds: Grounds,
    now: datetime,
) -> Claim | None:
    """Keep what a guardian says of a child, with her consent, and why registers may be asked about it; None where the
    guard is lost. It takes the place of what she said of the same child before; ``who`` is the account's id, the
    child's own or a new one."""
    hash_ = paper_hash(child.paper)
    earlier = await children.claim_of(db, parent.id, hash_)
    if earlier is not None:
        await write(db, *forgetting(earlier, now=now))
        who = earlier.child
    claim = Claim(
        id=new_id(bucket_of(parent.id)),
        guardian=parent.id,
        child=who,
        name=child.name,
        id_number=child.id_number,
        waits=True,
        purpose=new_id(bucket_of(who)),
        claimed_at=now,
        until=now + grounds.lasts,
        consent=child.consent,
    )
    kept = await write(
        db,
        guard,
        children.claiming(claim, hash_),
        audit.opening_purpose(
            id=claim.purpose,
            kind="own_act",
            subject=who,
            reference=claim.id,
            item=ITEM,
            fields=grounds.fields,
            basis=grounds.basis,
            until=claim.until,
            now=now,
        ),
        audit.record(
            actor,
            "identity.claim_child",
            subject=parent.id,
            reference=claim.id,
            detail={"consent": child.consent} if child.consent else None,
            now=now,
        ),
    )
    return None if kept is None else claim


def forgetting(claim: Claim, *, now: datetime) -> tuple[Part, Part]:
    """The guard that forgets a claim, and the end of the purpose under which registers were asked about it."""
    return (
        children.dropping(claim),
        audit.closing_purpose(subject=claim.child, reference=claim.id, now=now),
    )


async def _ask(db: Database, claim: Claim, parent: Person, *, now: datetime) -> UUID | None:
    """Ask the register of families; gives the power, None while it is away. Raises ParentNotConfirmed, also of whose
    guardianship a window has ended: by birth she is the parent all the same, and the register would say so."""
    last = await powers.last_of(db, claim.child, paper_hash(parent.paper), "guardian")
    if last is not None and last.state is PowerState.LAPSED:
        await _drop(db, claim, "identity.refuse_child", ["ended"], now=now)
        raise ParentNotConfirmed
    try:
        answer = await _checks[0](
            db,
            purpose=claim.purpose,
            subject=claim.child,
            child=Named(claim.name, claim.id_number),
            parent=Named(parent.name, parent.id_number),
            now=now,
        )
    except (DatabaseAway, DatabaseBusy):
        raise
    except Unavailable:
        await write(db, children.putting_off(claim, until=now + ASK_AGAIN))
        return None
    if not answer.match:
        await _drop(db, claim, "identity.refuse_child", answer.reasons, now=now)
        raise ParentNotConfirmed
    return await confirm(
        db,
        claim,
        parent,
        basis=KINSHIP,
        by=SYSTEM,
        as_of=answer.as_of or now,
        detail={"relation": answer.relation},
        said=_ANOTHER,
        now=now,
    )


async def _drop(
    db: Database, claim: Claim, action: str, reasons: Sequence[str], *told: Part, now: datetime
) -> None:
    await write(
        db,
        *forgetting(claim, now=now),
        audit.record(
            SYSTEM,
            action,
            subject=claim.guardian,
            reference=claim.id,
            detail={"reasons": list(reasons)},
            now=now,
        ),
        *told,
    )


def _nothing_more(_: Power) -> tuple[Part, ...]:
    return ()


async def confirm(
    db: Database,
    claim: Claim,
    parent: Person,
    *,
    basis: str,
    by: Actor,
    as_of: datetime,
    detail: dict[str, Any],
    said: Said,
    more: Callable[[Power], tuple[Part, ...]] = _nothing_more,
    now: datetime,
) -> UUID | None:
    """Found the power, and open the child's account where it has none; gives the power that stands then.

    Where the other parent was a moment faster, the account that he opened is the child's. ``basis`` is on what the
    power rests, ``by`` whose act it is, ``said`` what the child and its other guardians are told, ``more`` what is kept
    with the power.
    """
    for _ in range(2):
        hash_ = paper_hash(papers.Paper(papers.CITIZEN, claim.id_number))
        who = (await accounts.residents_by_claims(db, [hash_])).get(hash_)
        power = _power(claim, parent, who or claim.child, basis=basis, now=now)
        opening = () if who else opening_account(claim, hash_, as_of=as_of, now=now)
        try:
            await write(
                db,
                children.confirming(claim, who=power.principal, now=now),
                *opening,
                children.founding(power, agent_hash=paper_hash(parent.paper), by=parent.id, now=now),
                powers.holding(parent.id, power.id, now=now),
                *_consented(claim, power, by=by),
                audit.closing_purpose(subject=claim.child, reference=claim.id, now=now),
                *(
                    audit.record(
                        by,
                        "identity.guard",
                        subject=subject,
                        reference=power.id,
                        detail=detail,
                        now=now,
                    )
                    for subject in (power.principal, parent.id)
                ),
                *more(power),
                *await _telling(db, power, said, now=now),
            )
        except asyncpg.UniqueViolationError as twin:
            if twin.constraint_name != "id_index_pkey" and not replacing.is_second(twin):
                raise
            continue
        break
    return await standing_guard(db, power.principal, parent.id, now=now)


def _consented(claim: Claim, power: Power, *, by: Actor) -> tuple[Part, ...]:
    """The part that keeps the guardian's consent, as of when she gave it and in the words of then."""
    if claim.consent is None:
        return ()
    return (
        consents.giving(
            GUARDIANSHIP,
            subject=power.principal,
            item=str(power.id),
            way="desk" if by.role is Role.OFFICER else "portal",
            given_by=power.agent,
            version=claim.consent,
            now=claim.claimed_at,
        ),
    )


def opening_account(claim: Claim, hash_: bytes, *, as_of: datetime, now: datetime) -> tuple[Part, ...]:
    """The parts that open a child's account: found by its number, without a password or a phone of its own."""
    child = claim.child
    account = Account(
        child, Role.RESIDENT, seal_name(claim.name, child), seal_phone("", child), LEVEL_CHECKED, "", None
    )
    paper = papers.Paper(papers.CITIZEN, claim.id_number)
    return (
        children.claiming_number(hash_, now=now),
        accounts.adding_account(account, now=now),
        accounts.adding_person(paper, number_sealed=seal_id_number(claim.id_number, child), now=as_of),
        audit.record(SYSTEM, "identity.open_account", subject=child, reference=claim.id, now=now),
    )


def _power(claim: Claim, parent: Person, who: UUID, *, basis: str, now: datetime) -> Power:
    return Power(
        id=new_id(bucket_of(who)),
        principal=who,
        agent=parent.id,
        principal_name=claim.name,
        agent_name=parent.name,
        kind="guardian",
        items=None,
        errands=None,
        most=None,
        basis=basis,
        starts_at=now,
        until=guarded_until(papers.birth_of(claim.id_number)),
        state=PowerState.STANDING,
        offered_at=now,
        answered_at=now,
        ended_at=None,
    )


_GUARDS = (
    N_("您可以为{child}办事了"),
    N_("{child}的监护关系已经核对。您可以在“代办与授权”里切换，为{child}办理；到其年满 18 周岁时自动结束。"),
)
_ANOTHER = (
    N_("{name}也可以为{child}办事了"),
    N_("公安亲属关系库核对了{name}与{child}的亲子关系。每一步都有记录，您都能看到。"),
)


async def _telling(db: Database, power: Power, said: Said, *, now: datetime) -> list[Part]:
    """The notices: to the guardian, to the child's other guardians, and to the child in its own inbox."""
    words: dict[str, object] = {"child": power.principal_name, "name": power.agent_name}
    assert power.agent is not None
    link = page_of(power.id)
    told = [tell(power.agent, _GUARDS, words, link=link, now=now)]
    others = [agent for _, agent in await children.nearest(db, power.principal) if agent != power.agent]
    told += [tell(one, said, words, link=link, now=now) for one in (*others, power.principal)]
    return told


_AGAIN = "/my/acting/child"
_NOT_CONFIRMED = (
    N_("没有核对上您与{child}的亲子关系"),
    N_("请核对孩子的姓名和号码后再试一次；确认无误的，请带户口簿或者出生医学证明到窗口办理。"),
)
_NO_ANSWER = (
    N_("没有核对到您与{child}的亲子关系"),
    N_(
        "公安亲属关系库七天没有应答，这次核对已经结束。您可以再试一次，或者带户口簿、出生医学证明到窗口办理。"
    ),
)


async def ask_again(db: Database, *, now: datetime) -> None:
    """Ask the register of families about the claims that it left unanswered; what stays so for a week is dropped."""
    for claim in await children.due(db, now=now, limit=_BATCH):
        told: dict[str, object] = {"child": papers.mask_name(claim.name)}
        parent = await accounts.person(db, claim.guardian)
        if parent is None or claim.until <= now:
            words = tell(claim.guardian, _NO_ANSWER, told, link=_AGAIN, now=now)
            await _drop(db, claim, "identity.drop_child", ["no_answer"], words, now=now)
            continue
        try:
            await _ask(db, claim, parent, now=now)
        except ParentNotConfirmed:
            words = tell(claim.guardian, _NOT_CONFIRMED, told, link=_AGAIN, now=now)
            await write(db, Part("SELECT 1 AS told"), words)


async def waiting_children(db: Database, actor: Actor) -> list[Claim]:
    """A parent's claims that wait for the register."""
    POLICY.require(actor, "identity.guard", Relation.OWN)
    assert actor.id is not None
    return await children.claims_of(db, actor.id)


async def phone_of(db: Database, who: UUID) -> str:
    """The phone by which somebody without one of her own is reached: her guardian's or her family's; else empty."""
    for _, agent in await children.nearest(db, who):
        found = await accounts.person(db, agent)
        if found is not None and found.phone:
            return found.phone
    return ""


async def guardians(db: Database, who: UUID) -> list[tuple[UUID, UUID]]:
    """Who acts for somebody as her guardian or her family, guardians first: the power and the agent of each."""
    return await children.nearest(db, who)
