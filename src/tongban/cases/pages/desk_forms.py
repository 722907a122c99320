"""The desk's forms for moves that need more than a reason: what stops or moves the clock, ends, takes back, delivers.

All six are one page: what it asks, and the verb that it calls. A refusal shows the page again with what was typed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, get, post
from litestar.response import Redirect, Response

from tongban import catalogue, regions
from tongban.cases import actions
from tongban.cases.model import (
    POLICY,
    TERMINATION_GROUNDS,
    DeskRow,
    Move,
    NoSuchCase,
    NoSuchMove,
    NotPossibleNow,
    possible,
)
from tongban.cases.model.delivery import DELIVERY_WAYS
from tongban.cases.pages.queue import Place
from tongban.cases.pages.templates import picking
from tongban.kit.db import Database
from tongban.kit.errors import Refused
from tongban.kit.i18n import N_, Message, Text
from tongban.kit.policy import Actor, Relation, Role, Verdict
from tongban.kit.web import form_of, idempotency_key, page, redirect

Options = list[tuple[str, Text | Message | str]]


class Asked(msgspec.Struct, frozen=True):
    """A question of a form: its name, kind of field, label and hint, and its options where there are any."""

    name: str
    field: str
    label: Message
    hint: Message | None = None
    options: Options = []
    optional: bool = False


class Doing(msgspec.Struct, frozen=True):
    """What a verb is called with."""

    db: Database
    actor: Actor
    posted: Mapping[str, str]
    case_id: UUID
    applicant: UUID
    key: str | None
    now: datetime


class DeskForm(msgspec.Struct, frozen=True):
    """One of the forms: its move and its policy action, its words, what it asks, and the verb."""

    move: Move
    action: str
    title: Message
    words: Message
    button: Message
    asks: Callable[[catalogue.ItemVersion], list[Asked]]
    act: Callable[[Doing], Awaitable[Any]]
    grave: bool = False


def _reason(label: Message, hint: Message) -> Asked:
    return Asked("reason", "textarea", label, hint)


def _special(version: catalogue.ItemVersion) -> list[Asked]:
    kinds: Options = [
        (
            code,
            N_("{name}（最多 {days} 个工作日）", name=name, days=days) if days else name,
        )
        for code, (name, days) in actions.specials_of(version).items()
    ]
    return [
        Asked("kind", "radios", N_("进行什么程序"), options=kinds),
        Asked("days", "text", N_("需要多少个工作日"), N_("告知申请人的时间，从下一个工作日起算。")),
        _reason(N_("原因"), N_("申请人会看到，写在特别程序告知书上；至少 10 个字。")),
    ]


def _same(*asked: Asked) -> Callable[[catalogue.ItemVersion], list[Asked]]:
    return lambda _version: list(asked)


async def _suspend(one: Doing) -> None:
    await actions.suspend(
        one.db,
        one.actor,
        case_id=one.case_id,
        applicant=one.applicant,
        kind=one.posted.get("kind", ""),
        days=one.posted.get("days", ""),
        reason=one.posted.get("reason", ""),
        now=one.now,
    )


async def _resume(one: Doing) -> None:
    result = one.posted.get("reason", "")
    await actions.resume(
        one.db, one.actor, case_id=one.case_id, applicant=one.applicant, result=result, now=one.now
    )


async def _extend(one: Doing) -> None:
    reason = one.posted.get("reason", "")
    await actions.extend(
        one.db, one.actor, case_id=one.case_id, applicant=one.applicant, reason=reason, now=one.now
    )


async def _terminate(one: Doing) -> None:
    await actions.terminate_at_desk(
        one.db,
        one.actor,
        case_id=one.case_id,
        applicant=one.applicant,
        ground=one.posted.get("ground", ""),
        reason=one.posted.get("reason", ""),
        now=one.now,
    )


async def _rectify(one: Doing) -> None:
    reason = one.posted.get("reason", "")
    await actions.rectify(
        one.db, one.actor, case_id=one.case_id, applicant=one.applicant, reason=reason, now=one.now
    )


async def _deliver(one: Doing) -> None:
    await actions.deliver(
        one.db,
        one.actor,
        case_id=one.case_id,
        applicant=one.applicant,
        posted=dict(one.posted),
        key=one.key,
        now=one.now,
    )


#: By the name that their address has.
FORMS: dict[str, DeskForm] = {
    "special": DeskForm(
        Move.SUSPEND,
        "cases.suspend",
        N_("启动特别程序"),
        N_(
            "依法需要听证、检验、检测、鉴定、专家评审、现场核查等的，所需时间不计入办理时限，但要书面告知申请人需要多久。"
        ),
        N_("停止计时并告知"),
        _special,
        _suspend,
    ),
    "resumption": DeskForm(
        Move.RESUME,
        "cases.suspend",
        N_("结束特别程序"),
        N_("从今天起恢复计时，最晚办结日按停止的工作日顺延；申请人会收到结果和新的日期。"),
        N_("恢复计时并告知"),
        _same(_reason(N_("结果"), N_("核查、检验等的结论，申请人会看到；至少 10 个字。"))),
        _resume,
    ),
    "extension": DeskForm(
        Move.EXTEND,
        "cases.extend",
        N_("延长办理期限"),
        N_("由本机关负责人批准，只能延长一次，并且要把理由告知申请人。"),
        N_("批准延长并告知"),
        _same(_reason(N_("延长的理由"), N_("申请人会看到，写在延期办理告知书上；至少 10 个字。"))),
        _extend,
    ),
    "termination": DeskForm(
        Move.TERMINATE,
        "cases.terminate",
        N_("终止办理"),
        N_("不作准予或者不予的决定，办件就此结束；申请人可以重新申请，也可以申请行政复议。"),
        N_("终止办理并告知"),
        _same(
            Asked("ground", "radios", N_("事由"), options=list(TERMINATION_GROUNDS.items())),
            _reason(N_("理由"), N_("具体情况，申请人会看到；至少 10 个字。")),
        ),
        _terminate,
        grave=True,
    ),
    "rectification": DeskForm(
        Move.RECTIFY,
        "cases.rectify",
        N_("更正状态"),
        N_(
            "此前的受理、不予受理或者不予办理有误的，由负责人更正：办件回到之前的状态，原来的期限不变。原来的记录保留，申请人会看到更正。"
        ),
        N_("更正并告知"),
        _same(_reason(N_("更正的原因"), N_("申请人会看到，写在更正告知书上；至少 10 个字。"))),
        _rectify,
        grave=True,
    ),
    "delivery": DeskForm(
        Move.DELIVER,
        "cases.deliver",
        N_("登记送达"),
        N_("结果交到申请人手里后登记，生成送达回证。"),
        N_("登记送达"),
        _same(
            Asked("way", "radios", N_("送达方式"), options=list(DELIVERY_WAYS.items())),
            Asked("receiver", "text", N_("签收人或者快递单号")),
            Asked("note", "text", N_("说明"), N_("留置送达的必填。"), optional=True),
        ),
        _deliver,
    ),
}


def forms_for(actor: Actor, moves: frozenset[Move]) -> list[tuple[str, Message]]:
    """The forms that this officer may open for a case that can make these moves: name and words."""
    return [
        (name, form.title)
        for name, form in FORMS.items()
        if form.move in moves and POLICY.decide(actor, form.action, Relation.DEPARTMENT) is not Verdict.REFUSE
    ]


@get("/desk/{applicant:uuid}/{case_id:uuid}/forms/{form:str}", who="cases.desk")
async def ask(
    db: Database,
    actor: Actor,
    applicant: UUID,
    case_id: UUID,
    form: str,
    after: str | None = None,
    show: str | None = None,
    template: str | None = None,
) -> Response[str]:
    """The form; nothing of the case is read but its line in the list.

    The end of a special procedure for an inspection is offered with what its record came to.
    """
    row, asked = await _found(db, actor, applicant, case_id, form)
    if asked.move not in possible(row.state, Role.OFFICER):
        raise NotPossibleNow(row.state)
    result = await actions.inspection_result(db, actor, case_id=case_id) if asked.move is Move.RESUME else ""
    typed = {"reason": result} if result else None
    return await _page(
        db, actor, row, form, asked, place=Place.of(show, after), typed=typed, template=template
    )


async def _found(
    db: Database, actor: Actor, applicant: UUID, case_id: UUID, name: str
) -> tuple[DeskRow, DeskForm]:
    form = FORMS.get(name)
    if form is None:
        raise NoSuchMove
    row = await actions.desk_row(db, actor, case_id=case_id)
    if row is None or row.applicant != applicant:
        raise NoSuchCase
    POLICY.require(actor, form.action, Relation.DEPARTMENT)
    return row, form


async def _page(
    db: Database,
    actor: Actor,
    row: DeskRow,
    name: str,
    form: DeskForm,
    *,
    place: Place,
    typed: Mapping[str, str] | None = None,
    refused: Refused | None = None,
    template: str | None = None,
) -> Response[str]:
    version = await catalogue.version(db, row.item, row.item_version)
    department = (await regions.department(db, actor.department)).name if actor.department else ""
    picked = await picking(db, actor, moves={form.move}, item=version, place=place, template=template)
    return page(
        "cases/desk_form.html",
        status=refused.status if refused else 200,
        at=f"/desk/{row.applicant}/{row.id}",
        place=place.query(),
        department=department,
        case=row,
        item=version,
        name=name,
        form=form,
        asked=form.asks(version),
        **picked,
        typed=typed or ({"reason": picked["picked"]} if picked["picked"] else {}),
        refused=refused,
        errors=refused.fields if refused and refused.fields else {},
    )


@post("/desk/{applicant:uuid}/{case_id:uuid}/forms/{form:str}", who="cases.decide")
async def make(
    db: Database,
    actor: Actor,
    now: datetime,
    request: Request[Any, Any, Any],
    applicant: UUID,
    case_id: UUID,
    form: str,
    after: str | None = None,
    show: str | None = None,
) -> Response[Any] | Redirect:
    """Make the move; a refusal shows the form again with what was typed."""
    posted, place = await form_of(request), Place.of(show, after)
    row, asked = await _found(db, actor, applicant, case_id, form)
    doing = Doing(db, actor, posted, case_id, applicant, await idempotency_key(request), now)
    try:
        await asked.act(doing)
    except Refused as refused:
        if refused.status == 404:
            raise
        return await _page(db, actor, row, form, asked, place=place, typed=posted, refused=refused)
    if asked.move in (Move.TERMINATE, Move.DELIVER):
        return redirect(f"/desk{place.query(did=str(asked.move), of=str(case_id))}")
    return redirect(f"/desk/{applicant}/{case_id}{place.query(did=str(asked.move))}")


routes = [ask, make]
