"""The tour: walks the main job over HTTP against the running system, as three people would.

A resident searches, enrols, files, follows; an officer decides; somebody scans the licence. Every tour
takes a resident whom nobody has used before, so a second tour at once or a week later is green too.
"""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
from rich.console import Console

from tongban.tour.lines import saved, walk_all
from tongban.tour.walk import Step, Tour, TourFailed

__all__ = ["Step", "Tour", "TourFailed", "run"]


def run(*, papers: Path, as_json: bool) -> int:
    """Walk; print each step with its time; give the exit code (1 when a step failed)."""
    console = Console(highlight=False)

    def tell(step: Step) -> None:
        if not as_json:
            mark = "[green]✓[/]" if step.ok else "[red]✗[/]"
            console.print(f"{mark} {step.seconds:6.2f} s  {step.name}  [dim]{step.seen}[/]", soft_wrap=True)

    tour = Tour(tell, papers)
    failed = ""
    try:
        walk_all(tour)
    except TourFailed as wrong:
        failed = str(wrong)
    total = round(sum(step.seconds for step in tour.steps), 2)
    if as_json:
        told = {"ok": not failed, "seconds": total, "papers_saved": saved(tour), "steps": tour.steps}
        print(json.dumps(msgspec.to_builtins(told), ensure_ascii=False, indent=2))
    else:
        verdict = "FAILED" if failed else "green"
        console.print(
            f"{verdict}: {len(tour.steps)} steps, {total} s, papers nobody had to bring: {saved(tour)}"
        )
        console.print(f"pages kept in {papers}", soft_wrap=True)
    return 1 if failed else 0
