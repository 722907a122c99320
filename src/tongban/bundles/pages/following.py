"""How far what was sent has come: the parts side by side, each with its case; and taking the whole back."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.response import Redirect, Response

from tongban import cases
from tongban.bundles.actions import reading, sending, starting
from tongban.bundles.actions.reading import Standing
from tongban.bundles.model import PART_WORDS, RUN_WORDS, Part, PartState, RunState, answers_in_words
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.i18n import N_
from tongban.kit.policy import Actor
from tongban.kit.web import form_of, page, redirect

_TONES: dict[PartState, str] = {
    PartState.WAITING: "muted",
    PartState.HERS: "warn",
    PartState.FILED: "info",
    PartState.GRANTED: "ok",
    PartState.ENDED: "bad",
    PartState.HELD: "ok",
    PartState.DROPPED: "muted",
    PartState.LAPSED: "warn",
}
_LINE: dict[PartState, str] = {
    PartState.WAITING: "todo",
    PartState.HERS: "current",
    PartState.FILED: "current",
    PartState.GRANTED: "done",
    PartState.ENDED: "bad",
    PartState.HELD: "done",
    PartState.DROPPED: "ended",
    PartState.LAPSED: "bad",
}
_RUN_TONES: dict[RunState, str] = {RunState.DRAFT: "muted", RunState.SENT: "info", RunState.DONE: "ok"}


@get("/my/bundles", who="bundles.mine")
async def mine(db: Database, actor: Actor) -> Response[str]:
    """What one has begun, the newest first."""
    runs = [
        {
            "run": run,
            "bundle": bundle,
            "words": RUN_WORDS[run.state],
            "tone": _RUN_TONES[run.state],
            "done": sum(part.is_over for part in run.parts),
            "when": run.done_at or run.sent_at or run.opened_at,
        }
        for run, bundle in await reading.mine(db, actor)
    ]
    return page("bundles/mine.html", runs=runs)


@get("/my/bundles/{run_id:uuid}", who="bundles.mine")
async def progress(
    db: Database, actor: Actor, now: datetime, run_id: UUID, new: int = 0, corrected: int = 0
) -> Response[Any]:
    """The parts of what was sent, those that run side by side on one level; a draft opens its form."""
    standing = await reading.progress(db, actor, run_id=run_id, now=now)
    if standing.run.state is RunState.DRAFT:
        return redirect(f"/my/bundles/{run_id}/form")
    run, states = standing.run, [part.state for part in standing.run.parts]
    return page(
        "bundles/progress.html",
        run=run,
        bundle=standing.bundle,
        new=bool(new),
        corrected=bool(corrected),
        words=RUN_WORDS[run.state],
        levels=_levels(standing),
        done=sum(state in (PartState.GRANTED, PartState.HELD) for state in states),
        total=len(states),
        failed=[state for state in states if state in (PartState.ENDED, PartState.DROPPED, PartState.LAPSED)],
        hers=PartState.HERS in states,
        coming=any(case.course.booked is not None for case in standing.cases.values()),
        correcting=any(case.state is cases.State.CORRECTING for case in standing.cases.values()),
        said=answers_in_words(standing.bundle, run.answers),
        due=await _due(db, standing),
    )


async def _due(db: Database, standing: Standing) -> Any:
    """The day by which the whole was promised when it was sent."""
    if standing.run.sent_at is None:
        return None
    return await reading.whole_day(db, standing.plan, now=standing.run.sent_at)


def _levels(standing: Standing) -> list[list[dict[str, Any]]]:
    parts = {part.item: part for part in standing.run.parts}
    return [
        [_line(standing, parts[step.item]) for step in level if step.item in parts]
        for level in standing.plan.levels
    ]


def _line(standing: Standing, part: Part) -> dict[str, Any]:
    version = standing.plan.versions[part.item]
    case = standing.cases.get(part.case) if part.case else None
    names = [standing.plan.versions[one].name for one in part.after if one in standing.plan.versions]
    filed = case is not None and case.state not in (cases.State.DRAFT, cases.State.DISCARDED)
    return {
        "part": part,
        "name": version.name,
        "department": version.department_name,
        "words": cases.STATE_WORDS[case.state]
        if filed and case and not part.is_over
        else PART_WORDS[part.state],
        "tone": _TONES[part.state],
        "line": _LINE[part.state],
        "case": case if filed else None,
        "href": _href(part, filed=filed),
        "due": clock.city_day(case.due) if filed and case and case.due and not part.is_over else None,
        "due_label": case.due_label if case else None,
        "visits": 0 if part.is_over else version.visits,
        "after": names if part.state is PartState.WAITING else [],
        "correct_by": clock.city_day(case.correction.until)
        if case and case.correction and case.state is cases.State.CORRECTING
        else None,
    }


def _href(part: Part, *, filed: bool) -> str | None:
    if part.case is None:
        return None
    if filed:
        return f"/my/cases/{part.case}"
    return f"/apply/{part.item}/{part.case}" if part.state is PartState.HERS else None


@get("/my/bundles/{run_id:uuid}/withdraw", who="bundles.withdraw")
async def ask_withdraw(db: Database, actor: Actor, now: datetime, run_id: UUID) -> Response[Any]:
    """Ask first: what is not decided yet is taken back, what was given stays."""
    standing = await reading.progress(db, actor, run_id=run_id, now=now)
    if standing.run.state is not RunState.SENT:
        return redirect(f"/my/bundles/{run_id}")
    return page(
        "bundles/ask.html",
        bundle=standing.bundle,
        title=N_("要撤回这件事吗？"),
        words=N_(
            "还没有作出决定的各项一并撤回，等待中的不再提交；已经办成的仍然有效。只想撤回其中一项的，请打开那一项的办件。"
        ),
        act=(f"/my/bundles/{run_id}/withdraw", N_("确认撤回")),
        keep=(f"/my/bundles/{run_id}", N_("不撤回")),
    )


@post("/my/bundles/{run_id:uuid}/withdraw", who="bundles.withdraw")
async def withdraw(db: Database, actor: Actor, now: datetime, run_id: UUID) -> Redirect:
    """Take the whole back."""
    await sending.withdraw(db, actor, run_id=run_id, now=now)
    return redirect(f"/my/bundles/{run_id}")


@post("/my/bundles/{run_id:uuid}/again", who="bundles.fill")
async def again(
    db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any], run_id: UUID
) -> Redirect:
    """Apply anew for a part whose draft has ended, with what she had answered."""
    item = (await form_of(request)).get("item", "")
    case_id = await starting.begin_again(db, actor, run_id=run_id, item=item, now=now)
    return redirect(f"/apply/{item}/{case_id}")


routes = [mine, progress, ask_withdraw, withdraw, again]
