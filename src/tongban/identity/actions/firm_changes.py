"""What becomes of firms 变更、合并、分立、注销: the register is asked again, powers follow it, successors are told."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from tongban import audit
from tongban.identity.actions import firm_words
from tongban.identity.actions import firms as binding
from tongban.identity.model import Person
from tongban.identity.model.firms import (
    BASIS,
    FIELDS,
    RECHECK,
    RECHECK_AFTER,
    Firm,
    FirmResult,
    FirmState,
    Recheck,
    firm_hash,
)
from tongban.identity.model.powers import (
    LIVING,
    LONGEST,
    Power,
    PowerState,
)
from tongban.identity.store import accounts, firms, powers
from tongban.kit import clock
from tongban.kit.db import Database, DatabaseAway, DatabaseBusy, Part, write
from tongban.kit.errors import Unavailable
from tongban.kit.ids import bucket_of, new_id
from tongban.kit.outbox import announcing
from tongban.kit.policy import SYSTEM

log = structlog.get_logger("tongban.identity")

#: So many firms are taken at once, and so many of them asked for at a time: the register is waited for, not we.
_BATCH, _AT_ONCE = 64, 8
#: So long one round goes on, in seconds: then the next one does, by the job's own turn.
ROUND_SECONDS = 240.0
#: So long a purpose of the house's own check stands at most.
_ASKING = timedelta(minutes=10)
#: Into so many firms one is divided at most, as far as anybody is told.
_MOST_SUCCESSORS = 20


async def recheck_firms(db: Database, *, now: datetime, seconds: float = ROUND_SECONDS) -> Counter[str]:
    """Ask the register of every firm that was not asked for a day, and let its powers follow; gives what came of it.

    Several at once, until none is due or ``seconds`` are over. While the register does not answer, what it said before
    stands, with its date. One that it has lost, or whose check fails, is told in the log and stops no other; where it
    gave no answer for a whole batch the round ends.
    """
    ends, said = time.monotonic() + seconds, Counter[str]()
    while time.monotonic() < ends and (due := await firms.to_check(db, now=now, limit=_BATCH)):
        free = asyncio.Semaphore(_AT_ONCE)
        told = Counter(await asyncio.gather(*(_rechecked(db, one, free, now=now) for one in due)))
        said += told
        if told.total() == told["silent"] + told["failed"]:
            break
    if said:
        log.info("firms asked for", **said)
    return said


async def _rechecked(db: Database, firm: Firm, free: asyncio.Semaphore, *, now: datetime) -> str:
    async with free:
        try:
            came = await recheck_firm(db, firm, now=now)
        except (DatabaseAway, DatabaseBusy):
            raise
        except Exception:
            log.exception("firm could not be rechecked", firm=str(firm.id))
            return "failed"
    if came == "unknown":
        log.warning("the register no longer knows a firm", firm=str(firm.id), checked_at=firm.checked_at)
    return came


async def recheck_firm(db: Database, firm: Firm, *, now: datetime) -> Recheck:
    """Ask the register of one firm: of a new representative the old one's power ends, of a firm that is no more all.

    Agents stay while the firm stands: they are the firm's, not its representative's (民法典 art. 61, 170). ``silent``
    when the register does not answer; ``unknown`` when it has lost the firm, which says nothing of what became of it.
    """
    living = await _living(db, firm.id, now=now)
    standing = [one for one in living if one.at(now) is PowerState.STANDING]
    power = next((one for one in standing if one.by_register), None)
    person = await accounts.person(db, power.agent) if power is not None and power.agent else None
    said = await _asked(db, firm, person, now=now)
    if said is None:
        return "silent"
    if not said.known:
        await write(db, firms.asking_later(firm.id, at=now + RECHECK_AFTER))
        return "unknown"
    if said.stands != "active":
        if firm.active:
            await _end(db, firm, said, living, now=now)
        else:  # its end was told; who succeeds it may have been registered since
            await write(db, firms.confirming(firm.id, said, now=now))
            await end_left(db, firm.id, now=now)
        return "confirmed"
    renewed = (powers.renewing(power.id, until=now + LONGEST),) if power is not None and said.match else ()
    await write(db, firms.confirming(firm.id, said, now=now), *renewed)
    if power is not None and not said.match:
        await _replaced(db, firm, power, standing, now=now)
    for other in standing:
        if said.match and other.by_register and other is not power:  # left by a binding that broke off
            await binding.end_by_register(db, other, words=firm_words.REPLACED, now=now)
    return "confirmed"


async def _living(db: Database, firm: UUID, *, now: datetime) -> list[Power]:
    """What it gave and has not run out: offers that wait, and powers that stand."""
    return [one for one in await powers.living_given(db, firm) if one.at(now) in LIVING]


async def _asked(db: Database, firm: Firm, person: Person | None, *, now: datetime) -> FirmResult | None:
    """The register's answer, under a purpose of the one whose number is compared, else of the firm itself."""
    subject = person.id if person is not None else firm.id
    purpose = new_id(bucket_of(subject))
    await write(
        db,
        Part("SELECT 1 AS asking"),
        audit.opening_purpose(
            id=purpose,
            kind="own_act",
            subject=subject,
            reference=purpose,
            item=RECHECK,
            fields=FIELDS,
            basis=BASIS,
            until=now + _ASKING,
            now=now,
        ),
    )
    name, number = (person.name, person.id_number) if person is not None else ("", "")
    try:
        return await binding.ask_register(
            db, subject=subject, purpose=purpose, code=firm.code, name=name, id_number=number, now=now
        )
    except (DatabaseAway, DatabaseBusy):
        raise
    except Unavailable:
        return None
    finally:
        await write(
            db,
            Part("SELECT 1 AS asked"),
            audit.closing_purpose(subject=subject, reference=purpose, now=now),
        )


async def _replaced(db: Database, firm: Firm, power: Power, standing: list[Power], *, now: datetime) -> None:
    await binding.end_by_register(db, power, words=firm_words.REPLACED, now=now)
    if power.agent is not None:
        await _end_successions(db, firm, power.agent, now=now)
    for one in standing:
        if one.agent is not None and one.agent != power.agent:
            link = f"/my/acting/{one.id}"
            told = firm_words.tell(one.agent, firm_words.STAYS, firm.name, link=link, now=now)
            await write(db, Part("SELECT 1 AS told"), told)


async def _end_successions(db: Database, firm: Firm, agent: UUID, *, now: datetime) -> None:
    """What she held of firms that this one took over was hers as its representative."""
    for one in await powers.living_held(db, agent):
        if one.succeeds == firm.code and one.at(now) is PowerState.STANDING:
            await binding.end_by_register(db, one, words=firm_words.REPLACED, now=now)


async def _end(db: Database, firm: Firm, said: FirmResult, living: list[Power], *, now: datetime) -> None:
    """The firm is no more: nothing new is begun by it, every power and offer ends, whoever has its cases is told, and
    so is who represents a successor.

    Its state is written last: broken off, it is asked about again and the rest of the powers end then. What was given
    after they were read ends by :func:`end_left`, at the news of it.
    """
    for one in living:
        await _end_one(db, one, said.stands, now=now)
    heirs = await successors(db, said.successors, now=now)
    await write(
        db,
        firms.confirming(firm.id, said, now=now),
        audit.record(
            SYSTEM,
            "identity.end_firm",
            subject=firm.id,
            reference=firm.id,
            detail={"state": said.stands},
            now=now,
        ),
        announcing(
            "identity.firm_ended",
            subject=firm.id,
            reference=firm.id,
            payload={"state": said.stands, "as_of": clock.city_day(said.as_of).isoformat()},
            now=now,
        ),
        *(
            firm_words.tell(
                heir.agent,
                firm_words.TO_SUCCESSOR,
                said.name,
                other=heir.principal_name,
                link=f"/my/acting/{heir.id}",
                now=now,
            )
            for heir in heirs
            if heir.agent is not None
        ),
    )


async def _end_one(db: Database, power: Power, state: FirmState, *, now: datetime) -> None:
    """A power in the name of a firm that is no more ends; an offer is told of as what never stood."""
    words = firm_words.ENDED_BY_SUCCESSION if state in ("merged", "split") else firm_words.GONE
    if power.state is PowerState.OFFERED:
        words = firm_words.OFFER_ENDED
    await binding.end_by_register(db, power, words=words, why="dissolved", now=now)


async def end_left(db: Database, firm: UUID, *, now: datetime) -> bool:
    """End what was given in the name of a firm that is no more and lives all the same; gives whether it is no more.

    A successor's power stays: it is for the affairs that are left. Repeated, it does nothing.
    """
    found = await firms.firm(db, firm)
    if found is None or found.active:
        return False
    for one in await _living(db, firm, now=now):
        if not one.succeeds:
            await _end_one(db, one, found.state, now=now)
    return True


async def successors(db: Database, codes: Sequence[str], *, now: datetime) -> list[Power]:
    """The powers by which representatives act for the firms of these codes, where those have accounts here."""
    found = []
    for code in codes[:_MOST_SUCCESSORS]:
        heir = await firms.by_hash(db, firm_hash(code))
        given = await powers.living_given(db, heir.id) if heir is not None and heir.active else []
        found += [one for one in given if one.by_register and one.at(now) is PowerState.STANDING]
    return found
