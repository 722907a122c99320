"""Taking over: who enrols with a phone of her own finds the account that others had opened for her."""

from __future__ import annotations

from datetime import datetime

from tongban import audit, notices
from tongban.identity.actions.logging_in import Opened
from tongban.identity.actions.phones import letting_go
from tongban.identity.model import Account
from tongban.identity.model.hashes import number_hash
from tongban.identity.model.people import open_name, seal_name
from tongban.identity.store import accounts, children
from tongban.identity.store import taking_over as store
from tongban.kit.db import Database, write
from tongban.kit.i18n import N_, Message, both
from tongban.kit.outbox import announcing
from tongban.kit.web.sessions import making_room, opening_session
from tongban.notices import open_phone, seal_phone

_TOLD = (
    N_("{name}开始自己使用账户"),
    N_("{name}已经用自己的手机号启用账户，可以自己登录。您的代办权限不变，每一步双方都能看到。"),
)


async def take_over(db: Database, own: Account, *, now: datetime) -> Opened | None:
    """The account that a guardian or a window had opened for whom a checked enrolment is of becomes her own to use.

    Same id, so that everything in it stays. ``own`` is the enrolment, as it would have become an account. Who acts for
    her is told, and whoever had the phone until now loses it. None where there is no such account, or it is in use
    already.
    """
    kept = await store.kept_for(db, own.id)
    if kept is None:
        return None
    name, phone = open_name(own.name_sealed, own.id), open_phone(own.phone_sealed, own.id)
    account = Account(
        id=kept.id,
        role=kept.role,
        name_sealed=seal_name(name, kept.id),
        phone_sealed=seal_phone(phone, kept.id),
        level=own.level,
        password=own.password,
        department=None,
    )
    actor = account.actor()
    cookie, session = opening_session(actor, now=now)
    done = await write(
        db,
        store.taking_over(kept, own, phone_sealed=account.phone_sealed, name_sealed=account.name_sealed),
        store.checked_again(own.id),
        *store.ending_application(own.id, now=now),
        accounts.indexing_phone(number_hash("phone", phone), now=now),
        *await letting_go(db, own.id, now=now),
        audit.record(actor, "identity.come_of_age", subject=kept.id, reference=own.id, now=now),
        announcing("identity.opened", subject=kept.id, reference=kept.id, now=now),
        session,
        making_room(actor, now=now),
        *(
            notices.telling(
                recipient=agent,
                title=both(Message(_TOLD[0].msgid, {"name": actor.name})),
                body=both(Message(_TOLD[1].msgid, {"name": actor.name})),
                link=f"/my/acting/{power}",
                now=now,
            )
            for power, agent in await children.nearest(db, kept.id)
        ),
    )
    return None if done is None else Opened(actor, cookie)
