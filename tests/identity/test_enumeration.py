"""Nobody learns by trying who has an account: an enrolment walks the same calls, with the same rows and words.

Timed over HTTP by ``python -m bench.enumeration``; here counted. Log-in: ``test_log_in.py``, recovery:
``test_recovering.py``.
"""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from bench.statements import Recording

from tests.identity.conftest import LI, NOW, SECRET, WANG, Client, Register, enrolled, last_code, wrong
from tests.identity.pages import submit
from tongban import identity
from tongban.identity.actions import passwords
from tongban.identity.actions.codes import resend, seconds_left
from tongban.identity.model import refusals
from tongban.identity.model.typed import Typed
from tongban.kit import clock
from tongban.kit.db import Database

pytestmark = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")
LATER = NOW + timedelta(hours=2)
#: Who has no account; who has one by this paper; by another paper of hers; and whose phone was another account's.
NOBODY = Typed("林静雯", "340321199305189105", "13800005901", SECRET)
PASSPORT = Typed("李晓雯", "E12345678", "13800005001", SECRET, "414", "CHN")
HEIR = msgspec.structs.replace(NOBODY, id_number="340321199305189113", phone=WANG.phone)
TABLES = (
    *("kit.outbox", "kit.session", "identity.code", "identity.attempt", "identity.application"),
    *("identity.id_index", "identity.account", "audit.ledger", "audit.purpose", "notices.inbox"),
)


@pytest.fixture
def register(register: Register) -> Register:
    register.people |= {one.id_number: one for one in (NOBODY, PASSPORT, HEIR)}
    register.others = {PASSPORT.id_number: (LI.paper,), LI.id_number: (PASSPORT.paper,)}
    return register


async def rows(db: Database) -> list[int]:
    return [await db.sibling().value(f"SELECT count(*) FROM {table}") for table in TABLES]


async def walked(db: Database, one: Typed) -> list[object]:
    """What an enrolment does up to the right code, and everything that it says."""
    said: list[object] = []
    await db.run("DELETE FROM identity.attempt")  # her own enrolment's, by which she has an account
    before = await rows(db)
    recording = Recording(db)
    step = await identity.enrol(recording, one, now=LATER)
    said += [[statement.sql for statement in recording.said], len(step)]
    said += [now - then for now, then in zip(await rows(db), before, strict=True)]
    said.append(await seconds_left(db, step, stages=("enrol",), now=LATER + timedelta(seconds=10)))
    with pytest.raises(refusals.TooSoon) as soon:
        await resend(db, step, stages=("enrol",), now=LATER + timedelta(seconds=30))
    said.append(str(soon.value.message))
    bad = wrong(await last_code(db, one.phone))
    for _ in range(6):
        recording = Recording(db)
        with pytest.raises((refusals.CodeWrong, refusals.CodesUsedUp)) as refused:
            await identity.finish_enrolment(recording, step=step, code=bad, now=LATER)
        said += [[statement.sql for statement in recording.said], str(refused.value.fields)]
    return said


async def test_an_enrolment_walks_the_same_calls_whoever_has_an_account(
    db: Database, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    await enrolled(db, LI)
    await enrolled(db, WANG)
    hashed, asked = passwords.hashed, []

    async def counted(password: str) -> str:
        asked.append(1)
        return await hashed(password)

    monkeypatch.setattr(passwords, "hashed", counted)
    first = await walked(db, NOBODY)
    for one in (LI, PASSPORT, HEIR):
        assert await walked(db, one) == first
    assert len(asked) == 4, "one Argon2 each"


async def test_its_pages_are_the_same(client: Client, db: Database, register: Register) -> None:
    await enrolled(db, LI, now=clock.now() - timedelta(days=1))
    told = []
    for one in (NOBODY, LI, PASSPORT):
        client.cookies.clear()
        typed = {"name": one.name, "id_number": one.id_number, "phone": one.phone, "password": one.password}
        typed |= {"paper_kind": one.paper_kind, "country": one.country, "agree": "yes"}
        shown = await submit(client, await client.get("/enrol"), "/enrol", typed)
        bad = wrong(await last_code(db, one.phone))
        refused = await submit(client, shown, "/enrol/code", {"code": bad})
        told.append(
            [
                (answer.status_code, len(answer.text.replace(one.phone[-4:], "")))
                for answer in (shown, refused)
            ]
        )
    assert told[0] == told[1] == told[2]
