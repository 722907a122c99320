"""Verbs of the notices room: tell, text, read."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from tongban import audit
from tongban.kit.db import Bulk, Database, Part, write
from tongban.kit.i18n import Text
from tongban.kit.ids import bucket_of, new_id
from tongban.kit.outbox import Event, announcing
from tongban.kit.outbox import outdating as outdated
from tongban.kit.policy import SYSTEM, Actor, Relation
from tongban.notices import store
from tongban.notices.model import (
    MOST_COUNTED,
    PAGE,
    POLICY,
    WHOLE,
    Notice,
    NoticeUnknown,
    Reach,
    fitting,
    open_phone,
    open_words,
    reach_of,
    seal_words,
)
from tongban.notices.providers import sms
from tongban.settings import settings


def telling(
    *, recipient: UUID, title: Text, body: Text, link: str, item: str | None = None, now: datetime
) -> Part:
    """The part that tells ``recipient`` something in her inbox; ``link`` is a local path or empty.

    ``item`` is that of the case of hers that it is about, or ``OF_LICENCE``: who acts for her by a power for it reads
    it too. What is about none is hers alone, and her guardian's.
    """
    if link and (not link.startswith("/") or link.startswith("//")):
        raise ValueError(f"a notice links inside the house, not to {link!r}")
    notice = Notice(new_id(bucket_of(recipient)), title, body, link, now, None)
    return store.adding(notice, recipient=recipient, item=item)


def many(notices: Iterable[tuple[UUID, Notice]]) -> Bulk:
    """Notices of synthetic affairs, each with its recipient, to be copied in: for loaders only."""
    return store.many(notices)


def texting(
    *,
    recipient: UUID,
    phone_sealed: bytes,
    words: str,
    template: str,
    now: datetime,
    until: datetime | None = None,
) -> Part:
    """The part that sends an SMS once the write has happened; words past 500 characters are cut short.

    An SMS says the essential: what may be long belongs whole into :func:`telling`, to which the cut points.
    ``phone_sealed`` comes from :func:`seal_phone`; ``template`` is the code of the approved text. After
    ``until`` the message is worthless (a log-in code) and is dropped, not sent late.
    """
    return announcing(
        "notices.sms",
        subject=recipient,
        reference=template,
        payload={
            "phone": b64encode(phone_sealed).decode(),
            "words": seal_words(fitting(words), recipient),
            "template": template,
            "until": until,
        },
        now=now,
        outward=True,
    )


def outdating(*, recipient: UUID, template: str, now: datetime) -> Part:
    """The part after which an SMS of this kind that still waits for the gateway is dropped: a newer one says it all.

    Joined to the write that makes the newer one, so that after an outage one code comes, and it is the one that counts.
    """
    return outdated("notices.sms", subject=recipient, reference=template, now=now)


async def send_sms(db: Database, event: Event, *, mark: Part, now: datetime) -> None:
    """Hand the event's message to the gateway and note that it went; raises SmsAway or SmsRefused
    when it did not go. Too late, or to nobody's phone, it is dropped, and the ledger says why.

    Killed in between it goes again under the same id, which the gateway knows.
    """
    until = event.payload.get("until")
    phone = open_phone(b64decode(event.payload["phone"]), event.subject)
    # Without a number, because it is somebody else's by now or the account is closed, she is told in her inbox only.
    late = until is not None and datetime.fromisoformat(until) <= now
    dropped = late or not phone
    if not dropped:
        await sms.send(
            settings().sandbox_url,
            msg_id=event.id,
            phone=phone,
            text=open_words(event.payload["words"], event.subject),
            template=event.payload["template"],
        )
    await write(
        db,
        Part("SELECT 1 AS sent"),
        mark,
        audit.record(
            SYSTEM,
            "notices.drop_sms" if dropped else "notices.send_sms",
            subject=event.subject,
            reference=event.id,
            detail={"template": event.payload["template"]}
            | ({"why": "late" if late else "no_phone"} if dropped else {}),
            now=now,
        ),
    )


async def inbox(
    db: Database,
    recipient: UUID,
    *,
    also: Sequence[UUID] = (),
    before: UUID | None = None,
    limit: int = PAGE,
    reach: Reach = WHOLE,
) -> list[Notice]:
    """A page of a person's inbox, newest first; ``before`` is the last id of the page before.

    ``also``: the accounts merged into hers.
    ``reach``: how much of it who acts for her reads.
    """
    return await store.inbox(db, (recipient, *also), limit=limit, before=before, reach=reach)


async def unread(db: Database, recipient: UUID, *, also: Sequence[UUID] = (), reach: Reach = WHOLE) -> int:
    """How many notices a person has not read, up to 100; ``also`` and ``reach`` as in :func:`inbox`."""
    return await store.unread(db, (recipient, *also), most=MOST_COUNTED, reach=reach)


async def read_notice(db: Database, actor: Actor, *, notice: UUID, now: datetime) -> str:
    """Mark one of the actor's own notices as read; gives its link. Raises NoticeUnknown."""
    POLICY.require(actor, "notices.read_notice", Relation.OWN)
    if actor.id is None or bucket_of(notice) != actor.bucket:
        raise NoticeUnknown
    row = await write(
        db,
        store.reading(notice, recipient=actor.id, reach=reach_of(actor), now=now),
        audit.record(actor, "notices.read_notice", subject=actor.id, reference=notice, now=now),
    )
    if row is None:
        raise NoticeUnknown
    return str(row["link"])
