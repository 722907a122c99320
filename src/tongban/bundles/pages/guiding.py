"""What there is to be done once, what each joins and spares, and the questions that lead to what one needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Request, get, post
from litestar.response import Response

from tongban import cases, catalogue
from tongban.bundles.actions import reading, starting
from tongban.bundles.model import Bundle, Plan, Saved, answered, answers_in_words, next_question, plan
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.errors import Refused, Words
from tongban.kit.i18n import N_, Message, N_counted, Text
from tongban.kit.policy import Actor
from tongban.kit.rules import Fact
from tongban.kit.web import form_of, page, redirect

_CHOOSE = N_("请选择一项。")
#: What a hidden field of the guide's last page calls an answer.
_SAID = "said_"
#: The name in the address that says which question to ask again.
_AGAIN = "_ask"


class Answer(msgspec.Struct, frozen=True):
    """An answer that is known: hers, or a ``source``'s, with the address under which it is asked again."""

    key: str
    text: Text
    words: Text
    source: Text | None
    change_href: str | None


@get("/bundles", who="bundles.guide")
async def every(db: Database) -> Response[str]:
    """All bundles of the city: whom each is for, and how much it joins."""
    groups: list[tuple[Message, list[Bundle]]] = [
        (N_("个人"), [one for one in await reading.in_force(db) if one.audience == "person"]),
        (N_("企业"), [one for one in await reading.in_force(db) if one.audience == "firm"]),
    ]
    return page("bundles/list.html", groups=[(title, ones) for title, ones in groups if ones])


@get("/bundles/{bundle:str}", who="bundles.guide")
async def one(db: Database, now: datetime, bundle: str) -> Response[str]:
    """What a bundle joins, in which order, who decides, and what it spares against filing apart."""
    found = await reading.current(db, bundle)
    versions = {row.item: await catalogue.current(db, row.item) for row in found.rows}
    whole = plan(found, {}, versions, every=True, today=clock.city_day(now))
    return page(
        "bundles/bundle.html",
        bundle=found,
        plan=whole,
        lead=await reading.lead_of(db, found),
        rows=_rows(whole),
        spared=_spared(reading.spared(whole)),
    )


def _rows(whole: Plan) -> list[dict[str, Any]]:
    """The cases side by side of one level, then those that wait for them."""
    names = {step.item: step.version.name for step in whole.steps}
    return [
        {
            "item": step.item,
            "name": step.version.name,
            "department": step.version.department_name,
            "days": _days(step.version.clock.promise_days),
            "visits": step.version.visits,
            "why": step.row.why,
            "after": [names[one] for one in step.after],
            "when": None if step.row.when is None else step.row.when.label,
            "level": level,
            "critical": step.item in whole.critical and len(whole.steps) > 1,
        }
        for level, steps in enumerate(whole.levels)
        for step in steps
    ]


def _days(days: int) -> Message:
    return N_counted("{n} 个工作日", days) if days else N_("当天")


def _spared(found: Saved) -> list[dict[str, Any]]:
    """Apart and together, a line each: nothing is shown that is the same."""
    named: tuple[tuple[Message, tuple[int, int], Callable[[int], Message]], ...] = (
        (N_("申请"), found.applications, lambda n: N_counted("{n} 份", n)),
        (N_("要填的内容"), found.questions, lambda n: N_counted("{n} 项", n)),
        (N_("要带的材料"), found.documents, lambda n: N_counted("{n} 份", n)),
        (N_("承诺的时间"), found.days, lambda n: N_counted("{n} 天", n) if n else N_("当天")),
        (N_("到现场"), found.visits, lambda n: N_counted("{n} 次", n)),
        (N_("要找的窗口"), found.windows, lambda n: N_counted("{n} 个", n)),
    )
    return [
        {
            "what": what,
            "apart": words(apart),
            "together": words(together),
            "less": round(100 * (apart - together) / apart) if apart else 0,
        }
        for what, (apart, together), words in named
    ]


@get("/bundles/{bundle:str}/guide", who="bundles.guide")
async def guide(
    db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any], bundle: str
) -> Response[str]:
    """The next question that is open, or what the answers lead to. The answers stand in the address alone."""
    query = {name: str(value) for name, value in request.query_params.items()}
    return await _guide(db, actor, now=now, code=bundle, query=query)


async def _guide(
    db: Database,
    actor: Actor,
    *,
    now: datetime,
    code: str,
    query: Mapping[str, str],
    refused: Words | None = None,
    status: int = 200,
) -> Response[str]:
    bundle, today = await reading.current(db, code), clock.city_day(now)
    told = await cases.known_of(db, actor, wanted=bundle.guided.told, now=now)
    standing = answered(bundle, query, told, today=today)
    answers = {key: str(fact.value) for key, fact in standing.items()}
    said = {key: answers[key] for key, fact in standing.items() if fact.source == catalogue.OWN_WORD}
    again = bundle.by_key.get(query.get(_AGAIN, ""))
    question = again or next_question(bundle, answers, today=today)
    shown = _answers(bundle, standing, said)
    if question is not None:
        wrong = {question.key: _CHOOSE} if query.get("_go") == question.key and again is None else {}
        return page(
            "bundles/question.html",
            status=422 if wrong else status,
            bundle=bundle,
            question=question,
            value=answers.get(question.key),
            said={key: value for key, value in said.items() if key != question.key},
            shown=[one for one in shown if one.key != question.key],
            errors=wrong,
            number=[*said, question.key].index(question.key) + 1,
        )
    whole = await reading.planned(db, bundle, answers, now=now)
    return page(
        "bundles/result.html",
        status=status,
        bundle=bundle,
        shown=shown,
        said={_SAID + key: value for key, value in said.items()},
        here=f"/bundles/{bundle.code}/guide?{urlencode(said)}",
        visitor=actor.id is None,
        level=max((step.version.min_level for step in whole.steps), default=0),
        rows=_rows(whole),
        spared=_spared(reading.spared(whole)),
        bring=whole.to_bring,
        sometimes=whole.in_situations,
        exempt=sum(need.exempt for need in whole.needs),
        fees=[fee for step in whole.steps for fee in step.version.fees],
        due=await reading.whole_day(db, whole, now=now),
        days=_days(whole.days),
        sources=await _sources(db, whole),
        refused=refused,
    )


def _answers(bundle: Bundle, standing: Mapping[str, Fact], said: Mapping[str, str]) -> list[Answer]:
    """The answers that count with the way to give another, and with their source where she was not asked."""
    found = []
    words = answers_in_words(bundle, {key: str(fact.value) for key, fact in standing.items()})
    for (key, fact), (text, answer) in zip(standing.items(), words, strict=True):
        prefill = bundle.by_key[key].prefill
        fixed = key not in said and prefill is not None and not prefill.changeable
        href = f"/bundles/{bundle.code}/guide?{urlencode({**said, _AGAIN: key})}"
        source = None if key in said else fact.source
        found.append(Answer(key, text, answer, source, None if fixed else href))
    return found


async def _sources(db: Database, whole: Plan) -> list[list[Words]]:
    """What will be read of whom once she begins, each source once with all the items it is read for (PIPL art. 17)."""
    found: dict[str, tuple[Text, list[Text]]] = {}
    for step in whole.steps:
        for use in await catalogue.sources_of(db, step.version):
            _, items = found.setdefault(use.source.zh, (use.source, []))
            if step.version.name not in items:
                items.append(step.version.name)
    return [
        [source, Text("、".join(one.zh for one in items), ", ".join(one.en for one in items))]
        for source, items in found.values()
    ]


@post("/bundles/{bundle:str}", who="bundles.start")
async def begin(
    db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any], bundle: str
) -> Response[Any]:
    """Begin the bundle with the answers, or go on with the draft that there is; whoever cannot is told why."""
    posted = await form_of(request)
    said = {name.removeprefix(_SAID): value for name, value in posted.items() if name.startswith(_SAID)}
    try:
        run_id = await starting.start(db, actor, code=bundle, answers=said, now=now)
    except starting.QuestionsOpen:
        return redirect(f"/bundles/{bundle}/guide?{urlencode(said)}")
    except Refused as refused:
        if refused.status not in (409, 422):
            raise
        return await _guide(
            db, actor, now=now, code=bundle, query=said, refused=refused.message, status=refused.status
        )
    return redirect(f"/my/bundles/{run_id}/form")


routes = [every, one, guide, begin]
