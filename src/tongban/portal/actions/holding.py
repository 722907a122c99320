"""What the house holds about a person 关于我的信息 (PIPL art. 44, 45): looked at by room, and her copy of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from tongban import audit, identity, notices, regions
from tongban.kit.db import Database, Part, write
from tongban.kit.i18n import LANGUAGES, N_, Text, language
from tongban.kit.ids import new_id
from tongban.kit.outbox import Event, announcing
from tongban.kit.pdf import press
from tongban.kit.personal import Held
from tongban.kit.policy import SYSTEM, Actor, relation_to
from tongban.portal import files
from tongban.portal.actions.copy_paper import paper_of
from tongban.portal.actions.copy_words import speaker_of
from tongban.portal.model import COPY_LIFETIME, POLICY, Copy, CopyTooOften, HeldHere, HeldKind
from tongban.portal.store import copies
from tongban.settings import settings

_rooms: dict[str, Held] = {}
_READY = Text("您的个人信息副本已做好", "The copy of your information is ready")
_READY_BODY = Text(
    "可以在“关于我的信息”里下载 JSON 和 PDF 两种格式。链接 7 天内有效，只有您登录后才能打开。",
    "Download it as JSON or PDF under “About my information”. The links work for 7 days, and "
    "only when you are logged in.",
)
_FOR_CHILD = (
    N_("{name}为{child}申请了个人信息副本"),
    N_(
        "监护人可以为孩子查看和复制个人信息（个人信息保护法第三十一条、第四十五条）。您也可以切换到孩子名下查看。"
    ),
)


def plug_personal(table: Mapping[str, Held]) -> None:
    """Tell this room what each room answers for a person (``rooms.PERSONAL``); the house does it once per process."""
    _rooms.clear()
    _rooms.update(table)


def personal() -> Mapping[str, Held]:
    """What was plugged: each room's answers for a person."""
    return _rooms


async def held_about(db: Database, actor: Actor) -> list[HeldHere]:
    """What every room holds about the actor, or the child whose guardian acts; one read a room and account."""
    POLICY.require(actor, "portal.my_data", relation_to(actor, owner=actor.id))
    table = files.held()
    found = []
    for room, title in table.rooms.items():
        records = await _of_all(room, db, actor.accounts)
        kinds = tuple(kind for kind in table.kinds if kind.room == room and kind.keeping != "duty")
        found.append(HeldHere(room, title, kinds, _kept(kinds, records), len(records), _newest(records)))
    return found


def _kept(kinds: Iterable[HeldKind], records: list[dict[str, Any]]) -> tuple[HeldKind, ...]:
    """The kinds of which some record has a row, under a word by which the copy calls it."""
    words = {word for one in records for word, value in one.items() if value}
    return tuple(
        kind for kind in kinds if any(isinstance(word, str) and word in words for word in kind.copy.values())
    )


def _newest(records: list[dict[str, Any]]) -> datetime | None:
    """The latest instant that any of these records names."""
    times = [value for one in records for value in one.values() if isinstance(value, datetime)]
    return max(times, default=None)


async def _of_all(room: str, db: Database, accounts: Sequence[UUID]) -> list[dict[str, Any]]:
    """What a room holds about a person, of all her accounts."""
    return [record for who in accounts for record in await _rooms[room].export(db, who)]


async def show_in_full(db: Database, actor: Actor, *, now: datetime) -> identity.Person:
    """The actor's own name and numbers in the clear, with a ledger row: by her own click."""
    POLICY.require(actor, "portal.show_data", relation_to(actor, owner=actor.id))
    assert actor.id is not None
    await write(
        db,
        Part("SELECT 1 AS shown"),
        audit.record(actor, "portal.show_data", subject=actor.id, reference=actor.id, now=now),
    )
    return await identity.person(db, actor.id)


async def ask_copy(db: Database, actor: Actor, *, now: datetime) -> None:
    """Ask for a copy of everything 申请副本; asked again while one is in the making it changes nothing.

    Raises CopyTooOften.
    """
    POLICY.require(actor, "portal.ask_copy", relation_to(actor, owner=actor.id))
    assert actor.id is not None
    copy_id = new_id(actor.bucket)
    asked = await write(
        db,
        copies.asking(copy_id, subject=actor.id, also=actor.also, since=now - timedelta(days=1), now=now),
        audit.record(actor, "portal.ask_copy", subject=actor.id, reference=copy_id, now=now),
        announcing(
            "portal.copy_requested",
            subject=actor.id,
            reference=copy_id,
            payload={"also": [str(one) for one in actor.also], "language": language()},
            now=now,
        ),
        *await identity.telling_guardians(db, actor, _FOR_CHILD, link="/my/acting", now=now),
    )
    if asked is None:
        standing = await copies.newest_copy(db, actor.accounts, now=now)
        if standing is None or standing.made_at is not None:
            raise CopyTooOften


async def my_copy(db: Database, actor: Actor, *, now: datetime) -> Copy | None:
    """The actor's copy that is in the making, else the one that she can open now."""
    POLICY.require(actor, "portal.my_data", relation_to(actor, owner=actor.id))
    return await copies.newest_copy(db, actor.accounts, now=now)


async def make_copy(db: Database, event: Event, *, mark: Part, now: datetime) -> None:
    """Make the copy that was asked for, as JSON and as a PDF in the language that she asked in, and tell her.

    A second delivery finds it made.
    """
    who, copy_id = event.subject, UUID(event.reference)
    accounts = (who, *(UUID(one) for one in event.payload.get("also", ())))
    held = {room: await _of_all(room, db, accounts) for room in _rooms}
    city = regions.city_of(settings().city_dir)
    speaker = await speaker_of(db, held, {room: one.words for room, one in _rooms.items()})
    asked_in = event.payload.get("language")
    printed = await press.printed(
        paper_of(
            held,
            speaker,
            copy_id=copy_id,
            brand=city.name,
            note=city.note,
            at=event.at,
            wanted=asked_in if asked_in in LANGUAGES else "zh",
        )
    )
    await write(
        db,
        copies.filling(
            copy_id,
            subject=who,
            json=as_json(held, at=event.at),
            pdf=printed.content,
            until=now + COPY_LIFETIME,
            now=now,
        ),
        mark,
        notices.telling(recipient=who, title=_READY, body=_READY_BODY, link="/my/data#copy", now=now),
        audit.record(
            SYSTEM,
            "portal.make_copy",
            subject=who,
            reference=copy_id,
            detail={room: len(records) for room, records in held.items()},
            now=now,
        ),
    )


async def read_copy(db: Database, actor: Actor, form: copies.Form, *, now: datetime) -> bytes | None:
    """The actor's own copy with a ledger row of its reading; None when no link to one lives any more."""
    POLICY.require(actor, "portal.read_copy", relation_to(actor, owner=actor.id))
    assert actor.id is not None
    row = await write(
        db,
        copies.reading(actor.accounts, form, now=now),
        audit.record(
            actor, "portal.read_copy", subject=actor.id, reference=form, detail={"form": form}, now=now
        ),
    )
    return copies.opened(row, form) if row else None


def as_json(held: Mapping[str, list[dict[str, Any]]], *, at: datetime) -> bytes:
    """A copy for programs: rooms, their kinds of data with source and period, and every record."""
    table, rules = files.held(), files.keeping()
    kinds = {
        room: [
            {
                "code": kind.code,
                "name": kind.name,
                "source": kind.source,
                "basis": kind.basis,
                "kept": rules[kind.keeping],
                "correction": kind.correct,
            }
            for kind in table.kinds
            if kind.room == room
        ]
        for room in held
    }
    whole = {
        "law": "个人信息保护法第四十五条",
        "asked_at": at,
        "rooms": {
            room: {"name": table.rooms[room].name, "kinds": kinds[room], "records": records}
            for room, records in held.items()
        },
    }
    return msgspec.json.format(msgspec.json.encode(whole), indent=2)
