"""What other rooms ask about a person, and the accounts of the demo city."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from tongban import audit
from tongban.identity.actions import passwords
from tongban.identity.actions.children import phone_of
from tongban.identity.actions.holding import beside_account
from tongban.identity.actions.residence import holdings as residence_holdings
from tongban.identity.model import Account, DemoOfficer, DemoPerson, Person
from tongban.identity.model.cooling import cools_until
from tongban.identity.model.hashes import number_hash
from tongban.identity.model.levels import Way, until_of
from tongban.identity.model.own_account import OwnAccount
from tongban.identity.model.people import (
    LEVEL_CHECKED,
    LEVEL_PHONE,
    open_id_number,
    paper_hash,
    seal_id_number,
    seal_name,
)
from tongban.identity.model.refusals import PersonUnknown, PurposeGone
from tongban.identity.model.rights import POLICY
from tongban.identity.model.typed import staff_hash
from tongban.identity.store import (
    accounts,
    consents,
    corrections,
    duplicates,
    firms,
    levels,
    oidc,
    passkeys,
    phone_only,
    powers,
    residence,
    staff,
    window_recovering,
)
from tongban.identity.store.own_account import own_account as own
from tongban.kit import papers
from tongban.kit.acting import Eyes
from tongban.kit.db import Database, write
from tongban.kit.ids import bucket_of, new_bucket, new_id
from tongban.kit.policy import SYSTEM, Actor, Relation, Role, staff_role
from tongban.notices import open_phone, seal_phone


async def person(db: Database, who: UUID) -> Person:
    """The resident's own account; raises PersonUnknown. For her own pages and acts, and the house's letters.

    Who has no phone of her own is reached by her guardian's or her family's: ``phone`` is empty where there is none.
    """
    found = await accounts.person(db, who)
    if found is None:
        raise PersonUnknown
    return await _reached(db, found)


async def _reached(db: Database, who: Person) -> Person:
    return who if who.phone else msgspec.structs.replace(who, phone=await phone_of(db, who.id))


async def own_account(db: Database, actor: Actor, *, now: datetime) -> OwnAccount:
    """The actor's account as her own page shows it; raises PersonUnknown. One statement for who has a phone.

    Who acts for her and is no guardian reads neither address nor area: nothing that an agent does needs it here.
    """
    POLICY.require(actor, "identity.account", Relation.OWN)
    assert actor.id is not None
    found = await own(db, actor.id)
    if found is None:
        raise PersonUnknown
    who, residence, recovered_at = found
    seen = residence if actor.eyes in (Eyes.OWNER, Eyes.GUARDIAN) else None
    return OwnAccount(await _reached(db, who), seen, cools_until(recovered_at, now=now))


async def masked_names(db: Database, who: Collection[UUID]) -> dict[UUID, str]:
    """The names of residents as lists of the desk show them, masked; a firm's is public and stays whole.

    One statement, whatever the number. Raises PersonUnknown where one of them has no account.
    """
    found = await accounts.names(db, who)
    if not set(who) <= found.keys():
        raise PersonUnknown
    return {one: name if firm else papers.mask_name(name) for one, (name, firm) in found.items()}


async def phone_sealed_of(db: Database, who: UUID) -> bytes:
    """The phone by which the account's holder is reached, sealed, as notices.texting takes it; raises PersonUnknown.

    Who has none of her own is reached by her guardian's or her family's; who has neither gets no text messages.
    """
    sealed = await accounts.phone_sealed(db, who)
    if sealed is None:
        raise PersonUnknown
    return sealed if open_phone(sealed, who) else seal_phone(await phone_of(db, who), who)


async def paper_of(
    db: Database, *, person: UUID, purpose: UUID | None, now: datetime, actor: Actor = SYSTEM
) -> papers.Paper:
    """A resident's paper with its number in the clear, or a firm's code, and a ledger row: a reading under
    ``purpose``, which must stand.

    Without a purpose it is an act of the person herself (``actor``). Raises PurposeGone or PersonUnknown.
    """
    if purpose is not None and await audit.standing_purpose(db, id=purpose, subject=person, now=now) is None:
        raise PurposeGone
    if purpose is None and actor.role is Role.RESIDENT and actor.id != person:
        raise PersonUnknown
    row = await write(
        db,
        accounts.reading_paper(person),
        audit.record(
            actor,
            "identity.read_id_number",
            subject=person,
            reference=person,
            purpose=purpose,
            kind="act" if purpose is None else "read",
            detail={"fields": ["id_number"]},
            now=now,
        ),
    )
    if row is None:
        raise PersonUnknown
    if row["code"] is not None:
        return papers.Paper(papers.FIRM, row["code"])
    number = open_id_number(row["id_number_sealed"], person)
    return papers.Paper(row["paper_kind"], number, row["paper_country"])


async def load_demo(
    db: Database,
    people: Sequence[DemoPerson],
    officers: Sequence[DemoOfficer],
    *,
    password: str,
    now: datetime,
) -> int:
    """Open the demo city's accounts, all with one password, hashed once; gives how many were new. Idempotent."""
    stored = await passwords.shared(password)
    new = 0
    for one in people:
        new += await _open_resident(db, one, stored, now=now)
    for officer in officers:
        new += await _open_officer(db, officer, stored, now=now)
    return new


async def actor_of(db: Database, *, kind: Literal["id_number", "phone", "username"], value: str) -> Actor:
    """Who acts when the account of this ID number, phone or log-in name does: for loaders that act in its name.

    Raises PersonUnknown.
    """
    hash_ = staff_hash(value) if kind == "username" else number_hash(kind, value)
    found = await accounts.account_by_claim(db, hash_)
    if found is None:
        raise PersonUnknown
    return found.actor()


async def found(db: Database, hashes: Sequence[bytes]) -> dict[bytes, UUID]:
    """Whose these numbers are (:func:`paper_hash`), where they have an account: for the house's own letters.

    Whether somebody has an account is told to nobody else: a page must read the same with and without. The department
    that has to reach an interested person is, under a purpose of its own and with a ledger row of hers.
    """
    return await accounts.residents_by_claims(db, hashes)


async def _open_resident(db: Database, one: DemoPerson, stored: str, *, now: datetime) -> bool:
    who = new_id(new_bucket())
    claim = "id_number" if one.paper_kind in papers.NUMBERED_AS_CITIZENS else "paper"
    account = Account(
        id=who,
        role=Role.RESIDENT,
        name_sealed=seal_name(one.name, who),
        phone_sealed=seal_phone(one.phone, who),
        level=one.level,
        password=stored,
        department=None,
    )
    vetted = levels.noting_of_new(
        level=one.level,
        way=Way.WINDOW,
        reference="demo",
        seen=one.paper_kind,
        check=new_id(bucket_of(who)),
        until=until_of(Way.WINDOW, now=now),
        now=now,
    )
    done = await write(
        db,
        accounts.claiming(paper_hash(one.paper), claim, who, now=now),
        accounts.claiming_older(paper_hash(one.paper), claim, now=now),
        accounts.adding_account(account, now=now),
        accounts.adding_person(one.paper, number_sealed=seal_id_number(one.id_number, who), now=now),
        accounts.indexing_phone(number_hash("phone", one.phone), now=now),
        audit.record(SYSTEM, "identity.load_demo", subject=who, reference=who, now=now),
        *((vetted,) if one.level > LEVEL_CHECKED else ()),
        *((residence.adding(who, one.residence, now=now),) if one.residence else ()),
    )
    return done is not None


async def _open_officer(db: Database, one: DemoOfficer, stored: str, *, now: datetime) -> bool:
    who = new_id(new_bucket())
    account = Account(
        id=who,
        role=staff_role(one.duties),
        name_sealed=seal_name(one.name, who),
        phone_sealed=seal_phone(one.phone, who),
        level=0,
        password=stored,
        department=one.department,
        duties=frozenset(one.duties),
    )
    done = await write(
        db,
        accounts.claiming(staff_hash(one.username), "username", who, now=now),
        accounts.adding_account(account, now=now),
        accounts.adding_staff(
            username=one.username, department=one.department, duties=one.duties, hall=one.hall, now=now
        ),
        staff.claiming_phone(number_hash("staff_phone", one.phone), now=now),
        audit.record(SYSTEM, "identity.load_demo", subject=who, reference=who, now=now),
    )
    return done is not None


async def holdings(db: Database, who: UUID) -> list[dict[str, Any]]:
    """A person's account in the clear, for the copy that she may ask for (PIPL art. 45)."""
    found, ladder = await accounts.person(db, who), await levels.ladder(db, who)
    if found is None:
        return await _phone_holdings(db, who)
    checks = () if ladder is None else ladder.checks
    return [
        {
            "name": found.name,
            "paper_kind": found.paper_kind,
            "paper_country": found.country,
            "id_number": found.id_number,
            "phone": found.phone,
            "level": found.level,
            "as_of": found.as_of,
            "checked_at": found.checked_at,
            "passkeys": [
                {"name": one.name, "made_at": one.made_at, "last_used_at": one.last_used_at}
                for one in await passkeys.of_account(db, who)
            ],
            "former": [
                {
                    "name": one.name,
                    "paper_kind": one.paper.kind,
                    "paper_country": one.paper.country,
                    "id_number": one.paper.number,
                    "since": one.since,
                    "until": one.until,
                    "source": one.source,
                }
                for one in await corrections.former(db, who)
            ],
            "other_papers": [
                {"paper_kind": one.paper_kind, "as_of": one.as_of} for one in await duplicates.others(db, who)
            ],
            **await residence_holdings(db, who),
            **await beside_account(db, who),
            "firms_asked": await firms.bindings(db, who),
            "represents": [
                {"firm": one.principal_name, "basis": one.basis, "since": one.starts_at, "until": one.until}
                for one in await powers.held(db, (who,))
                if one.kind == "representative"
            ],
            "recovered_at_window": await window_recovering.done_for(db, who),
            "level_checks": [
                {
                    "level": one.level,
                    "way": one.way,
                    "seen": one.seen,
                    "at": one.checked_at,
                    "until": one.until,
                }
                for one in checks
            ],
        },
        *await oidc.holdings(db, who),
        *await consents.holdings(db, who),
    ]


async def _phone_holdings(db: Database, who: UUID) -> list[dict[str, Any]]:
    held = await phone_only.living(db, who)
    if held is None:
        return []
    return [
        {
            "phone": open_phone(held.phone_sealed, who),
            "level": LEVEL_PHONE,
            **await beside_account(db, who),
        },
        *await consents.holdings(db, who),
    ]
