"""Every personal table is in a person's copy and empty of her after her account's end, or says why not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from tests import make
from tests.cast import PASSWORD, Resident
from tests.portal.filled import MARKED, fill, left_of
from tongban import cases, identity, rooms
from tongban.identity import jobs as identity_jobs
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.portal import files, jobs
from tongban.portal.actions import erasing, keeping
from tongban.portal.actions.copy_parts import chapters
from tongban.portal.model import HeldKind

pytestmark = pytest.mark.usefixtures("no_press")

#: Residents' tables; officers' stand under their own kinds.
KINDS = [one for one in files.held().kinds if one.keeping != "duty"]
TABLES = [table for kind in KINDS for table in kind.tables if not table.endswith("_rest")]
#: Those of which she has rows of her own already, from her enrolment and her case: the word alone is looked for.
_BEFORE = {"identity.account", "identity.person", "identity.residence", "cases.case"}


def missing(kind: HeldKind, records: list[dict[str, Any]]) -> list[str]:
    """Tables of a kind of which no row stands in the records under the word that ``held.yaml`` names."""
    return [
        table
        for table, word in kind.copy.items()
        if isinstance(word, str) and table in TABLES
        if not any(
            table in _BEFORE or MARKED in msgspec.json.encode(one[word]).decode()
            for one in records
            if one.get(word)
        )
    ]


async def test_the_copy_has_a_row_of_every_table(city: Database, owner: Resident) -> None:
    who = owner.actor.id
    assert who is not None
    db = city.sibling()
    await fill(db, who, TABLES, case_id=await make.submitted(city, owner))
    held = {room: await one.export(db, who) for room, one in rooms.PERSONAL.items()}
    assert [one for kind in KINDS for one in missing(kind, held[kind.room])] == []
    (account,) = (one for one in held["identity"] if "powers_given" in one)
    assert account["powers_given"][0]["agent"] == "甲*", "whoever stands on the other side is masked"
    assert account["powers_held"][0]["principal"] == "丙*"
    printed = {part.title.zh for one in chapters(held) for part in one.parts if part.title}
    for told in ("给出的授权", "登录过的设备", "监护关系的核对"):
        assert told in printed, told
    emptied = [dict.fromkeys(one) for one in held["identity"]]
    assert "identity.power" in missing(KINDS[5], emptied), "the rule can fail"


async def test_nothing_of_her_is_left_where_nothing_says_why(city: Database, owner: Resident) -> None:
    who = owner.actor.id
    assert who is not None
    now, db = clock.now(), city.sibling()
    case_id = await make.submitted(city, owner)
    await cases.withdraw(city, owner.actor, case_id=case_id, now=now)
    await erasing.ask_closing(city, owner.actor, password=PASSWORD, now=now)
    ids = await fill(db, who, TABLES, case_id=case_id)
    news = make.event("timer.identity.closing", subject=who, reference=who)
    await jobs.close_account(city, news, now=now + timedelta(days=15, minutes=1))
    assert (await identity.closing_of(city, who)) is None
    await identity_jobs.expire_powers(city, now=now + timedelta(days=16))
    later = now + timedelta(days=8000)
    await keeping.keep(city, now=later)
    await identity_jobs.forget(city, now=later)
    # What the worker takes from a queue it drops when it is done; no worker runs here.
    queues = {"kit.outbox", "kit.timer", "cases.to_archive", "cases.seal_wanted"}
    told = {table for kind in KINDS for table in kind.left if not table.endswith("_rest")}
    assert (await left_of(db, who, TABLES, ids) - queues) ^ told == set()
