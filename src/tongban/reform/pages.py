"""Pages of the reform, open to everybody: the two halvings, the ledger, the processes, approvals and indicators."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from litestar import Request, get
from litestar.response import Response

from tongban import cases, regions
from tongban.kit import clock, files
from tongban.kit.db import Database
from tongban.kit.i18n import N_, Message
from tongban.kit.pace import Pace
from tongban.kit.policy import Actor
from tongban.kit.web import page, visit
from tongban.reform.actions import approving, coursing, halving, impacting
from tongban.reform.actions.exporting import RowsFiles, indicator_figures, plain
from tongban.reform.files import city_reform, recompute_script
from tongban.reform.model import (
    STAGES,
    DownloadingTooFast,
    Halving,
    Indicator,
    LedgerDayWrong,
    LedgerDepartmentUnknown,
    Line,
    Measured,
    ProcessUnknown,
    cut,
    measured,
    staged,
)
from tongban.reform.model.approvals import counted
from tongban.reform.model.indicators import IndicatorStep

#: Lines of the ledger on a page.
PAGE = 30
#: What is published may be kept on the way for as long as the file is.
_PUBLIC = "public, max-age=60"
_files = RowsFiles()
#: Days of which one address may have the file made within a minute; one that is kept is given to everybody.
_pace = Pace(questions=20, window=60)
_STAGE_WORDS: dict[str, Message] = {
    "chosen": N_("选定"),
    "planned": N_("方案明确"),
    "ready": N_("具备上线条件"),
    "done": N_("完成"),
}


@get("/reform", who="reform.read")
async def overview(db: Database, now: datetime, on: str = "") -> Response[str]:
    """The two halvings with their formulas, and where the processes, approvals and indicators stand. Two statements.

    ``on`` is a day before today: the ledger as it stood then; raises LedgerDayWrong.
    """
    today = clock.city_day(now)
    day = _day(on, today)
    seen = await halving.overview(db, on=day)
    return page(
        "reform/overview.html",
        on=day,
        today=today,
        whole=seen.whole,
        targets=seen.city.targets,
        kinds=list(seen.by_department.items()),
        departments=await _departments(db),
        stages=_stages(day),
        approvals=counted(seen.city.approvals, day),
        rates=_rates(seen.whole),
        synthetic=any(line.then.mark == "synthetic" for line in seen.lines),
    )


def _day(word: str, today: date) -> date:
    """The day that is asked for, today where none is: the ledger begins with the first day of its baselines. Raises
    LedgerDayWrong."""
    first = min((one.on for one in city_reform().baselines.values()), default=today)
    try:
        day = date.fromisoformat(word) if word else today
    except ValueError as none:
        raise LedgerDayWrong(first, today) from none
    if not first <= day <= today:
        raise LedgerDayWrong(first, today)
    return day


async def _departments(db: Database) -> dict[str, Any]:
    return dict(await regions.kind_names(db))


def _rates(whole: Halving) -> list[tuple[Message, str, int, int, Decimal | None]]:
    """The other shares: words, formula, both sums, the share."""
    return [
        (N_("减环节"), "1 − Σ / Σ", whole.steps, whole.steps_then, whole.steps_cut),
        (N_("减跑动"), "1 − Σ / Σ", whole.visits, whole.visits_then, whole.visits_cut),
        (N_("减窗口"), "1 − Σ / Σ", whole.windows, whole.windows_then, whole.windows_cut),
        (N_("表单预填率"), "Σ / Σ", whole.prefilled, whole.questions, whole.prefilled_share),
        (N_("实际用时占承诺"), "Σ / Σ", whole.used_days, whole.promised_days, whole.used_share),
    ]


def _stages(on: date) -> list[dict[str, Any]]:
    processes = city_reform().processes
    numbers = staged(processes, on)
    return [
        {
            "stage": stage,
            "words": _STAGE_WORDS[stage],
            "number": numbers[stage],
            "share": 100 * numbers[stage] // (len(processes) or 1),
            "href": f"/reform/processes?stage={stage}",
        }
        for stage in STAGES
    ]


@get("/reform/rows.jsonl", who="reform.read")
async def rows(request: Request[Any, Any, Any], db: Database, now: datetime, on: str = "") -> Response[bytes]:
    """Every row and every published figure of a day, one JSON object a line, for ``recompute.py``. No statement where
    the file of that day is kept, else two; raises LedgerDayWrong, DownloadingTooFast.

    Nothing of it is about a person: items, and how many cases of each were decided in a month and in how many days.
    """
    day = _day(on, clock.city_day(now))
    if _files.kept(day, now=now) is None and (seconds := _pace.wait(visit().address, now.timestamp())):
        raise DownloadingTooFast(seconds)
    found = await _files.file(db, on=day, now=now)
    headers = {
        "content-disposition": files.disposition(f"tongban-reform-{day}.jsonl", inline=False),
        "cache-control": _PUBLIC,
        "vary": "accept-encoding",
    }
    packed = "gzip" in request.headers.get("accept-encoding", "")
    if packed:
        headers["content-encoding"] = "gzip"
    return Response(
        found.packed if packed else found.plain, headers=headers, media_type="application/x-ndjson"
    )


@get("/reform/recompute.py", who="reform.read", sync_to_thread=False)
def recompute() -> Response[bytes]:
    """The script that recomputes each figure from those rows, as it stands in ``docs``."""
    return Response(
        recompute_script(),
        headers={
            "content-disposition": files.disposition("recompute.py", inline=False),
            "cache-control": _PUBLIC,
        },
        media_type="text/x-python",
    )


@get("/reform/months", who="reform.read")
async def months(db: Database, now: datetime) -> Response[str]:
    """The last twelve months as charts, each with its table. Five statements."""
    found = await coursing.course(db, now=now)
    targets = city_reform().targets
    return page(
        "reform/months.html",
        months=found,
        halvings=[
            (N_("减时限"), "time_cut", targets.time_cut),
            (N_("减材料"), "materials_cut", targets.materials_cut),
        ],
        counts=[
            (N_("实际用时占承诺"), "used_share"),
            (N_("要人提交的材料"), "asked"),
            (N_("没有做完的清理任务"), "tasks"),
            (N_("不该要却要了的次数"), "unjustified"),
        ],
        columns=_columns,
    )


_CHART_HEIGHT = 100
_CHART_STEP = 30


def _columns(found: list[coursing.Month], name: str, *, most: int | None = None) -> list[dict[str, Any]]:
    """The columns of a chart of one number a month: where each begins, how high it is, in the units of the drawing."""
    values = [getattr(one, name) for one in found]
    top = max([most or 0, *(value for value in values if value is not None)]) or 1
    return [
        {
            "x": place * _CHART_STEP,
            "month": one.month,
            "value": value,
            "height": 0 if value is None else round(max(float(value), 0) * _CHART_HEIGHT / float(top), 1),
        }
        for place, (one, value) in enumerate(zip(found, values, strict=True))
    ]


@get("/reform/ledger", who="reform.read")
async def ledger(db: Database, now: datetime, after: str = "", department: str = "") -> Response[str]:
    """The approvals line by line, by code: what each asks now and what it asked. Two statements.

    ``after`` is the code of the last line of the page before; with none behind it the first page comes again. Raises
    LedgerDepartmentUnknown.
    """
    departments = await _departments(db)
    if department and department not in departments:
        raise LedgerDepartmentUnknown
    city = city_reform()
    lines = [
        line
        for line in await halving.ledger(db, on=clock.city_day(now))
        if line.now.kind in city.targets.approval_kinds and department in ("", line.now.department_kind)
    ]
    later = [line for line in lines if line.now.item > after]
    shown = later or lines
    address = f"/reform/ledger?department={department}&" if department else "/reform/ledger?"
    return page(
        "reform/ledger.html",
        lines=[_line(one) for one in shown[:PAGE]],
        found=len(lines),
        department=departments.get(department),
        next_href=f"{address}after={shown[PAGE - 1].now.item}" if len(shown) > PAGE else None,
        first_href=address.rstrip("?&") if len(shown) < len(lines) else None,
    )


def _line(line: Line) -> dict[str, Any]:
    now, then = line.now, line.then
    return {
        "href": f"/items/{now.item}",
        "name": now.name,
        "promised": now.promise_days,
        "statutory": "—" if now.statutory is None else now.statutory,
        "time_cut": None if not now.statutory else cut(now.promise_days, now.statutory),
        "materials": (now.materials, then.materials),
        "steps": (now.steps, then.steps),
        "visits": (now.visits, then.visits),
        "prefilled": (now.prefilled, now.questions),
    }


@get("/reform/processes", who="reform.read")
async def processes(db: Database, now: datetime, stage: str = "chosen") -> Response[str]:
    """The processes that have come to a stage, by their code; without a known one all."""
    today = clock.city_day(now)
    wanted = stage if stage in STAGES else "chosen"
    return page(
        "reform/processes.html",
        stages=_stages(today),
        wanted=wanted,
        departments=await _departments(db),
        words=_STAGE_WORDS,
        processes=[
            (one, one.stage(today))
            for one in city_reform().processes
            if (day := one.reached(wanted)) is not None and day <= today
        ],
    )


@get("/reform/processes/{process_code:str}", who="reform.read")
async def process(db: Database, now: datetime, process_code: str) -> Response[str]:
    """A process: its stages, why it was chosen, before and after; raises ProcessUnknown."""
    city = city_reform()
    found = next((one for one in city.processes if one.code == process_code), None)
    if found is None:
        raise ProcessUnknown
    today = clock.city_day(now)
    reached = [(stage, day if (day := found.reached(stage)) and day <= today else None) for stage in STAGES]
    return page(
        "reform/process.html",
        process=found,
        department=(await _departments(db)).get(found.department_kind),
        steps=[
            {"state": "done" if day else "todo", "title": _STAGE_WORDS[stage], "when": day and str(day)}
            for stage, day in reached
        ],
        weights=city.weights,
        score=found.score(city.weights),
        before_after=[
            (N_("环节"), found.steps_before, found.steps_after),
            (N_("材料"), found.materials_before, found.materials_after),
            (N_("跑动次数"), found.visits_before, found.visits_after),
            (N_("工作日"), found.days_before, found.days_after),
        ],
    )


@get("/reform/approvals", who="reform.read")
async def approvals(db: Database, now: datetime) -> Response[str]:
    """Approvals cancelled and adjusted, and those to come, each with its basis and its effect. Four statements."""
    today = clock.city_day(now)
    rows = city_reform().approvals
    return page(
        "reform/approvals.html",
        groups=[
            (words, [one for one in rows if (one.act, one.in_force(today)) == (act, past)])
            for words, act, past in (
                (N_("已取消"), "cancel", True),
                (N_("已调整"), "adjust", True),
                (N_("将取消"), "cancel", False),
                (N_("将调整"), "adjust", False),
            )
        ],
        effects=await approving.effects(db),
        today=today,
        departments=await _departments(db),
    )


@get("/reform/indicators", who="reform.read", sync_to_thread=False)
def indicators(now: datetime) -> Response[str]:
    """The business-environment indicators: each scenario's steps on each date, before, now and wanted."""
    city = city_reform()
    return page(
        "reform/indicators.html",
        today=clock.city_day(now),
        targets=city.targets,
        ours=indicator_figures(city),
        shown=[_indicator(one, flow, city.steps) for one in city.indicators.indicators for flow in one.flows],
    )


_FLOWS: dict[str, Message] = {"import": N_("进口"), "export": N_("出口")}


def _indicator(one: Indicator, flow: str, steps: tuple[IndicatorStep, ...]) -> dict[str, Any]:
    series = measured(one, flow, steps)  # type: ignore[arg-type]
    last = series[-1]
    wanted = one.target.get(flow or "time", "")
    bars = [(str(at.on.year), plain(at.time), _width(at.time, series)) for at in series]
    return {
        "indicator": one,
        "flow": _FLOWS.get(flow),
        "flow_code": flow,
        "series": [(at, plain(at.time)) for at in series],
        "bars": [*bars, (None, wanted, _width(Decimal(wanted or 0), series))],
        "cut": cut(last.time, series[0].time),
        "procedures_cut": cut(last.procedures, series[0].procedures),
        "wanted_procedures": one.target.get("procedures"),
        "steps": [
            step
            for step in steps
            if (step.indicator, step.flow, step.measured_on) == (one.code, flow, last.on)
        ],
    }


def _width(value: Decimal, series: list[Measured]) -> str:
    """A bar's length in hundredths of the longest."""
    longest = max((at.time for at in series), default=Decimal(0)) or Decimal(1)
    return f"{100 * value / longest:.1f}"


@get("/desk/reform/impact/{code:str}", who="reform.impact")
async def impact(db: Database, actor: Actor, code: str) -> Response[str]:
    """What a change of this item touches, for who maintains items."""
    seen = await impacting.impact(db, actor, code)
    organs = {one.code: one.name for one in await regions.departments(db)}
    return page(
        "reform/impact.html",
        seen=seen,
        rows=[
            (one.version, organs.get(one.department, ""), cases.STATE_WORDS[one.state], one.number)
            for one in seen.running
        ],
        letters=[
            (one.title, cases.USES[one.use], organs.get(one.department, "") if one.department else N_("全市"))
            for one in seen.letters
        ],
    )


routes: list[Any] = [
    overview,
    rows,
    recompute,
    months,
    ledger,
    processes,
    process,
    approvals,
    indicators,
    impact,
]
