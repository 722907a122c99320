"""Changing a licence that stands: suspend, resume, revoke, cancel, expire. Each re-signs the row."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from tongban import audit, notices
from tongban.kit import keys, outbox
from tongban.kit.db import Database, Part, write
from tongban.kit.i18n import Text
from tongban.kit.ids import bucket_of
from tongban.kit.not_allowed import NotAllowed
from tongban.kit.policy import SYSTEM, Actor, Relation, Role, relation_to
from tongban.licences import store
from tongban.licences.actions.types import licence_type
from tongban.licences.actions.whose import another_decides, issuer_for, whose_it_is
from tongban.licences.model import (
    LIFE,
    OWN,
    POLICY,
    TAKEN,
    Decision,
    GroundNotNamed,
    Heard,
    Licence,
    LicenceMovedOn,
    LicenceType,
    LicenceUnknown,
    Missing,
    Move,
    ReasonMissing,
    RowAltered,
    State,
    Statement,
    after,
    grounds_of,
    moved,
    row_holds,
)
from tongban.licences.model.afterwards import AS_ASKED

_DONE: dict[Move, Text] = {
    Move.SUSPEND: Text("已挂起，暂停使用", "has been suspended"),
    Move.RESUME: Text("已恢复使用", "may be used again"),
    Move.REVOKE: Text("已被撤销", "has been revoked"),
    Move.RETRACT: Text("已被撤回", "has been withdrawn in the public interest"),
    Move.CANCEL: Text("已注销", "has been cancelled"),
    Move.EXPIRE: Text("已到期", "has expired"),
}


async def revoke(
    db: Database,
    actor: Actor,
    *,
    licence: UUID,
    reason: str,
    ground: str | None = None,
    heard: Statement | None = None,
    now: datetime,
) -> Licence:
    """撤销: the grant was unlawful (行政许可法 art. 69). Gives the licence as it stands now.

    Only an officer of the issuing department who approves there, and not who granted it herself where different people
    examine and decide (:func:`another_decides`); ``reason`` (5–200 characters) is shown to the holder, behind the
    ground that the law names, by its code, where one was chosen, and before how she was ``heard``
    (行政许可法 art. 7), where that was asked. Raises LicenceUnknown, NotAllowed, ReasonMissing, GroundNotNamed,
    MoveRefused, RowAltered, LicenceMovedOn.
    """
    return await _by_officer(
        db, actor, Move.REVOKE, licence=licence, reason=reason, ground=ground, heard=heard, now=now
    )


async def cancel(
    db: Database, actor: Actor, *, licence: UUID, reason: str, ground: str | None = None, now: datetime
) -> Licence:
    """注销: the right has lapsed, for instance by death or moving away (行政许可法 art. 70). As :func:`revoke`.

    One that was revoked, withdrawn or taken away is entered as cancelled 注销手续, on that ground alone (art. 70(4)).
    """
    return await _by_officer(db, actor, Move.CANCEL, licence=licence, reason=reason, ground=ground, now=now)


async def retract(
    db: Database,
    actor: Actor,
    *,
    licence: UUID,
    reason: str,
    ground: str,
    compensation: str,
    heard: Statement | None = None,
    now: datetime,
) -> Licence:
    """撤回: lawfully granted, taken back in the public interest since law or facts have changed (行政许可法 art. 8(2)).

    ``compensation`` (5–200 characters) says how the holder's losses are made good; she reads it behind the reason.
    As :func:`revoke`.
    """
    return await _by_officer(
        *(db, actor, Move.RETRACT),
        licence=licence,
        reason=reason,
        ground=ground,
        compensation=" ".join(compensation.split()),
        heard=heard,
        now=now,
    )


async def suspend(
    db: Database,
    actor: Actor,
    *,
    licence: UUID,
    reason: str,
    ground: str | None = None,
    basis: str = "",
    heard: Statement | None = None,
    now: datetime,
) -> Licence:
    """挂起: not to be used until resumed. As :func:`revoke`, though who granted it may do it too.

    Where the ground is none that the law of its kind names (``OWN``), ``basis`` (5–200 characters) is the law that the
    organ stands on; it is kept behind the reason.
    """
    return await _by_officer(
        *(db, actor, Move.SUSPEND),
        licence=licence,
        reason=reason,
        ground=ground,
        basis=" ".join(basis.split()) if ground == OWN else None,
        heard=heard,
        now=now,
    )


async def resume(db: Database, actor: Actor, *, licence: UUID, reason: str, now: datetime) -> Licence:
    """恢复: a suspended licence may be used again. As :func:`revoke`."""
    return await _by_officer(db, actor, Move.RESUME, licence=licence, reason=reason, now=now)


async def expire(db: Database, *, licence: UUID, now: datetime) -> Licence:
    """到期失效, written down by the system. Readers need not wait for it: ``state_on`` reads the last day itself."""
    POLICY.require(SYSTEM, "licences.expire", Relation.ANY)
    before = await sound_licence(db, licence)
    return await change(db, SYSTEM, before, Move.EXPIRE, reason="", now=now)


async def cancel_asked(
    db: Database, *, licence: UUID, case: UUID, code: str, mark: Part, now: datetime
) -> None:
    """注销 because the holder asked for it and it was granted: by the system, once (行政许可法 art. 70).

    ``case`` and its ``code`` are those that asked; ``mark`` says that the news of it has had its effect. One that was
    ended meanwhile is left as it is. Raises LicenceUnknown, RowAltered, LicenceMovedOn.
    """
    before = await sound_licence(db, licence)
    end = store.settling(holder=before.holder, reference=case, now=now)
    if before.state in TAKEN or before.state not in LIFE[Move.CANCEL].sources:
        if await write(db, store.unchanged(before), end, mark) is None:
            raise LicenceMovedOn
        return
    reason = f"{AS_ASKED}（受理编码 {code}）。"
    await change(db, SYSTEM, before, Move.CANCEL, end, mark, reason=reason, now=now)


async def for_change(
    db: Database, actor: Actor, *, licence: UUID, move: Move | None, now: datetime
) -> Licence:
    """The licence that an officer is about to change, for the page that asks for the reason; whose it is to change
    says :func:`whose_it_is`. ``move`` None is for what was refused, to be shown as it stands with what was typed.

    Read with its ledger row, which the holder sees. Raises MoveRefused when it does not stand where the move
    starts, LicenceMovedOn when it was changed while it was read; else as :func:`revoke`.
    """
    found, _ = await _of_her_department(db, actor, licence, action="licences.look")
    if move is not None:
        after(found.state, move)
    noted = audit.record(
        actor,
        "licences.look",
        subject=found.holder,
        reference=found.id,
        purpose=found.id,
        kind="read",
        detail={"fields": ["type_code", "number", "identifier", "state", "valid_until"]},
        now=now,
    )
    if await write(db, store.unchanged(found), noted) is None:
        raise LicenceMovedOn
    return found


async def _of_her_department(
    db: Database, actor: Actor, licence: UUID, *, action: str
) -> tuple[Licence, str]:
    """One that another department issued is as unknown to an officer as one that is not there, unless hers has taken
    over its office. Gives the licence and as which department she acts on it."""
    found = await sound_licence(db, licence)
    issuer = await issuer_for(db, actor, found)
    relation = relation_to(actor, department=issuer)
    if actor.role is Role.OFFICER and relation is Relation.OTHER:
        raise LicenceUnknown
    if action == "licences.change" and (reserved := await whose_it_is(db, actor, department=issuer)):
        raise NotAllowed(reserved)
    POLICY.require(actor, action, relation)
    return found, issuer


async def sound_licence(db: Database, licence: UUID) -> Licence:
    """A licence whose row holds; raises LicenceUnknown or RowAltered."""
    found = await store.licence(db, bucket=bucket_of(licence), licence=licence)
    if found is None:
        raise LicenceUnknown
    if not row_holds(found, keys.current()):
        raise RowAltered
    return found


async def _by_officer(
    db: Database,
    actor: Actor,
    move: Move,
    *,
    licence: UUID,
    reason: str,
    ground: str | None = None,
    basis: str | None = None,
    compensation: str | None = None,
    heard: Statement | None = None,
    now: datetime,
) -> Licence:
    before, issuer = await _of_her_department(db, actor, licence, action="licences.change")
    own = (await licence_type(db, before.type_code)).suspended_on
    legal = grounds_of(move, own, state=before.state)
    words = " ".join(reason.split())
    _must_be_whole(legal, words, ground, basis, compensation, heard)
    if basis is not None:
        words = f"{words.rstrip('。')}。依据：{basis.rstrip('。')}。"
    if heard is not None:
        words = f"{words.rstrip('。')}。{heard.kept}"
    if another := await another_decides(db, actor, before, move):
        raise NotAllowed(another)
    decided = Decision(
        before.bucket,
        before.id,
        before.revision + 1,
        before.holder,
        before.reference,
        move,
        ground,
        words,
        compensation or "",
        issuer,
        actor.name,
        now,
    )
    kept = decided.kept_on(legal[ground] if ground else None)
    return await change(db, actor, before, move, store.deciding(decided), reason=kept, now=now)


def _must_be_whole(
    legal: Collection[str],
    reason: str,
    ground: str | None,
    basis: str | None,
    compensation: str | None,
    heard: Statement | None,
) -> None:
    """Raise ReasonMissing or GroundNotNamed with all that is missing; None is what this act does not ask.

    ``legal`` are the codes of the grounds of this act for licences of this type.
    """
    unnamed: list[Missing] = []
    if ground is not None and ground not in legal:
        unnamed.append("ground")
    if basis is not None and not _told(basis):
        unnamed.append("basis")
    if compensation is not None and not _told(compensation):
        unnamed.append("compensation")
    if heard is not None and heard.how not in {*Heard}:
        unnamed.append("heard")
    elif heard is not None and heard.how == Heard.UNHEARD and not _told(heard.why):
        unnamed.append("unheard")
    if unnamed:
        raise GroundNotNamed(*unnamed, more={} if _told(reason) else ReasonMissing().fields)
    if not _told(reason):
        raise ReasonMissing


def _told(words: str) -> bool:
    return 5 <= len(words) <= 200


async def change(
    db: Database,
    actor: Actor,
    before: Licence,
    move: Move,
    *parts: Part,
    reason: str,
    told: bool = True,
    news: Mapping[str, str] | None = None,
    to: State | None = None,
    now: datetime,
) -> Licence:
    """Write a move of a licence with its ledger row, its news and, where ``told``, a letter to the holder.

    ``news`` goes with the event besides licence, state, the state before and revision; ``to`` is where a reinstatement
    leads to. Raises MoveRefused, LicenceMovedOn.
    """
    kind = await licence_type(db, before.type_code)
    changed = moved(before, move, reason=reason, now=now, keys=keys.current(), to=to)
    written = await write(
        db,
        store.changing(before, changed),
        audit.record(
            actor,
            f"licences.{move}",
            subject=before.holder,
            reference=before.id,
            # The reason is in the signed row: the ledger keeps no free words.
            detail={"from": before.state, "to": changed.state, "revision": changed.revision},
            now=now,
        ),
        outbox.announcing(
            LIFE[move].event,
            subject=before.holder,
            reference=before.reference,
            payload={
                "licence": str(before.id),
                "state": changed.state,
                "was": before.state,
                "revision": changed.revision,
                **(news or {}),
            },
            now=now,
        ),
        *((_letter(kind, changed, move, now=now),) if told else ()),
        *parts,
    )
    if written is None:
        raise LicenceMovedOn
    return changed


def _letter(kind: LicenceType, changed: Licence, move: Move, *, now: datetime) -> Part:
    done, reason = _DONE[move], changed.state_reason
    return notices.telling(
        recipient=changed.holder,
        title=Text(f"{kind.name.zh}{done.zh}", f"Your {kind.name.en.lower()} {done.en}"),
        body=Text(
            f"理由：{reason.rstrip('。')}。" if reason else "详情请看证照页。",
            f"Reason: {reason}" if reason else "See the page of the licence.",
        ),
        link=f"/my/licences/{changed.id}",
        item=notices.OF_LICENCE,
        now=now,
    )
