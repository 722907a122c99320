"""How something was decided 怎么决定的 (PIPL art. 24, 48): the machine's steps of a case, their facts; a review."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tongban import cases, regions
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.errors import Words
from tongban.kit.i18n import N_, Message, Text
from tongban.kit.ids import bucket_of, id_told, new_id
from tongban.kit.policy import Actor, Role
from tongban.portal import files as tables
from tongban.portal.actions.following import whose
from tongban.portal.actions.requesting import due_of, put
from tongban.portal.model import (
    POLICY,
    SAID_MOST,
    Decision,
    RequestInvalid,
    RequestState,
    RequestUnknown,
    RightsRequest,
    Said,
)
from tongban.portal.store import requests as store

BASIS = "个人信息保护法第二十四条第三款、第四十八条：要求说明，拒绝仅由自动化决策作出决定"
#: A line of what was used: what it is, and the value with its source.
Line = tuple[Message | Text, Message | Text | str]
_ASKED = (
    N_("已收到您的人工复核请求：{thing}"),
    N_("{department}的负责人最晚 {day} 答复。等待期间可以在“我的请求”里查看或者撤回。"),
)


class Decided(msgspec.Struct, frozen=True):
    """One step that the machine made: its kind, when, the facts used, and the review that was asked for, if one was."""

    kind: Decision
    at: datetime
    facts: list[Line]
    request: RightsRequest | None


class Explained(msgspec.Struct, frozen=True):
    """A case's machine-made steps, the latest first, and what the registers told, each with source and time."""

    case: UUID
    name: Text
    code: str
    department: str | None
    decided: list[Decided]
    registers: list[Line]


def _when(at: datetime | None) -> str:
    return "—" if at is None else f"{clock.city_time(at):%Y-%m-%d %H:%M}"


def _registers(opened: Any) -> list[Line]:
    """What each register told, with its time; of one that was silent, when it was asked."""
    lines: list[Line] = []
    for one in opened.facts.values():
        if one.outcome == "down":
            lines.append((one.source, N_("没有应答，{at} 查询", at=_when(one.read_at))))
        else:
            told = N_("登记时间 {as_of}，{at} 读取", as_of=_when(one.as_of), at=_when(one.read_at))
            lines.append((one.source, told))
    return lines


def _one(label: Message, value: Message | Text | str | None) -> list[Line]:
    return [(label, value)] if value else []


#: What the page of a case shows of the facts of a decision, by the names that ``uses`` of decisions.yaml has.
USES: dict[str, Callable[[Any, Any], Sequence[Line]]] = {
    "submitted": lambda opened, _: _one(N_("提交时间"), _when(opened.case.submitted_at)),
    "accept_due": lambda opened, _: _one(N_("受理的最后时间"), _when(opened.case.accept_due)),
    "correction": lambda opened, _: _one(
        N_("补正的最后时间"), opened.case.correction and _when(opened.case.correction.until)
    ),
    "joint": lambda opened, _: _one(
        N_("确认的最后时间"), opened.case.joint and _when(opened.case.joint.until)
    ),
    "reason": lambda _, step: _one(N_("情况"), str(step.detail.get("reason") or "")),
    "until": lambda _, step: _one(N_("原证有效期至"), str(step.detail.get("until") or "")),
    "to": lambda _, step: _one(N_("移送到"), _text(step.detail.get("to"))),
    "registers": lambda opened, _: _registers(opened),
}


def _text(value: Any) -> Text | str:
    return Text(value["zh"], value["en"]) if isinstance(value, dict) else str(value or "")


def kind_of(move: str, ground: str) -> Decision | None:
    """The kind of decision that a step made by the machine is; None where it only follows from another."""
    for one in tables.decisions().values():
        if move in one.moves and (not one.grounds or ground in one.grounds):
            return one
    return None


async def explained(db: Database, actor: Actor, case_id: UUID) -> Explained:
    """How the actor's case was decided so far; raises NoSuchCase. Two statements."""
    POLICY.require(actor, "portal.decided", whose(actor))
    assert actor.id is not None
    opened = await cases.progress(db, actor, case_id=case_id)
    asked = {one.thing: one for one in await store.reviews_of(db, actor.id, about=str(case_id))}
    decided = []
    for step in opened.events:
        kind = kind_of(step.move, str(step.detail.get("ground") or ""))
        if kind is None or step.actor_role is not Role.SYSTEM:
            continue
        lines = [line for name in kind.uses for line in USES[name](opened, step)]
        facts: list[Line] = [(N_("作出时间"), _when(step.at)), (N_("用到的事实"), kind.facts), *lines]
        decided.append(Decided(kind, step.at, facts, asked.get(kind.code)))
    case = opened.case
    name, code = opened.version.name, case.short_code or ""
    return Explained(case.id, name, code, case.department, decided[::-1], _registers(opened))


def reviewable(code: str) -> Decision:
    """The kind of decision of which a person's look may be asked; raises RequestUnknown."""
    kind = tables.decisions().get(code)
    if kind is None or kind.by != "machine":
        raise RequestUnknown
    return kind


async def ask_review(
    db: Database, actor: Actor, *, draft: UUID, code: str, about: str, why: str, now: datetime
) -> UUID:
    """Ask that a person looks at what the machine decided; of a case the head of its department, else the operator's.

    The same again is the same request. Raises RequestInvalid, RequestStands, RequestsTooMany, RequestUnknown.
    """
    POLICY.require(actor, "portal.ask_review", whose(actor))
    assert actor.id is not None
    kind = reviewable(code)
    if bucket_of(draft) != actor.bucket:
        raise RequestUnknown
    faults: dict[str, Words] = {}
    if not why:
        faults["why"] = N_("请写明您认为哪里不对，负责人按您说的来看。")
    elif len(why) > SAID_MOST:
        faults["why"] = N_("请控制在 {most} 字以内。", most=SAID_MOST)
    if faults:
        raise RequestInvalid(faults)
    return await put(
        db,
        actor,
        RightsRequest(
            id=draft,
            subject=actor.id,
            sort="review",
            thing=kind.code,
            about=about if kind.moves else "",
            department=await _who_looks(db, actor, kind, about),
            purpose=new_id(actor.bucket),
            asked_at=now,
            due=await due_of(db, now=now),
            state=RequestState.ASKED,
            ended_at=None,
            said=Said("", "", why),
            answer="",
        ),
        basis=BASIS,
        told=_ASKED,
        now=now,
    )


async def _who_looks(db: Database, actor: Actor, kind: Decision, about: str) -> str:
    """The department whose head looks; raises RequestUnknown for a case in which the machine decided no such thing."""
    if kind.moves:
        case_id = id_told(about)
        if case_id is None:
            raise RequestUnknown
        seen = await explained(db, actor, case_id)
        if kind.code not in {one.kind.code for one in seen.decided}:
            raise RequestUnknown
        if seen.department is not None:
            return seen.department
    return (await regions.department_for(db, kind=tables.rights().operator, district="")).code
