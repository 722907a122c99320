"""The load: wrk with a list of requests, each sent once or round and round."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

from bench.crowd import Draft
from bench.peer import CLIENTS, Measured

THREADS = 2
_LUA = Path(__file__).with_name("requests.lua")


class NotServed(RuntimeError):  # noqa: N818 - read as a sentence
    """The house answered something that is no answer; a rate of refusals is no rate."""


def submits(drafts: Sequence[Draft]) -> list[str]:
    """A POST for each draft, as the check page's form sends it."""
    return [
        f"POST\t{draft.path}/submit\t{draft.cookie}\t_csrf={draft.csrf}&_key=bench-{draft.case}"
        for draft in drafts
    ]


def reads(paths: Sequence[tuple[str, str]]) -> list[str]:
    """A GET for each (path, cookie)."""
    return [f"GET\t{path}\t{cookie}\t" for path, cookie in paths]


def run(
    base: str,
    requests: Sequence[str],
    *,
    seconds: int,
    expect: int,
    folder: Path,
    once: bool,
    clients: int = CLIENTS,
) -> Measured:
    """One wrk run with ``clients`` connections; raises NotServed when any answer was not ``expect``."""
    for thread in range(THREADS):
        (folder / f"requests.{thread}").write_text("\n".join(requests[thread::THREADS]) + "\n")
    told = subprocess.run(
        [
            *("wrk", "-t", str(THREADS), "-c", str(clients), "-d", f"{seconds}s", "--timeout", "10s"),
            *(
                "-s",
                str(_LUA),
                base,
                "--",
                str(folder / "requests"),
                str(expect),
                "once" if once else "round",
            ),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    lines = [line for line in told.stdout.splitlines() if line.startswith("{")]
    if told.returncode != 0 or not lines:
        raise NotServed(f"wrk failed: {told.stderr[-1000:]}{told.stdout[-1000:]}")
    found = json.loads(lines[-1])
    if found["others"] or found["lost"]:
        raise NotServed(
            f"{found['others']} of {found['answers']} answers were not {expect}, {found['lost']} lost"
        )
    return Measured(found["answers"] / found["seconds"], found["p50"], found["p99"], found["answers"])
