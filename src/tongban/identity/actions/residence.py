"""Hukou and residence on the account 户籍、居住: read, and asked of the register anew. Nobody types them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tongban import audit
from tongban.identity.actions.asking_register import FIELDS, asking_parts, register_answer
from tongban.identity.actions.enrolling import HOUSEHOLD
from tongban.identity.model.refusals import PersonUnknown, PurposeGone
from tongban.identity.model.residence import Kept, ResidenceUnasked, ResidenceUnknown
from tongban.identity.model.rights import POLICY
from tongban.identity.store import accounts
from tongban.identity.store import residence as store
from tongban.kit.db import Database, write
from tongban.kit.ids import bucket_of, new_id
from tongban.kit.policy import SYSTEM, Actor, Relation

ITEM = "identity.residence"
#: 个人信息保护法 (PIPL) art. 13(1)(1): she asks for it by the button.
BASIS = "个人信息保护法第十三条第一款第一项：取得个人的同意"
#: PIPL art. 8: what is kept of her must not be wrong for being old.
BASIS_OLD = "个人信息保护法第八条：保证个人信息的质量，避免因不准确、不完整造成不利影响"
_BATCH = 20


async def residence_for(
    db: Database, actor: Actor, *, subject: UUID, purpose: UUID, fields: Collection[str], now: datetime
) -> Kept | None:
    """What the account of a case's applicant keeps, to fill her form with: None where it keeps nothing.

    A reading under the case's ``purpose``, which must stand and cover ``fields`` (spelt ``resource.field``), with its
    ledger row: two statements. Raises PurposeGone.
    """
    standing = await audit.standing_purpose(db, id=purpose, subject=subject, now=now)
    if standing is None or not {*fields} <= {*standing.fields}:
        raise PurposeGone
    row = await write(
        db,
        store.reading(subject),
        audit.record(
            actor,
            "identity.read_residence",
            subject=subject,
            reference=standing.reference,
            purpose=purpose,
            kind="read",
            detail={"fields": sorted(fields)},
            now=now,
        ),
    )
    return None if row is None else store.kept_of(row, subject)


async def hukou_area(db: Database, actor: Actor) -> tuple[str, datetime] | None:
    """The area of the actor's own hukou (code of GB/T 2260) and as of when (UTC); None where the account keeps none.

    Read for herself, so without a row in the ledger; who acts for her learns nothing here.
    """
    POLICY.require(actor, "identity.account", Relation.OWN)
    assert actor.id is not None
    return await store.hukou_area(db, actor.id)


async def ask_residence(db: Database, actor: Actor, *, now: datetime) -> bool:
    """Ask the register anew; gives whether it was asked now: within an hour of the last question it is not.

    Raises ResidenceUnasked, after which it may be asked again at once, and ResidenceUnknown. Four round trips besides
    the register's.
    """
    POLICY.require(actor, "identity.ask_residence", Relation.ANY)
    assert actor.id is not None
    return await _ask(db, actor, actor.id, basis=BASIS, now=now)


async def ask_wanted(db: Database, *, now: datetime) -> None:
    """Ask about those who logged in with an old answer; a register that is away is asked again with the next turn."""
    for who in await store.wanted(db, limit=_BATCH):
        try:
            await _ask(db, SYSTEM, who, basis=BASIS_OLD, now=now)
        except ResidenceUnasked:
            return
        except (ResidenceUnknown, PersonUnknown):
            continue  # told on her page when she asks herself


async def _ask(db: Database, actor: Actor, who: UUID, *, basis: str, now: datetime) -> bool:
    owner = await accounts.person(db, who)
    if owner is None or owner.is_firm:
        raise PersonUnknown
    purpose = new_id(bucket_of(who))
    asked = await write(
        db,
        store.asking(who, now=now),
        *asking_parts(
            actor,
            who,
            purpose,
            item=ITEM,
            basis=basis,
            act="identity.ask_residence",
            fields=(*FIELDS, HOUSEHOLD),
            now=now,
        ),
    )
    if asked is None:
        return False
    said = await register_answer(
        db, purpose, subject=who, name=owner.name, paper=owner.paper, settled=True, now=now
    )
    told = said.residence if said is not None and said.match else None
    over = audit.closing_purpose(subject=who, reference=purpose, now=now)
    if said is None or told is None:
        await write(db, store.unasking(who, asked=now, wanted=said is None), over)
        raise ResidenceUnasked if said is None else ResidenceUnknown
    await write(
        db,
        store.telling(who, told, as_of=said.as_of or now, asked=now),
        over,
        audit.record(actor, "identity.keep_residence", subject=who, reference=purpose, now=now),
    )
    return True


async def holdings(db: Database, who: UUID) -> dict[str, Any]:
    """What is kept, in the clear, for the copy that she may ask for (PIPL art. 45)."""
    found = await store.kept(db, who)
    if found is None or found.residence is None:
        return {}
    return {"residence": msgspec.structs.asdict(found.residence) | {"as_of": found.as_of}}
