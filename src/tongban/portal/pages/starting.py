"""Guided questionnaires 主题引导: one question at a time, then what has to be done.

Answers stand in the address, so that Back, a bookmark and a link to somebody else all work, and none of them is kept.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Request, get
from litestar.response import Response

from tongban import cases, catalogue
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.errors import Words
from tongban.kit.i18n import N_, Message, N_counted, Text
from tongban.kit.ids import id_told
from tongban.kit.policy import Actor
from tongban.kit.rules import Fact
from tongban.kit.web import page

#: Names in the address that are no question: which one to ask again, and of which one the form was sent.
ASK, SENT = "ask-again", "sent"
#: The case at whose applicant's side a clerk answers: the applicant's id and the case's.
ABOUT = "about"


class Step(msgspec.Struct, frozen=True):
    """An answer that is known: by her, or by a ``source``, with the address under which it is asked again."""

    text: Text
    words: Text
    source: Text | None
    change_href: str | None


class Way:
    """Where somebody stands in a questionnaire: the answers in the address, and what is known without asking."""

    def __init__(
        self, guided: catalogue.Questionnaire, at: str, asked: dict[str, str], told: dict[str, Fact]
    ) -> None:
        self.guided = guided
        self.at = at
        self.told = told
        self.given = {
            one.key: asked[one.key] for one in guided.questions if one.option(asked.get(one.key, ""))
        }
        self.again = guided.question(asked.get(ASK, ""))
        self.sent = asked.get(SENT)
        self.carried = {ABOUT: asked[ABOUT]} if ABOUT in asked else {}
        self.facts = catalogue.with_answers(guided, self.given, told)

    def href(self, **more: str) -> str:
        """The address of these answers."""
        query = urlencode({**self.carried, **self.given, **more})
        return f"{self.at}?{query}" if query else self.at

    def without(self, key: str) -> str:
        """The address at which a question is asked again."""
        return self.href(**{ASK: key})

    def steps(self, today: date) -> list[Step]:
        """The answers that count, in the questionnaire's order."""
        known = catalogue.answers_standing(self.guided, self.facts, today=today)
        found = []
        for question in self.guided.questions:
            option = question.option(known.get(question.key, ""))
            if option is None:
                continue
            source = self.facts[catalogue.ANSWER + question.key].source
            looked_up = source != catalogue.OWN_WORD
            fixed = looked_up and question.prefill is not None and not question.prefill.changeable
            change_href = None if fixed else self.without(question.key)
            found.append(Step(question.text, option.text, source if looked_up else None, change_href))
        return found


@get("/start", who="portal.start")
async def themes(db: Database) -> Response[str]:
    """The themes for which there is a guided questionnaire."""
    return page(
        "portal/start.html", guided=await catalogue.questionnaires(db), at="/start", staff=False, more=""
    )


@get("/start/{key:str}", who="portal.start")
async def start(
    db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any], key: str
) -> Response[str]:
    """The question that comes next, or what the answers lead to."""
    guided = await catalogue.questionnaire_named(db, key)
    told = await cases.known_of(db, actor, wanted=guided.told, now=now)
    way = Way(guided, f"/start/{key}", dict(request.query_params), told)
    return await shown(db, way, now=now, staff=False)


async def shown(
    db: Database, way: Way, *, now: datetime, staff: bool, about: Words | None = None
) -> Response[str]:
    """The page of this way, for a resident or for a clerk who answers for her."""
    today = clock.city_day(now)
    question = way.again or catalogue.next_question(way.guided, way.facts, today=today)
    frame: dict[str, Any] = {
        "guided": way.guided,
        "steps": way.steps(today),
        "staff": staff,
        "about": about,
        "restart_href": f"{way.at}?{urlencode(way.carried)}" if way.carried else way.at,
    }
    if question is not None:
        unanswered = way.sent == question.key and way.again is None
        hidden = {name: value for name, value in way.given.items() if name != question.key}
        return page(
            "portal/start_question.html",
            question=question,
            options=[(one.value, one.text, one.hint) for one in question.options],
            value=way.given.get(question.key),
            hidden=[*way.carried.items(), *hidden.items(), (SENT, question.key)],
            at=way.at,
            error=N_("请选择一个回答，再继续。") if unanswered else None,
            **frame,
        )
    found = catalogue.result(way.guided, way.facts, today=today)
    needs = await catalogue.needs_of(db, found)
    return page(
        "portal/start_result.html",
        found=found,
        needs=needs,
        chips=_chips(needs),
        rows=_materials(needs),
        **frame,
    )


@get("/desk/start", who="portal.start_at_desk")
async def themes_at_desk(db: Database, request: Request[Any, Any, Any]) -> Response[str]:
    """The themes for a clerk who answers for somebody at the window; ``about`` is the case that she has come for."""
    asked = request.query_params.get(ABOUT)
    more = "?" + urlencode({ABOUT: asked}) if asked else ""
    return page(
        "portal/start.html",
        guided=await catalogue.questionnaires(db),
        at="/desk/start",
        staff=True,
        more=more,
    )


@get("/desk/start/{key:str}", who="portal.start_at_desk")
async def start_at_desk(
    db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any], key: str
) -> Response[str]:
    """The same for a clerk. Nothing of the person is read but what registers told for the case that she has come for.

    That is read as the case itself is, under its purpose and with a row in the ledger; without a case nothing is.
    """
    guided = await catalogue.questionnaire_named(db, key)
    asked = dict(request.query_params)
    told: dict[str, Fact] = {}
    about = N_("没有选办件，不读取本人的任何信息，请当面询问。")
    if ABOUT in asked:
        told = await _told_for_case(db, actor, asked[ABOUT], now=now)
        about = N_("已按在办的办件读取登记部门的答复，用过的都写在下面，本人看得到这次读取。")
    way = Way(guided, f"/desk/start/{key}", asked, told)
    return await shown(db, way, now=now, staff=True, about=about)


async def _told_for_case(db: Database, actor: Actor, about: str, *, now: datetime) -> dict[str, Fact]:
    """What registers told for a case on the clerk's desk; raises NoSuchCase for any other."""
    applicant, _, case = about.partition("~")
    subject, case_id = id_told(applicant), id_told(case)
    if subject is None or case_id is None:
        raise cases.NoSuchCase
    opened = await cases.open_case(db, actor, case_id=case_id, subject=subject, now=now)
    return {} if opened.case.finding is None else opened.case.finding.facts


def _chips(needs: catalogue.Together) -> list[tuple[Message, str]]:
    chips: list[tuple[Message, str]] = [
        (N_counted("最多跑 {n} 次", needs.visits), "info"),
        (N_counted("最长 {n} 个工作日", needs.days), "info") if needs.days else (N_("即办"), "info"),
    ]
    if needs.fees_settled:
        chips.append(
            (N_("费用 {amount} 元", amount=f"{needs.fen / 100:.2f}"), "warn")
            if needs.fen
            else (N_("免费"), "ok")
        )
    return [*chips, (N_("零材料"), "ok")] if not needs.bring else chips


def _materials(needs: catalogue.Together) -> list[dict[str, Any]]:
    """The materials still to bring, each once, with the items that ask for it."""
    return [
        {
            "name": material.name,
            "detail": Text(
                "、".join(item.name.zh for item in items), ", ".join(item.name.en for item in items)
            ),
            "exempt": False,
            "later": material.later_days if material.later else None,
            "route": material.route,
            "why": material.why,
        }
        for material, items in needs.bring
    ]


routes = [themes, start, themes_at_desk, start_at_desk]
