"""The papers of what an issuer decides about a licence; and what is called off because its base has ended."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import structlog

from tongban import audit, notices
from tongban.kit.db import Database, Part, write
from tongban.kit.i18n import N_, both
from tongban.kit.policy import SYSTEM
from tongban.licences import store
from tongban.licences.actions.change import change
from tongban.licences.actions.types import licence_type
from tongban.licences.model import Decision, Licence, Move, State, state_words

log = structlog.get_logger("tongban.licences")


async def decision(db: Database, *, licence: UUID, revision: int | None) -> Decision | None:
    """What its issuer decided that brought the licence to this revision; None where nobody decided anything."""
    return None if revision is None else await store.decision(db, licence=licence, revision=revision)


def answering(decided: Decision, *, paper: str, number: str, now: datetime) -> Part:
    """The part that goes with making the paper of a decision: its holder finds it at ``paper`` from then on, and her
    programs know it by its ``number``."""
    return store.answering(decided, paper=paper, number=number, now=now)


async def left_to_the_issuer(db: Database, decided: Decision, *, mark: Part, now: datetime) -> None:
    """No case of the house can carry the paper (a licence that was taken over): the issuer serves it by hand.

    The holder is told so, the operator by the log and ``tongban doctor``. ``mark`` says that the event has had its
    effect. Idempotent.
    """
    title = N_("决定书由签发机关送达")
    body = N_(
        "这张证照的办件不在本平台，决定书不能在这里下载，由签发机关另行送达。期限从您收到决定书时起算。"
    )
    done = await write(
        db,
        store.left_to_the_issuer(decided, now=now),
        notices.telling(
            recipient=decided.holder,
            title=both(title),
            body=both(body),
            link=f"/my/licences/{decided.licence}",
            item=notices.OF_LICENCE,
            now=now,
        ),
        audit.record(
            SYSTEM, "licences.serve_by_hand", subject=decided.holder, reference=decided.licence, now=now
        ),
        mark,
    )
    if done is not None:
        log.warning(
            "a decision on a licence has no case to carry its paper: its issuer serves it",
            licence=str(decided.licence),
            department=decided.department,
        )


async def call_off(db: Database, making: Licence, base: Licence, *parts: Part, now: datetime) -> None:
    """A licence in the making whose base was ended for good meanwhile is not made 不再制作: it is cancelled.

    The news of it (``licences.cancelled``, was ``making``) names how and when the base ended; whoever asked for it is
    told by the case. Raises LicenceMovedOn.
    """
    assert making.state is State.MAKING
    kind = await licence_type(db, base.type_code)
    reason = N_(
        "被换发的{licence}{state}，新证不再制作。",
        licence=kind.name,
        state=state_words(base, base.state),
    )
    await change(
        db,
        SYSTEM,
        making,
        Move.CANCEL,
        *parts,
        reason=both(reason).zh,
        told=False,
        news={"base": base.state, "since": base.state_changed_at.isoformat()},
        now=now,
    )
