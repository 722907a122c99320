"""``python -m bench.check``: what in ``bench/results.json`` misses its target. Exit 1 only where a row is missing."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from bench import accounts, desk, enumeration, gating, oidc, planning, ruling, sealing, uploads
from bench.rows import RESULTS, Row, read

#: Every line that the benches of this version measure: none may get lost unnoticed.
EXPECTED = (
    "submit, against the same two statements",
    "submit, against the same parts one by one",
    "submit: processor time of the web processes",
    "case read by an officer's program, against its single statement",
    "case read by an officer's program, against its parts one by one",
    "case read by the officer (desk page), against its single statement",
    "case read by the officer (desk page), against its parts one by one",
    "case read by the resident, against its 2 statements",
    "search page, against its single statement",
    "guide page of an item, against its single statement",
    "guided question page, against its single statement",
    "web (2 processes) and worker",
    "worker: events handled, with the sandbox's SMS gateway",
    "growth: applicant's page of a case, many cases against few",
    "growth: desk queue, many cases against few",
    "growth: 100 cases as JSON, many cases against few",
    "clock: a limit of working days",
    "clock: a limit with two special procedures and an extension",
    "clock: promised and statutory limit of a case with both",
    "10,000,000 open timers: the look for due ones, none due",
    "10,000,000 open timers: the look for due ones, a batch of 200 due",
    "move: accept, by its action, against the same 2 statements",
    "move: approve, by its action, against the same 2 statements",
    oidc.NAME,
    *accounts.NAMES,
    *map(enumeration.name_of, enumeration.DOORS),
    enumeration.LOG_IN,
    *sealing.NAMES.values(),
    *(uploads.name_of(words) for words in uploads.WORDS),
    *(ruling.ITEM, ruling.ROWS, ruling.FIRST, ruling.NEXT),
    *(planning.FIRST, planning.NEXT),
    *(gating.GATE, gating.RECHECK),
    *(desk.name_of(words, cases) for cases in desk.CASES for words in desk.WORDS),
)


def missing(rows: Iterable[Row]) -> list[str]:
    """The expected lines that nobody measured."""
    found = {row.name for row in rows}
    return [name for name in EXPECTED if name not in found]


def told(rows: list[Row]) -> str:
    """A line for each row that is missing or misses its target, and how many meet theirs."""
    aimed = [row for row in rows if row.target is not None]
    lines = [f"missing: {name}" for name in missing(rows)]
    lines += [
        f"misses its target: {row.name}: {row.measure:.2f}, wanted {row.wanted} {row.target:g}"
        for row in aimed
        if row.misses
    ]
    met = sum(not row.misses for row in aimed)
    return "\n".join([*lines, f"{met} of {len(aimed)} targets are met ({rows[0].date if rows else 'never'})"])


def main(results: Path = RESULTS) -> int:
    """The command line."""
    rows = read(results)
    print(told(rows))
    return 1 if missing(rows) else 0


if __name__ == "__main__":
    sys.exit(main())
