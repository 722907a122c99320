"""Residents with a finished draft and an open session each, made fast. Bench data: not a loader of the product.

``python -m bench.crowd --count N --out people.jsonl`` in the environment of a running house. One prototype goes the
real way: a person of the sandbox, her draft, what the registers say, her answers. The others are her clones: own
account, own number and phone, own case with the answers sealed for it, own purpose, own session. A clone's rows go in
below the rooms' doors, in bulk, which nothing but a bench may do; what is measured afterwards walks through the doors.
"""

from __future__ import annotations

import argparse
import asyncio
import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import msgspec

from tongban import cases, catalogue, identity, notices, regions, rooms
from tongban.cases import store as case_store
from tongban.cases.model import Case
from tongban.cases.model.facts import Heard, stored
from tongban.identity.model import people
from tongban.kit import clock, forms, keys
from tongban.kit.db import Database, Part, connect
from tongban.kit.ids import new_bucket, new_id
from tongban.kit.policy import OFFICERS_DUTIES, Actor, Role
from tongban.kit.web.sessions import opening_session
from tongban.settings import settings

ITEM = "residence_permit"
_AT_ONCE = 1000


class Draft(msgspec.Struct, frozen=True):
    """A resident ready to submit, as a client of the bench needs her."""

    case: UUID
    applicant: UUID
    phone: str
    cookie: str
    csrf: str

    @property
    def path(self) -> str:
        """Where her draft stands."""
        return f"/apply/{ITEM}/{self.case}"


class Prototype(msgspec.Struct, frozen=True):
    """The one who went the real way, and what her clones share with her."""

    actor: Actor
    case: Case
    answers: dict[str, Any]
    facts: dict[str, Heard]
    name: str
    department: str
    phone: str


async def prototype(db: Database, *, now: datetime) -> Prototype:
    """Take a person of the sandbox to a finished draft through the rooms' doors."""
    # The first question after a start finds the outside world still sorting its people.
    async with httpx.AsyncClient(base_url=settings().sandbox_url, timeout=60) as sandbox:
        answer = await sandbox.post("/cast/take", json={"situation": "eligible_work", "by": "bench"})
        taken = answer.raise_for_status().json()
    person = identity.DemoPerson(taken["name"], taken["id_number"], taken["phone"])
    await identity.load_demo(db, [person], [], password=secrets.token_urlsafe(), now=now)
    actor = await identity.actor_of(db, kind="id_number", value=person.id_number)
    assert actor.id is not None
    case_id = await cases.start(db, actor, item=ITEM, now=now)
    sheet = await cases.save(
        db,
        actor,
        case_id=case_id,
        posted={
            "ground": "work",
            "phone": taken["phone"],
            "collection": "courier",
            "card_address": taken["facts"]["residence"]["residence_address"],
            "declaration": "on",
        },
        version=None,
        now=now,
    )
    faults = sheet.faults(now=now)
    if faults:
        raise RuntimeError(f"the prototype's draft has faults: {sorted(faults)}")
    case = await case_store.case_of(db, case_id=case_id, applicant=actor.id)
    assert case is not None
    version = await catalogue.version(db, case.item, case.item_version)
    district = str(sheet.answers[version.district_field])
    department = await regions.department_for(db, kind=version.department_kind, district=district)
    return Prototype(
        actor, case, dict(sheet.answers), sheet.facts, taken["name"], department.code, taken["phone"]
    )


async def drafts(db: Database, model: Prototype, count: int, *, now: datetime) -> list[Draft]:
    """``count`` clones of the prototype, each with a draft of her own."""
    made: list[Draft] = []
    version = await catalogue.version(db, model.case.item, model.case.item_version)
    form = forms.compile_form(version.form)
    while len(made) < count:
        rows: dict[str, list[tuple[Any, ...]]] = {}
        numbers = range(len(made), min(len(made) + _AT_ONCE, count))
        made += [_clone(model, form, version, number, rows, now=now) for number in numbers]
        for table, records in rows.items():
            await _put(db, table, records)
    # A bulk load without statistics is scanned sequentially, even by primary key (design §1).
    await db.run("ANALYZE")
    return made


def _clone(
    model: Prototype,
    form: forms.Form,
    version: catalogue.ItemVersion,
    number: int,
    rows: dict[str, list[tuple[Any, ...]]],
    *,
    now: datetime,
) -> Draft:
    bucket = new_bucket()
    who, case_id, purpose = new_id(bucket), new_id(bucket), new_id(bucket)
    phone, id_number = f"199{number:08d}", _id_number(number)
    typed = {**model.answers, "id_number": id_number, "phone": phone}
    answers = forms.seal_answers(form, typed, keys.current(), case_id.bytes)
    actor = msgspec.structs.replace(model.actor, id=who)
    cookie, session = opening_session(actor, now=now)
    case = msgspec.structs.replace(
        model.case,
        bucket=bucket,
        id=case_id,
        applicant=who,
        answers=answers,
        facts=stored(model.facts, form, keys.current(), case_id.bytes),
        purpose=purpose,
    )
    for table, record in (
        ("identity.account", _account(who, model.name, phone, now=now)),
        ("identity.person", _person(who, id_number, now=now)),
        ("audit.purpose", _purpose(case, version, now=now)),
        ("cases.case", _case(case)),
        ("kit.session", _session(session)),
    ):
        rows.setdefault(table, []).append(record)
    return Draft(case_id, who, phone, cookie, keys.current().csrf(cookie.encode()))


def _id_number(number: int) -> str:
    """A number whose check digit holds (GB 11643) of somebody who is not in the registers."""
    body = f"340123{1960 + number % 40:04d}01{1 + number // 40 % 28:02d}{number % 1000:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


#: Columns and their types, in the order in which the records below are built.
_COLUMNS = {
    "identity.account": "bucket smallint, id uuid, role text, name_sealed bytea, phone_sealed bytea, level smallint, "
    "password text, opened_at timestamptz",
    "identity.person": "bucket smallint, id uuid, id_number_sealed bytea, as_of timestamptz, checked_at timestamptz",
    "audit.purpose": "bucket smallint, id uuid, subject uuid, kind text, reference text, item text, fields text, "
    "basis text, opened_at timestamptz, until timestamptz",
    "cases.case": "bucket smallint, id uuid, applicant uuid, item text, item_version integer, state text, "
    "version integer, applicant_masked text, answers jsonb, facts jsonb, finding jsonb, purpose uuid, "
    "opened_at timestamptz",
    "kit.session": "bucket smallint, token_hash bytea, actor uuid, role text, name text, department text, "
    "level smallint, opened_at timestamptz, seen_at timestamptz, ends_at timestamptz, id uuid, agent text, "
    "duties text",
}


#: Which of them are arrays, and travel as text.
_ARRAYS = ("fields", "duties")


def _account(who: UUID, name: str, phone: str, *, now: datetime) -> tuple[Any, ...]:
    # No password opens this account: "!" is no Argon2 hash. A bench comes with a session.
    sealed = (people.seal_name(name, who), notices.seal_phone(phone, who))
    return (_bucket(who), who, "resident", *sealed, people.LEVEL_CHECKED, "!", now)


def _person(who: UUID, id_number: str, *, now: datetime) -> tuple[Any, ...]:
    return (_bucket(who), who, people.seal_id_number(id_number, who), now, now)


def _purpose(case: Case, version: catalogue.ItemVersion, *, now: datetime) -> tuple[Any, ...]:
    fields = "{" + ",".join(version.purpose_field_names) + "}"
    until = now + timedelta(days=30)
    return (
        *(case.bucket, case.purpose, case.applicant, "draft", str(case.id), case.item),
        *(fields, version.purpose_law, now, until),
    )


def _case(case: Case) -> tuple[Any, ...]:
    json = (msgspec.json.encode(value).decode() for value in (case.answers, case.facts, case.finding))
    return (
        *(case.bucket, case.id, case.applicant, case.item, case.item_version, "draft", case.version),
        *(case.applicant_masked, *json, case.purpose, case.opened_at),
    )


def _session(opening: Part) -> tuple[Any, ...]:
    """Opened and seen at the same instant: one parameter of the part, two columns. Nobody acts for another here."""
    *others, duties = opening.params[:12]
    return (*others[:8], *others[7:], "{" + ",".join(duties) + "}")


def _bucket(identifier: UUID) -> int:
    return (identifier.int >> 66) & 0x3FF


async def _put(db: Database, table: str, records: list[tuple[Any, ...]]) -> None:
    columns = [column.split(" ") for column in _COLUMNS[table].split(", ")]
    names = ", ".join(name for name, _ in columns)
    # Arrays and JSON travel as text: unnest would take an array of arrays apart.
    wire = [("text" if kind == "jsonb" else kind) for _, kind in columns]
    places = ", ".join(f"${at}::{kind}[]" for at, kind in enumerate(wire, 1))
    values = ", ".join(f"{name}::{'text[]' if name in _ARRAYS else kind}" for name, kind in columns)
    await db.run(
        f"INSERT INTO {_quoted(table)} ({names}) SELECT {values} FROM unnest({places}) AS made ({names})",
        *(list(column) for column in zip(*records, strict=True)),
    )


def _quoted(table: str) -> str:
    schema, _, name = table.partition(".")
    return f'{schema}."{name}"'


async def officer(db: Database, department: str, *, now: datetime) -> str:
    """The cookie of an open session of an officer of ``department``."""
    return await session(
        db, Actor(Role.OFFICER, new_id(new_bucket()), "台架", department, 1, duties=OFFICERS_DUTIES), now=now
    )


async def session(db: Database, actor: Actor, *, now: datetime) -> str:
    """The cookie of an open session of ``actor``."""
    cookie, opening = opening_session(actor, now=now)
    await _put(db, "kit.session", [_session(opening)])
    return cookie


async def opened() -> Database:
    """The house's database with what its processes keep in memory."""
    dsn = settings().database_url
    assert dsn is not None
    db = await connect(dsn, size=4, wait_seconds=30)
    await rooms.warm(db)
    return db


async def _made(count: int) -> list[Draft]:
    db = await opened()
    now = clock.now()
    made = await drafts(db, await prototype(db, now=now), count, now=now)
    await db.close()
    return made


def read(path: Path) -> Iterator[Draft]:
    """The drafts that ``python -m bench.crowd`` wrote."""
    for line in path.read_bytes().splitlines():
        yield msgspec.json.decode(line, type=Draft)


def main() -> None:
    """The command line; the house's environment says which house."""
    parser = argparse.ArgumentParser(prog="python -m bench.crowd", description=__doc__)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    made = asyncio.run(_made(given.count))
    given.out.write_bytes(b"".join(msgspec.json.encode(draft) + b"\n" for draft in made))


if __name__ == "__main__":
    main()
