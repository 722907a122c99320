"""The tour: walks the main job over HTTP against the running system, as three people would.

A resident searches, enrols, files, follows; an officer decides; somebody scans the licence. Every tour
takes a resident whom nobody has used before, so a second tour at once or a week later is green too.
"""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
from rich.console import Console

from tongban.tour.birth import walk_birth
from tongban.tour.food import ACCOUNT as FOOD_ACCOUNT
from tongban.tour.food import walk_food
from tongban.tour.lines import saved, walk_all
from tongban.tour.powers import walk_powers
from tongban.tour.walk import Step, Tour, TourFailed

__all__ = ["FOOD_ACCOUNT", "Step", "Tour", "TourFailed", "run"]


def run(
    *,
    papers: Path,
    as_json: bool,
    food: dict[str, str] | None = None,
    powers: tuple[str, str] | None = None,
    birth: dict[str, str] | None = None,
) -> int:
    """Walk; print each step with its time; give the exit code (1 when a step failed).

    ``food`` are the telephones of the officers by account: then the café's licence is walked, not the main job;
    ``powers``, account and telephone of an officer who helps at a window: acting for another is; ``birth``, telephones
    by account too: a birth, done once.
    """
    console = Console(highlight=False)

    def tell(step: Step) -> None:
        if not as_json:
            mark = "[green]✓[/]" if step.ok else "[red]✗[/]"
            console.print(f"{mark} {step.seconds:6.2f} s  {step.name}  [dim]{step.seen}[/]", soft_wrap=True)

    tour = Tour(tell, papers)
    failed = ""
    try:
        if powers is not None:
            walk_powers(tour, powers)
        elif birth is not None:
            walk_birth(tour, birth)
        elif food is None:
            walk_all(tour)
        else:
            walk_food(tour, food)
    except TourFailed as wrong:
        failed = str(wrong)
    total = round(sum(step.seconds for step in tour.steps), 2)
    if as_json:
        told = {"ok": not failed, "seconds": total, "papers_saved": saved(tour), "steps": tour.steps}
        print(json.dumps(msgspec.to_builtins(told), ensure_ascii=False, indent=2))
    else:
        verdict = "FAILED" if failed else "green"
        spared = (
            ""
            if (powers, food, birth) != (None, None, None)
            else f", papers nobody had to bring: {saved(tour)}"
        )
        console.print(f"{verdict}: {len(tour.steps)} steps, {total} s{spared}")
        console.print(f"pages kept in {papers}", soft_wrap=True)
    return 1 if failed else 0
