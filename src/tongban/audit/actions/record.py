"""Recording: the audit line of an action, and the purposes it opens and closes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from tongban.audit.model import Entry, EntryKind, Purpose, PurposeKind, check_detail
from tongban.audit.store import ledger, purposes
from tongban.kit.db import Bulk, Database, Part
from tongban.kit.ids import bucket_of, id_at, new_id
from tongban.kit.policy import Actor, Role


def record(
    actor: Actor,
    action: str,
    *,
    subject: UUID,
    reference: str | UUID,
    now: datetime,
    purpose: UUID | None = None,
    kind: EntryKind = "act",
    detail: Mapping[str, Any] | None = None,
) -> Part:
    """The part that writes one ledger row when the guard holds; it lies in the bucket of ``subject``.

    ``kind="read"`` for readings of personal data, which name their ``purpose``. ``detail`` holds codes and
    counts: an ID or phone number raises PersonalDataInLedger, a fraction TypeError.
    """
    if detail is not None:
        check_detail(detail)
    return ledger.appending(
        _entry(new_id(bucket_of(subject)), actor, action, subject, reference, purpose, kind, detail, now)
    )


def _entry(
    id: UUID,  # noqa: A002 - the row's own id
    actor: Actor,
    action: str,
    subject: UUID,
    reference: str | UUID,
    purpose: UUID | None,
    kind: EntryKind,
    detail: Mapping[str, Any] | None,
    at: datetime,
) -> Entry:
    return Entry(
        bucket_of(subject),
        id,
        at.astimezone(UTC),
        kind,
        (Role.SYSTEM if actor.order else actor.role).value,
        # Through which account she came; the subject is whose row it was. What the house does on her order is its own.
        None if actor.order else actor.lasting or actor.id,
        "" if actor.role is Role.RESIDENT else actor.name,
        actor.department,
        action,
        subject,
        str(reference),
        purpose,
        _with_agent(actor, detail),
    )


def _with_agent(actor: Actor, detail: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """What a row keeps besides: of a delegated act, which is the principal's, the agent and her power too; of what the
    house does on her order, the order."""
    acting = actor.acting
    if actor.order is not None:
        return {**(detail or {}), "order": str(actor.order)}
    if acting is None:
        return None if detail is None else dict(detail)
    agent = {"agent": str(acting.agent)} if acting.agent else {}
    return {**(detail or {}), **agent, "power": str(acting.power)}


class Act(NamedTuple):
    """What a synthetic affair leaves in the ledger: see :func:`record`."""

    actor: Actor
    action: str
    subject: UUID
    reference: str | UUID
    purpose: UUID | None
    kind: EntryKind
    at: datetime
    detail: Mapping[str, Any] | None = None


def many(acts: Iterable[Act], purposes_: Iterable[tuple[Purpose, datetime | None]]) -> tuple[Bulk, Bulk]:
    """Ledger rows and purposes of synthetic affairs, laid into the past: for loaders only.

    The rows carry their true hashes and lie unsealed as any others: the worker, or the loader itself, seals them into
    the chains with :func:`seal`. ``purposes_`` come with the instant at which each was closed.
    """
    entries = [
        _entry(
            id_at(bucket_of(act.subject), act.at),
            *(act.actor, act.action, act.subject, act.reference, act.purpose, act.kind, act.detail, act.at),
        )
        for act in acts
    ]
    return ledger.many(entries), purposes.many(purposes_)


def opening_purpose(
    *,
    id: UUID,  # noqa: A002 - the purpose's own id, as everywhere in the house
    kind: PurposeKind,
    subject: UUID,
    reference: str | UUID,
    item: str,
    fields: Sequence[str],
    basis: str,
    until: datetime,
    now: datetime,
) -> Part:
    """The part that opens a purpose together with the draft, case or act that it serves.

    ``id`` carries the bucket of ``subject``; ``fields`` are spelt ``resource.field``; ``until`` is the
    latest end, :func:`closing_purpose` ends it earlier.
    """
    return purposes.opening(
        Purpose(id, subject, kind, str(reference), item, tuple(fields), basis, now, until)
    )


def closing_purpose(*, subject: UUID, reference: str | UUID, now: datetime) -> Part:
    """The part that ends every open purpose of ``reference``, in the write that ends what it served.

    A purpose opened in the same write stays open, so a draft's purpose may give way to a case's.
    """
    return purposes.closing(subject=subject, reference=str(reference), now=now)


def reopening_purpose(*, id: UUID, subject: UUID, until: datetime) -> Part:  # noqa: A002 - the field's own name
    """The part that lets a closed purpose stand again: the affair that it was for goes on after all."""
    return purposes.reopening(purpose=id, subject=subject, until=until)


async def standing_purpose(db: Database, *, id: UUID, subject: UUID, now: datetime) -> Purpose | None:  # noqa: A002
    """The purpose ``id`` of ``subject`` when it stands at ``now``; None when closed, expired or another's."""
    return await purposes.standing(db, purpose=id, subject=subject, now=now)
