"""What came of it, judged from the clients' own logs: each acknowledged submit once, each effect once."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import msgspec

from bench.clients import Acknowledged
from bench.crowd import Draft
from bench.house import House

_SUBMITTED = ("submitted", "accepted", "issuing", "closed", "refused", "not_accepted", "withdrawn")
#: What one submit leaves behind, each exactly once, by case.
_TRACES = {
    "step submit": "SELECT case_id FROM cases.event WHERE move = 'submit' AND case_id = ANY($1)",
    "row in number_index": "SELECT case_id FROM cases.number_index WHERE case_id = ANY($1)",
    "ledger row": "SELECT reference::uuid AS case_id FROM audit.ledger WHERE action = 'cases.submit' "
    "AND reference = ANY(SELECT unnest($1::uuid[])::text)",
    "open purpose of the case": "SELECT reference::uuid AS case_id FROM audit.purpose WHERE kind = 'case' "
    "AND closed_at IS NULL AND reference = ANY(SELECT unnest($1::uuid[])::text)",
    "acceptance timer": "SELECT reference::uuid AS case_id FROM kit.timer WHERE kind = 'cases.acceptance' "
    "AND reference = ANY(SELECT unnest($1::uuid[])::text)",
    "remembered answer": "SELECT (answer->>'case')::uuid AS case_id FROM kit.idempotency WHERE answer->>'case' "
    "= ANY(SELECT unnest($1::uuid[])::text)",
    "inbox notice": 'SELECT c.id AS case_id FROM notices.inbox i JOIN cases."case" c ON c.bucket = i.bucket '
    "AND c.applicant = i.recipient WHERE c.id = ANY($1)",
}


class Verdict(msgspec.Struct):
    """What was found wrong, a sentence each; nothing wrong is what the house promises."""

    acknowledged: int = 0
    submitted: int = 0
    wrong: list[str] = []

    def blame(self, what: str, cases: Iterable[object]) -> None:
        """Note a fault with how often it was found and a few of the cases."""
        found = [str(case) for case in cases]
        if found:
            self.wrong.append(f"{what}: {len(found)}, for instance {', '.join(found[:3])}")


async def quiet(dsn: str, *, seconds: float, also: str = "SELECT false") -> bool:
    """Wait until no event waits any more; False when some still does after ``seconds``.

    ``also`` is a statement that says whether something else is still to come.
    """
    connection = await asyncpg.connect(dsn)
    try:
        for _ in range(int(seconds * 4)):
            waits = await connection.fetchval("SELECT EXISTS (SELECT FROM kit.outbox)")
            if not waits and not await connection.fetchval(also):
                return True
            await asyncio.sleep(0.25)
        return False
    finally:
        await connection.close()


async def judge(
    house: House, drafts: Sequence[Draft], told: Sequence[Acknowledged], refused: Sequence[str]
) -> Verdict:
    """Compare what the clients were told with what is there. The outbox must be :func:`quiet`."""
    verdict = Verdict(acknowledged=len(told))
    verdict.blame("clients gave up on", refused)
    repeated = [case for case, times in Counter(line.case for line in told).items() if times > 1]
    verdict.blame("acknowledged twice to one client", repeated)
    connection = await asyncpg.connect(house.dsn)
    try:
        submitted = await _traces(connection, verdict, [draft.case for draft in drafts])
        await _handled(connection, verdict)
    finally:
        await connection.close()
    verdict.submitted = len(submitted)
    verdict.blame("acknowledged and lost", {line.case for line in told} - submitted)
    await _texts(house.sandbox, verdict, [draft for draft in drafts if draft.case in submitted])
    await asyncio.to_thread(ledger, house, verdict)
    return verdict


async def _traces(connection: Any, verdict: Verdict, cases: list[UUID]) -> set[UUID]:
    """Each trace once for each submitted case, never for another. A submit without an acknowledgement may be
    there (its answer was lost on the way and its client was stopped), but whole."""
    rows = await connection.fetch('SELECT id, state, short_code FROM cases."case" WHERE id = ANY($1)', cases)
    submitted = {row["id"] for row in rows if row["state"] in _SUBMITTED}
    verdict.blame("cases that vanished", set(cases) - {row["id"] for row in rows})
    codes = Counter(row["short_code"] for row in rows if row["short_code"])
    verdict.blame("codes given twice", (code for code, times in codes.items() if times > 1))
    for name, sql in _TRACES.items():
        found = Counter(row["case_id"] for row in await connection.fetch(sql, cases))
        verdict.blame(f"submitted without {name}", submitted - set(found))
        verdict.blame(f"{name} without a submit", set(found) - submitted)
        verdict.blame(f"{name} twice", (case for case, times in found.items() if times > 1))
    return submitted


async def _handled(connection: Any, verdict: Verdict) -> None:
    """Marks and effects agree: a mark for each notice about a case, a mark for each message, nothing waiting or
    given up. Notices about powers are written with what they tell of and bear no mark."""
    row = await connection.fetchrow(
        """SELECT (SELECT count(*) FROM kit.handled WHERE handler = 'cases.jobs.tell') AS told,
            (SELECT count(*) FROM notices.inbox WHERE link LIKE '/my/cases/%') AS notices,
            (SELECT count(*) FROM kit.handled WHERE handler = 'notices.jobs.send_sms') AS sent,
            (SELECT count(*) FROM kit.outbox) AS waiting"""
    )
    if row["told"] != row["notices"] or row["told"] != row["sent"]:
        verdict.wrong.append(f"marks and effects differ: {dict(row)}")
    if row["waiting"]:
        verdict.wrong.append(f"events still wait: {row['waiting']}")


async def _texts(sandbox: str, verdict: Verdict, drafts: list[Draft]) -> None:
    """One message on each phone: every clone of the crowd has a number of her own."""
    limit = asyncio.Semaphore(8)
    async with httpx.AsyncClient(base_url=sandbox, timeout=30) as gateway:

        async def heard(draft: Draft) -> int:
            async with limit:
                answer = await gateway.get("/sms/v1/messages", params={"phone": draft.phone})
                return len(answer.raise_for_status().json())

        counts = await asyncio.gather(*(heard(draft) for draft in drafts))
    pairs = list(zip(drafts, counts, strict=True))
    verdict.blame("no message for", (draft.case for draft, heard_of in pairs if heard_of == 0))
    verdict.blame("several messages for", (draft.case for draft, heard_of in pairs if heard_of > 1))


def ledger(house: House, verdict: Verdict) -> None:
    """The whole ledger, by the house's own command: as anybody would ask."""
    asked = subprocess.run(
        [sys.executable, "-P", "-m", "tongban", "verify-ledger", "--json"],
        env=house.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        told = json.loads(asked.stdout)
    except json.JSONDecodeError:
        told = {"whole": False, "findings": [{"place": "verify-ledger", "words": asked.stderr[-500:]}]}
    if not told["whole"]:
        verdict.blame("the ledger is not whole", (f"{at['place']} {at['words']}" for at in told["findings"]))
