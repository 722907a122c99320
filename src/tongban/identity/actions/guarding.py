"""Guarding: a guardian takes back what she agreed to for a child under fourteen, and acts for it no longer."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tongban import audit
from tongban.identity.actions.telling import Said, page_of, tell
from tongban.identity.model import POLICY
from tongban.identity.model.consent import GUARDIANSHIP, NoSuchPurpose
from tongban.identity.model.powers import Power, PowerState, ending_of
from tongban.identity.store import children, consents, powers
from tongban.kit.db import Database, Part, write
from tongban.kit.i18n import N_
from tongban.kit.outbox import announcing
from tongban.kit.policy import Actor, Relation
from tongban.kit.web.sessions import ending_power

_WITHDRAWN = (
    N_("{name}撤回了处理{child}信息的同意"),
    N_(
        "{name}在这里为{child}的代办已经结束。草稿仍是{child}的，已经提交的申请继续办理。"
        "监护关系没有改变；再次核对并同意后，可以重新办理。"
    ),
)


async def withdraw_for_child(db: Database, actor: Actor, *, child: UUID, power: UUID, now: datetime) -> None:
    """A guardian withdraws her consent for a child 撤回同意 (个人信息保护法 art. 15, 31).

    It ends her power at once, also from under a filled form. What was done by it stays lawful, and so does the other
    guardian's. Twice changes nothing. Raises NoSuchPurpose where she gave none for this child.
    """
    POLICY.require(actor, "identity.withdraw_consent", Relation.OWN)
    assert actor.id is not None
    given = await consents.given_for_children(db, actor.id)
    if not any((one.subject, one.item) == (child, str(power)) for one in given):
        raise NoSuchPurpose
    found = await powers.power_of(db, power, who=actor.id)
    stands = found is not None and found.state is PowerState.STANDING
    await write(
        db,
        consents.withdrawing_for_child(child, power, guardian=actor.id, now=now),
        *(
            audit.record(
                actor,
                "identity.withdraw_consent",
                subject=subject,
                reference=power,
                detail={"purpose": GUARDIANSHIP.code, "child": str(child)},
                now=now,
            )
            for subject in (child, actor.id)
        ),
        *(await _ending(db, actor, found, now=now) if found is not None and stands else ()),
    )


_CLOSED = (
    N_("{name}注销了账户，为{child}的代办已经结束"),
    N_(
        "{name}对处理{child}信息的同意同时撤回。{child}的草稿仍在，已经提交的申请继续办理；其他监护人的同意和代办不受影响。"
        "没有其他监护人在这里代办的，请另一位父母核对亲子关系后办理，或者到窗口办理。"
    ),
)


async def ending_with_account(db: Database, actor: Actor, found: Power, *, now: datetime) -> list[Part]:
    """The parts beside the end of a guardian's power whose account closes: her consent for the child ends with it
    (PIPL art. 15, 47); child and whoever guards it are told. The other guardian's consent is her own, and stands."""
    assert actor.id is not None
    return [
        consents.ending_for_child(found.principal, found.id, guardian=actor.id, now=now),
        audit.record(
            actor,
            "identity.withdraw_consent",
            subject=found.principal,
            reference=found.id,
            detail={"purpose": GUARDIANSHIP.code, "child": str(found.principal)},
            now=now,
        ),
        *await _telling(db, found, _CLOSED, but=frozenset({actor.id}), now=now),
    ]


async def _telling(
    db: Database,
    found: Power,
    about: Said,
    *,
    but: frozenset[UUID] = frozenset(),
    now: datetime,
) -> list[Part]:
    """The notices to the child and to whoever guards it."""
    words = {"name": found.agent_name, "child": found.principal_name}
    told = {found.principal, *(agent for _, agent in await children.nearest(db, found.principal))} - but
    return [tell(one, about, words, link=page_of(found.id), now=now) for one in sorted(told, key=str)]


async def telling_guardians(
    db: Database, actor: Actor, about: Said, *, link: str, now: datetime
) -> list[Part]:
    """The notices to a child's other guardians of what one of them does with its data; none where nobody acts for
    anybody. ``about``: title and body, with the places ``name`` (who acts) and ``child``.
    """
    if actor.acting is None or actor.id is None:
        return []
    words = {"name": actor.acting.agent_name, "child": actor.name}
    return [
        tell(agent, about, words, link=link, now=now)
        for _, agent in await children.nearest(db, actor.id)
        if agent != actor.acting.agent
    ]


async def _ending(db: Database, actor: Actor, found: Power, *, now: datetime) -> list[Part]:
    """The parts that end the power, and tell the child and whoever guards it."""
    assert actor.id is not None
    return [
        powers.ending_with(found.id, state=PowerState.REVOKED, by=actor.id, now=now),
        ending_power(found.holder, found.id, ending_of(PowerState.REVOKED)),
        *await _telling(db, found, _WITHDRAWN, now=now),
        announcing(
            "identity.power_ended",
            subject=found.principal,
            reference=found.id,
            payload={"why": ending_of(PowerState.REVOKED)},
            now=now,
        ),
    ]
