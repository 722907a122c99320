"""The long kill run: ``python -m bench.soak`` (ten minutes, at least twenty kills) writes ``bench/soak.json``.

Two parts: residents submit (:mod:`bench.killing`); then two officers decide each case at once (:mod:`bench.deciding`)
while phones send photos (:mod:`bench.sending`), for three minutes at most.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from bench.deciding import decide_under_kills
from bench.house import House, own_house
from bench.killing import Course, kill_under_load
from bench.sending import collected, send

RESULT = Path(__file__).with_name("soak.json")
LEAST_KILLS = 20
#: About as often as a restarted process can have settled; more often would test the supervisor's patience only.
SECONDS_A_KILL = 15.0
#: Of decisions and uploads: so long at most, and so long at least in a run that is kept.
MOST_MINUTES, LEAST_MINUTES = 3.0, 1.0


def report(course: Course) -> dict[str, object]:
    """What is kept of a run."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": course.seconds,
        "kills": course.kinds,
        "submits": course.verdict.acknowledged,
        "submits_per_second": course.per_second,
        "slowest_acknowledgement_seconds": course.slowest_seconds,
        "recovery_seconds": {
            kind: [kill.back_after for kill in course.kills if kill.kind == kind] for kind in course.kinds
        },
        "outbox_empty_after_seconds": course.quiet_after,
        "verdict": "nothing lost, nothing twice" if not course.faults else "WRONG",
        "faults": course.faults,
    }


async def faults(house: House, folder: Path, *, seconds: int) -> dict[str, object]:
    """Two officers decide each case at once and phones send photos, while who decides, seals and takes in is killed."""
    over = asyncio.Event()
    decided, sent = await asyncio.gather(
        decide_under_kills(house, folder, count=seconds, kills=seconds // 8, over=over),
        send(house, folder, over=over),
    )
    sent = await collected(house, sent)
    when = datetime.now(UTC).isoformat(timespec="seconds")
    return {"decisions": {"date": when, **decided.report()}, "uploads": {"date": when, **sent.report()}}


def keep(told: dict[str, object]) -> None:
    """Write it down; what another part of the soak wrote stays."""
    before = msgspec.json.decode(RESULT.read_bytes(), type=dict[str, object]) if RESULT.exists() else {}
    RESULT.write_bytes(msgspec.json.format(msgspec.json.encode(before | told), indent=2) + b"\n")


def submits(minutes: float, *, kills: int | None, forgetful: bool) -> bool:
    """Kill under a load of submits; whether all was as promised."""
    seconds = minutes * 60
    wanted = kills or max(LEAST_KILLS, math.floor(seconds / SECONDS_A_KILL))
    with tempfile.TemporaryDirectory(prefix="tongban-soak-") as folder, own_house() as house:
        run = kill_under_load(
            *(house, Path(folder)), kills=wanted, seconds=seconds, quiet_seconds=300, forgetful=forgetful
        )
        course = asyncio.run(run)
    print(course.told())
    if not forgetful and wanted >= LEAST_KILLS:
        keep(report(course))
    return not course.faults


def decisions(minutes: float) -> bool:
    """Kill under decisions and uploads; whether all was as promised."""
    with tempfile.TemporaryDirectory(prefix="tongban-soak-") as folder, own_house() as house:
        told = asyncio.run(faults(house, Path(folder), seconds=round(minutes * 60)))
    print(msgspec.json.format(msgspec.json.encode(told), indent=2).decode())
    if minutes >= LEAST_MINUTES:
        keep(told)
    return all(isinstance(part, dict) and not part["faults"] for part in told.values())


def main() -> int:
    """The command line; exit 1 when anything was lost or happened twice."""
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument(
        "--kills", type=int, help=f"of the submits; at least {LEAST_KILLS} in a run that is kept"
    )
    parser.add_argument("--only", choices=["submits", "decisions"], help="one part alone")
    parser.add_argument(
        "--forgetful",
        action="store_true",
        help="acknowledge submits before the disk has them: must end with exit code 1",
    )
    given = parser.parse_args()
    sound = True
    if given.only != "decisions":
        sound = submits(given.minutes, kills=given.kills, forgetful=given.forgetful)
    if given.only != "submits" and not given.forgetful:
        sound = decisions(min(given.minutes, MOST_MINUTES)) and sound
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
