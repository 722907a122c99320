"""A line of ``bench/results.json`` and the table that is printed."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import msgspec

RESULTS = Path(__file__).with_name("results.json")
#: Units of which less is better: their target is the most, of all others the least.
LESS = frozenset({"µs", "ms", "ms CPU", "MB PSS", "MB more"})


class Row(msgspec.Struct, kw_only=True):
    """One measured thing. ``ratio`` is ``value`` over ``peer``; ``target`` is the least of it, or of ``value`` where
    there is no peer; of what is better the less there is (:data:`LESS`), the most. ``statements`` is how many the page
    runs, ``rows`` how many cases lay in the tables."""

    name: str
    value: float
    unit: str
    peer: float | None = None
    ratio: float | None = None
    target: float | None = None
    p50_ms: float | None = None
    p99_ms: float | None = None
    statements: int | None = None
    rss_mb: float | None = None
    rows: int | None = None
    machine: str = ""
    date: str = ""

    @property
    def measure(self) -> float:
        """What the target is for: the ratio, without a peer the value."""
        return self.value if self.ratio is None else self.ratio

    @property
    def wanted(self) -> str:
        """How the target reads."""
        return "at most" if self.unit in LESS else "at least"

    @property
    def misses(self) -> bool:
        """Whether it is on the wrong side of its target."""
        if self.target is None:
            return False
        return self.measure > self.target if self.unit in LESS else self.measure < self.target


def middle(values: list[float | None]) -> float | None:
    """The median of what is known, to two digits behind the point."""
    known = [value for value in values if value is not None]
    return round(median(known), 2) if known else None


def machine() -> str:
    """What it ran on, in a few words; nothing that names the machine."""
    model = platform.machine()
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    return f"{os.cpu_count()} × {model}, Python {platform.python_version()}"


def join(rows: list[Row], results: Path = RESULTS) -> None:
    """Keep the rows, with machine and date, in the place of those of their names; what another bench measured stays."""
    on, when = machine(), datetime.now(UTC).isoformat(timespec="seconds")
    for row in rows:
        row.machine, row.date = on, when
    kept = {row.name: row for row in read(results)} | {row.name: row for row in rows}
    results.write_bytes(msgspec.json.format(msgspec.json.encode(list(kept.values())), indent=2) + b"\n")


def read(results: Path = RESULTS) -> list[Row]:
    """The rows that were kept; none before the first bench."""
    return msgspec.json.decode(results.read_bytes(), type=list[Row]) if results.exists() else []


def table(rows: list[Row]) -> str:
    """The rows for people; what misses its target is marked."""
    lines = [
        f"{'':2}{'':<58}{'value':>10} {'unit':<10}{'peer':>10}{'ratio':>8}{'target':>8}{'p50':>8}{'p99':>8}"
    ]
    for row in rows:
        mark = "✗ " if row.misses else "  " if row.target is None else "✓ "
        lines.append(
            f"{mark}{row.name:<58}{row.value:>10.1f} {row.unit:<10}{_cell(row.peer, 10, 1)}{_cell(row.ratio, 8, 2)}"
            f"{_cell(row.target, 8, 2)}{_cell(row.p50_ms, 8, 1)}{_cell(row.p99_ms, 8, 1)}"
        )
    return "\n".join(lines)


def _cell(value: float | None, width: int, digits: int) -> str:
    return f"{'':>{width}}" if value is None else f"{value:>{width}.{digits}f}"
