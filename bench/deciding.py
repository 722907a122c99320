"""Two reviewers decide at once while processes are killed, and the papers of it are sealed while their makers are.

For each accepted case one officer grants and another refuses in the same moment, each as her browser does, again after
an error or a lost line until she is told. Meanwhile the web processes, the database, the worker and the child in which
papers are signed are killed. When all is quiet each case has one decision, which is the one that was told, one ledger
row of it, a licence only where it was granted, one sealed paper for each step that gives one, and one package.

``python -m bench.deciding --make N`` and ``--judge`` run in the house's environment, with its keys.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import asyncpg
import httpx
import msgspec

from bench import crowd
from bench.clients import PATIENCE_SECONDS
from bench.house import HOME, House
from bench.judge import Verdict, ledger, quiet
from bench.killer import Kill, Kind, kill_often
from tongban import cases, licences
from tongban.cases.model import CaseEvent
from tongban.cases.model.papers import kind_of
from tongban.cases.store import sealed_paper, with_steps
from tongban.kit import clock, files, keys
from tongban.kit.db import Database
from tongban.kit.ids import new_bucket, new_id
from tongban.kit.policy import OFFICERS_DUTIES, Actor, Role
from tongban.settings import settings

KILLED: tuple[Kind, ...] = ("web process", "worker", "database", "signing child", "web server")
#: A case of a bench is decided so long after the one before it.
SECONDS_A_CASE = 1.0
#: So long a killed worker's leases may hold up its papers and packages, the growing distances of retries included.
QUIET_SECONDS = 420.0
_REASON = "经核对，申请内容与登记信息不符，暂不符合办理条件。"
_QUIET = """SELECT EXISTS (SELECT FROM cases.seal_wanted WHERE due_at < now() + interval '1 hour')
    OR EXISTS (SELECT FROM cases.to_archive) OR EXISTS (SELECT FROM cases."case" WHERE state = 'issuing')"""


class Reviewer(msgspec.Struct, frozen=True):
    """An officer's browser: her name, her session, its form token."""

    name: str
    cookie: str
    csrf: str


class Disputed(msgspec.Struct, frozen=True):
    """An accepted case and who decides on it."""

    case: UUID
    applicant: UUID
    reviewers: tuple[Reviewer, Reviewer]


class Told(msgspec.Struct, frozen=True):
    """What an officer was told of her decision: 303 that it is made, 409 that it is not."""

    case: UUID
    officer: str
    move: str
    status: int


class Decisions(msgspec.Struct, kw_only=True):
    """How such a run went."""

    cases: int
    kills: list[Kill]
    seconds: float
    quiet_after: float | None
    papers: int
    faults: list[str]

    def report(self) -> dict[str, object]:
        """What is kept of it."""
        return {
            "cases_decided_by_two_at_once": self.cases,
            "seconds": self.seconds,
            "kills": dict(Counter(kill.kind for kill in self.kills)),
            "papers_sealed_and_verified": self.papers,
            "quiet_after_seconds": self.quiet_after,
            "verdict": "one decision, one paper each" if not self.faults else "WRONG",
            "faults": self.faults,
        }


async def decide_under_kills(
    house: House,
    folder: Path,
    *,
    count: int,
    kills: int,
    kinds: tuple[Kind, ...] = KILLED,
    hasten: bool = False,
    over: asyncio.Event,
) -> Decisions:
    """Two decide on each of ``count`` cases while ``kills`` processes are killed; judge when all is quiet.

    It is ``over`` with the last kill. A killed worker's leases run out after minutes; ``hasten`` ends them after
    seconds.
    """
    place = folder / "disputed.jsonl"
    await asyncio.to_thread(_inside, house, "--make", str(count), "--file", str(place))
    disputed = [msgspec.json.decode(line, type=Disputed) for line in place.read_bytes().splitlines()]
    began = time.monotonic()
    killing = asyncio.create_task(kill_often(house, count=kills, seconds=count * SECONDS_A_CASE, kinds=kinds))
    async with httpx.AsyncClient(base_url=house.base, timeout=10) as browser:
        both = (_both(browser, one, after=place * SECONDS_A_CASE) for place, one in enumerate(disputed))
        told = [line for pair in await asyncio.gather(*both) for line in pair]
    done = await killing
    over.set()
    spent, still = time.monotonic() - began, time.monotonic()
    hastening = asyncio.create_task(_hasten(house.dsn)) if hasten else None
    calm = await quiet(house.dsn, seconds=QUIET_SECONDS, also=_QUIET)
    if hastening:
        hastening.cancel()
        await asyncio.gather(hastening, return_exceptions=True)
    after = round(time.monotonic() - still, 1) if calm else None
    (folder / "told.jsonl").write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in told))
    judged = await asyncio.to_thread(_inside, house, "--judge", "--file", str(folder / "told.jsonl"))
    verdict = msgspec.json.decode(judged, type=Verdict)
    await asyncio.to_thread(ledger, house, verdict)
    late = [f"{kill.kind} did not come back" for kill in done if kill.back_after is None]
    late += [] if calm else ["papers or packages still wait"]
    return Decisions(
        cases=count,
        kills=done,
        seconds=round(spent, 1),
        quiet_after=after,
        papers=verdict.submitted,
        faults=[*verdict.wrong, *late],
    )


#: What was lent to a worker is free again: papers and packages after longer than it takes to make one, which a second
#: maker of the same would only hold up; events and orders of cards at once, as they are safe to be done by two.
_FREE = (
    "UPDATE kit.outbox SET due_at = now() WHERE due_at > now()",
    "UPDATE licences.card_batch SET due_at = now() WHERE due_at > now() AND state <> 'done'",
    """UPDATE cases.seal_wanted SET due_at = now()
    WHERE due_at > now() AND due_at < now() + interval '3 minutes' - interval '5 seconds'""",
    """UPDATE cases.to_archive SET due_at = now() WHERE due_at > now()
    AND due_at < now() + interval '1 minute' * power(2, tries - 1) - interval '5 seconds'""",
)


async def _hasten(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        while True:
            await asyncio.sleep(2)
            for statement in _FREE:
                await connection.execute(statement)
    finally:
        connection.terminate()


async def _both(browser: httpx.AsyncClient, one: Disputed, *, after: float) -> list[Told]:
    await asyncio.sleep(after)
    granting, refusing = one.reviewers
    return list(
        await asyncio.gather(
            _decided(browser, one, granting, "approve", ""),
            _decided(browser, one, refusing, "refuse", _REASON),
        )
    )


async def _decided(browser: httpx.AsyncClient, one: Disputed, by: Reviewer, move: str, reason: str) -> Told:
    """Post until it is told; 0 where nothing was within a client's patience."""
    give_up = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < give_up:
        try:
            answer = await browser.post(
                f"/desk/{one.applicant}/{one.case}/{move}",
                data={"_csrf": by.csrf, "reason": reason, "stood": "accepted"},
                headers={"cookie": f"tongban_session={by.cookie}"},
            )
        except httpx.TransportError:
            await asyncio.sleep(0.1)
            continue
        if answer.status_code < 500:
            return Told(one.case, by.name, move, answer.status_code)
        await asyncio.sleep(0.1)
    return Told(one.case, by.name, move, 0)


def _inside(house: House, *args: str) -> bytes:
    """In a process of its own: it works with the house's keys, the caller keeps its own settings."""
    return subprocess.run(
        [sys.executable, "-m", "bench.deciding", *args],
        cwd=HOME,
        env=house.environment | {"DATABASE_URL": house.dsn},
        stdout=subprocess.PIPE,
        check=True,
    ).stdout


async def made(count: int) -> list[Disputed]:
    """Cases that were submitted and accepted the real way, each with two officers of its department."""
    db, now = await crowd.opened(), clock.now()
    model = await crowd.prototype(db, now=now)
    officers = [
        Actor(Role.OFFICER, new_id(new_bucket()), name, model.department, 1, duties=OFFICERS_DUTIES)
        for name in ("甲", "乙")
    ]
    cookies = [await crowd.session(db, officer, now=now) for officer in officers]
    reviewers = [
        Reviewer(officer.name, cookie, keys.current().csrf(cookie.encode()))
        for officer, cookie in zip(officers, cookies, strict=True)
    ]
    # The papers of the demo city's own cases, a minute's work, wait for another day.
    await db.run("UPDATE cases.seal_wanted SET due_at = now() + interval '1 day'")
    disputed = []
    for draft in await crowd.drafts(db, model, count, now=now):
        resident = Actor(Role.RESIDENT, draft.applicant, "", None, 1)
        await cases.submit(db, resident, case_id=draft.case, key=None, now=clock.now())
        await cases.accept(db, officers[0], case_id=draft.case, now=clock.now())
        disputed.append(Disputed(draft.case, draft.applicant, (reviewers[0], reviewers[1])))
    await db.close()
    return disputed


async def judged(told: Sequence[Told]) -> Verdict:
    """What is wrong with the cases that officers were told of; ``submitted`` counts the papers that verified."""
    db, verdict = await crowd.opened(), Verdict(acknowledged=len(told))
    by_case: dict[UUID, list[Told]] = {}
    for line in told:
        by_case.setdefault(line.case, []).append(line)
    for case_id, lines in by_case.items():
        found = await with_steps(db, case_id=case_id)
        assert found is not None
        case, steps = found
        decided = [(step.move, step.actor_name) for step in steps if step.move in ("approve", "refuse")]
        if len(decided) != 1:
            verdict.blame(f"decided {len(decided)} times", [case_id])
        made = [(line.move, line.officer) for line in lines if line.status == 303]
        # An answer that was lost on its way is told as 409 the second time: then none of the two was told 303.
        if len(made) > 1 or any(one not in decided for one in made):
            verdict.blame("told otherwise than it stands", [case_id])
        if any(line.status not in (303, 409) for line in lines):
            verdict.blame(f"answered {[line.status for line in lines]}", [case_id])
        await _traces(db, verdict, case_id, approved=bool(decided) and decided[0][0] == "approve")
        await _papers(db, verdict, case_id, case.applicant, steps)
    await db.close()
    return verdict


async def _traces(db: Database, verdict: Verdict, case_id: UUID, *, approved: bool) -> None:
    """One ledger row of the decision, one end, one licence if it was granted, one package."""
    row = await db.row(
        """SELECT (SELECT count(*) FROM audit.ledger WHERE reference = $1::uuid::text
                AND action IN ('cases.approve', 'cases.refuse')) AS decisions,
            (SELECT count(*) FROM audit.ledger WHERE reference = $1::uuid::text AND action = 'cases.seal') AS seals,
            (SELECT count(*) FROM cases.sealed_paper WHERE case_id = $1) AS papers,
            (SELECT count(*) FROM licences.licence WHERE reference = $1) AS licences,
            (SELECT count(*) FROM cases.archive WHERE case_id = $1) AS packages,
            (SELECT state FROM cases."case" WHERE id = $1) AS state""",
        case_id,
    )
    assert row is not None
    wanted = {"decisions": 1, "seals": row["papers"], "licences": int(approved), "packages": 1}
    wanted["state"] = "closed" if approved else "refused"
    for name, value in wanted.items():
        if row[name] != value:
            verdict.blame(f"{name}: {row[name]}, wanted {value}", [case_id])


async def _papers(
    db: Database, verdict: Verdict, case_id: UUID, applicant: UUID, steps: Sequence[CaseEvent]
) -> None:
    """Each step that gives a paper has it sealed, and the seal holds under the city's trust anchors."""
    trust = licences.trusted(settings().trust_file)
    for step in steps:
        kind = kind_of(step)
        if kind is None:
            continue
        paper = await sealed_paper(db, case_id=case_id, applicant=applicant, step=step.version, kind=kind)
        if paper is None:
            verdict.blame(f"no sealed paper of {step.move}", [case_id])
            continue
        content = b"".join([chunk async for chunk in await files.content(paper)])
        finding = (await asyncio.to_thread(licences.verify_paper, content, trust=trust)).finding
        if finding is not licences.PaperFinding.GOOD:
            verdict.blame(f"the paper of {step.move} is {finding}", [case_id])
        verdict.submitted += 1


def main() -> None:
    """The command line; the house's environment says which house."""
    parser = argparse.ArgumentParser(prog="python -m bench.deciding", description=__doc__)
    parser.add_argument("--make", type=int, help="so many cases, a line each in the file")
    parser.add_argument(
        "--judge", action="store_true", help="judge what officers were told; the verdict as JSON"
    )
    parser.add_argument("--file", type=Path, required=True)
    given = parser.parse_args()
    if given.make:
        lines = asyncio.run(made(given.make))
        given.file.write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
    else:
        told = [msgspec.json.decode(line, type=Told) for line in given.file.read_bytes().splitlines()]
        sys.stdout.buffer.write(msgspec.json.encode(asyncio.run(judged(told))))


if __name__ == "__main__":
    main()
