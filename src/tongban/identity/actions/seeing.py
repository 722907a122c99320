"""Who stands at a window: found by the original of her paper, and known to the population register as she is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from tongban import audit
from tongban.identity.actions.asking_register import asking_parts, register_answer
from tongban.identity.model import Person
from tongban.identity.model.hashes import number_hash, spellings
from tongban.identity.model.people import paper_hash
from tongban.identity.model.seen import Seen, faults_of, name_fault, no_account
from tongban.identity.model.window import WindowInvalid
from tongban.identity.model.window_recovering import REGISTER_SAYS, OwnMatter, WindowSourceAway
from tongban.identity.store import accounts, kin
from tongban.kit import clock
from tongban.kit.db import Database, Part, write
from tongban.kit.errors import Words
from tongban.kit.ids import bucket_of, new_id
from tongban.kit.policy import Actor
from tongban.notices import open_phone

#: 个人信息保护法 (PIPL) art. 13(1)(1), 14: she is there and asks for it.
BASIS = "个人信息保护法第十三条第一款第一项：个人当面申请办理"


async def seen_at_window(
    db: Database,
    actor: Actor,
    seen: Seen,
    *,
    faults: Mapping[str, Words],
    item: str,
    phone: str = "",
    now: datetime,
) -> Person:
    """The account of whom the officer saw; ``faults`` are those of the rest of the form, told together.

    The register is asked for name and paper under a purpose of the person's, ``item`` being what for; where a ``phone``
    is to be bound it must be hers by the register too. Raises WindowInvalid, OwnMatter, WindowSourceAway. Five round
    trips besides the register's own.
    """
    if told := {**faults_of(seen, today=clock.city_day(now)), **faults}:
        raise WindowInvalid(told)
    hash_ = paper_hash(seen.paper)
    owner = (await accounts.residents_by_claims(db, [hash_])).get(hash_)
    person = None if owner is None else await accounts.person(db, owner)
    if person is None:
        raise WindowInvalid({"number": no_account()})
    if fault := name_fault(seen.name, person.name):
        raise WindowInvalid({"name": fault})
    await must_be_another(db, actor, person, *filter(None, [phone]))
    await _register_must_agree(db, actor, person, seen, item=item, phone=phone, now=now)
    return person


async def must_be_another(db: Database, actor: Actor, person: Person, *phones: str) -> None:
    """Raise OwnMatter where it is one by :func:`own_matter`."""
    if await own_matter(db, actor, person, *phones):
        raise OwnMatter


async def own_matter(db: Database, actor: Actor, person: Person, *phones: str) -> bool:
    """Whether the one is the other, or her kin: another officer's eyes look then 回避.

    One phone is one person's, and with a second phone the name may tell; kin is who guards the other, or acts for her
    as family. ``phones``: others that are meant. Two statements.
    """
    own = await own_phone(db, actor)
    if actor.name == person.name:
        return True
    if not own:
        return False
    return own in (person.phone, *phones) or await kin.close_to(
        db, spellings(number_hash("phone", own)), person.id
    )


async def own_phone(db: Database, actor: Actor) -> str:
    """The officer's own phone, as her account of staff has it."""
    assert actor.id is not None
    officer = await accounts.account_of_id(db, actor.id)
    return open_phone(officer.phone_sealed, officer.id) if officer else ""


async def _register_must_agree(
    db: Database, actor: Actor, person: Person, seen: Seen, *, item: str, phone: str, now: datetime
) -> None:
    purpose = new_id(bucket_of(person.id))
    about = asking_parts(
        actor, person.id, purpose, item=item, basis=BASIS, act="identity.see_at_window", now=now
    )
    await write(db, Part("SELECT 1 AS opened"), *about)
    said = await register_answer(
        db, purpose, subject=person.id, name=person.name, paper=seen.paper, phone=phone, now=now
    )
    await write(
        db,
        Part("SELECT 1 AS closed"),
        audit.closing_purpose(subject=person.id, reference=purpose, now=now),
    )
    if said is None:
        raise WindowSourceAway
    if not said.match:
        told = [REGISTER_SAYS.get(one, REGISTER_SAYS["unknown"]) for one in said.reasons]
        raise WindowInvalid(dict(told or [REGISTER_SAYS["unknown"]]))
