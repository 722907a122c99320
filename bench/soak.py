"""The long kill run: ``python -m bench.soak`` (ten minutes, at least twenty kills) writes ``bench/soak.json``."""

from __future__ import annotations

import argparse
import asyncio
import math
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from bench.house import own_house
from bench.killing import Course, kill_under_load

RESULT = Path(__file__).with_name("soak.json")
LEAST_KILLS = 20
#: About as often as a restarted process can have settled; more often would test the supervisor's patience only.
SECONDS_A_KILL = 15.0


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


def main() -> int:
    """The command line; exit 1 when anything was lost or happened twice."""
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--kills", type=int, help=f"at least {LEAST_KILLS} in a run that is kept")
    parser.add_argument(
        "--forgetful",
        action="store_true",
        help="acknowledge before the disk has it: must end with exit code 1",
    )
    given = parser.parse_args()
    seconds = given.minutes * 60
    kills = given.kills or max(LEAST_KILLS, math.floor(seconds / SECONDS_A_KILL))
    with tempfile.TemporaryDirectory(prefix="tongban-soak-") as folder, own_house() as house:
        course = asyncio.run(
            kill_under_load(
                house,
                Path(folder),
                kills=kills,
                seconds=seconds,
                quiet_seconds=300,
                forgetful=given.forgetful,
            )
        )
    print(course.told())
    if not given.forgetful and kills >= LEAST_KILLS:
        RESULT.write_bytes(msgspec.json.format(msgspec.json.encode(report(course)), indent=2) + b"\n")
    return 1 if course.faults else 0


if __name__ == "__main__":
    sys.exit(main())
