"""Asking that one's data are put right 更正 (PIPL art. 46): what is wrong, who answers, until when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from tongban import audit, cases, catalogue, identity, licences, regions
from tongban.kit import clock, files, papers, timers
from tongban.kit.db import Database, Part, write_in_turn
from tongban.kit.errors import Words
from tongban.kit.i18n import N_, Message, Text, both
from tongban.kit.idempotency import Remembering, answer_once
from tongban.kit.ids import bucket_of, new_id
from tongban.kit.policy import Actor
from tongban.portal import files as tables
from tongban.portal.actions import placing
from tongban.portal.actions.following import tell, things, whose
from tongban.portal.model import (
    POLICY,
    PROOF_MOST,
    SAID_MOST,
    HeldField,
    HeldKind,
    OnlyPersons,
    RequestInvalid,
    RequestOver,
    RequestStands,
    RequestState,
    RequestsTooMany,
    RequestUnknown,
    RightsRequest,
    Said,
    proof_reference,
)
from tongban.portal.store import requests as store

ITEM = "portal.request"
#: What a purpose of an officer's reading covers.
FIELDS = ("person.name", "person.id_number", "request.said")
BASIS = "个人信息保护法第四十六条：个人请求更正其个人信息，核实后及时更正"
#: Papers whose holders are in the register of hukou: the ID card, the temporary one, the booklet itself.
_WITH_HUKOU = papers.NUMBERED_AS_CITIZENS - {papers.RESIDENT_OF_HK_MACAO_TAIWAN}
#: So long after its limit a request that waits may still be read for its answer.
READABLE_LATE = timedelta(days=365)
#: Licences and cases offered to choose from.
_OFFERED = 50
_ASKED = (
    N_("已收到您的更正请求：{thing}"),
    N_("{department}最晚 {day} 答复。等待期间可以在“我的请求”里查看或者撤回。"),
)


def _forgetting(_answer: dict[str, Any]) -> tuple[Part, ...]:
    """A form needs no key: its id is one."""
    return ()


class Choices(msgspec.Struct, frozen=True):
    """What the form of a request asks besides the words: ``abouts`` to choose from (empty: nothing), ``districts``,
    or, for an entry that may lie ``anywhere`` in the country, its place, with ``beyond`` who takes it outside the city.
    ``paper_kind`` is that of the person's paper: it says whether she has a hukou.
    """

    kind: HeldKind
    field: HeldField
    abouts: tuple[tuple[str, Text | str], ...]
    districts: tuple[tuple[str, Text], ...]
    anywhere: bool
    beyond: Text | None
    paper_kind: str


def check_rights(city_dir: Path, sources: Sequence[str]) -> None:
    """Refuse a city whose ``rights.yaml`` does not say who keeps each of these registers."""
    table = tables.rights(city_dir)
    if missing := [code for code in sources if code not in table.registers]:
        raise tables.RightsWrong(f"rights.yaml: registers does not say who keeps {missing[0]}")


async def has_hukou(db: Database, actor: Actor) -> bool:
    """Whether the person herself, not who acts for her, is in the register of hukou, by the kind of her paper."""
    assert actor.id is not None
    return (await identity.person(db, actor.id)).paper_kind in _WITH_HUKOU


async def choices(db: Database, actor: Actor, thing: str, *, about: str = "") -> Choices:
    """What the form for this thing offers, of registers for the one that is meant (``about``) once that is known.

    Raises RequestUnknown for no such thing, or one that she changes herself.
    """
    POLICY.require(actor, "portal.ask_correction", whose(actor))
    kind, field = things().get(thing, (None, None))
    if kind is None or field is None or field.goes is None:
        raise RequestUnknown
    assert actor.id is not None
    paper_kind = (await identity.person(db, actor.id)).paper_kind
    if field.hukou and paper_kind not in _WITH_HUKOU:
        raise RequestUnknown
    abouts = await _abouts(db, actor, field.goes)
    registers, elsewhere = _keepers(paper_kind)
    meant = (field.goes,) if field.goes != "register" else (about,) if about in registers else (*registers,)
    kinds = {registers.get(code) for code in meant}
    branched = any(one.district and one.kind in kinds for one in await regions.departments(db))
    districts = [(one.code, one.name) for one in await regions.districts(db)] if branched else []
    outside = [elsewhere[code] for code in meant if code in elsewhere]
    heads = [one for one in await regions.departments(db) if one.kind in outside and one.district is None]
    beyond = heads[0].name if heads else None
    anywhere = bool(branched and outside)
    return Choices(kind, field, tuple(abouts), tuple(districts), anywhere, beyond, paper_kind)


def _keepers(paper_kind: str) -> tuple[dict[str, str], dict[str, str]]:
    """Who keeps each register of whom this paper is, and who takes what lies elsewhere: only a hukou does."""
    table = tables.rights()
    if paper_kind in _WITH_HUKOU:
        return table.registers, table.elsewhere
    return table.registers | table.without_hukou, {}


async def _abouts(db: Database, actor: Actor, goes: str) -> Sequence[tuple[str, Text | str]]:
    """What she may mean: a register, one of her cases that a department has, one of her licences."""
    assert actor.id is not None
    if goes == "register":
        names = {one.code: one.name for one in await catalogue.sources(db) if one.kind == "resource"}
        return [(code, names[code]) for code in tables.rights().registers if code in names]
    if goes == "case":
        found = await cases.my_cases(db, actor, before=None, limit=_OFFERED)
        return [
            (str(one.case.id), both(N_("{name}（{code}）", name=one.name, code=one.case.short_code)))
            for one in found
            if one.case.department is not None
        ]
    if goes == "licence":
        return [(str(one.id), one.name) for one in await licences.library(db, actor.id, also=actor.also)][
            :_OFFERED
        ]
    return []


async def ask(
    db: Database,
    actor: Actor,
    *,
    draft: UUID,
    thing: str,
    about: str,
    district: str,
    said: Said,
    remembering: Remembering = _forgetting,
    now: datetime,
) -> UUID:
    """Ask for a correction; gives the request. The same again, and one with the same words, is the one that waits.

    ``draft`` is the id that the form was given, under which its files were kept (:func:`keep_proof`). Raises
    RequestInvalid with a sentence for each field, RequestStands, RequestsTooMany, OnlyPersons, RequestUnknown.
    """
    offered = await choices(db, actor, thing, about=about)
    assert actor.id is not None
    if bucket_of(draft) != actor.bucket:
        raise RequestUnknown
    if offered.paper_kind == papers.FIRM:
        raise OnlyPersons
    department, faults = await _who_answers(
        db, actor, offered, about=about, district=district, place=said.place
    )
    faults |= _faults(said)
    if faults or department is None:
        raise RequestInvalid(faults)
    place = await placing.settled(db, district, said.place) if offered.anywhere else ""
    return await put(
        db,
        actor,
        RightsRequest(
            id=draft,
            subject=actor.id,
            sort="correction",
            thing=thing,
            about=_about(offered, about),
            department=department.code,
            purpose=new_id(actor.bucket),
            asked_at=now,
            due=await due_of(db, now=now),
            state=RequestState.ASKED,
            ended_at=None,
            said=msgspec.structs.replace(said, place=place),
            answer="",
        ),
        basis=BASIS,
        told=_ASKED,
        more=remembering({"request": str(draft)}),
        now=now,
    )


async def ask_once(
    db: Database,
    actor: Actor,
    *,
    thing: str,
    about: str,
    district: str,
    said: Said,
    key: str,
    now: datetime,
) -> UUID:
    """The same for a program, once for its key; raises as :func:`ask`, and KeyReused."""
    draft = new_id(actor.bucket)

    async def act(remembering: Remembering) -> dict[str, Any]:
        asked = await ask(
            *(db, actor),
            draft=draft,
            thing=thing,
            about=about,
            district=district,
            said=said,
            remembering=remembering,
            now=now,
        )
        return {"request": str(asked)}

    answer = await answer_once(
        db,
        act,
        bucket=actor.bucket,
        caller=actor.caller,
        key=key,
        body=[thing, about, district, said.stands, said.should, said.why],
        now=now,
    )
    return UUID(answer["request"])


def _about(offered: Choices, typed: str) -> str:
    if offered.abouts:
        return typed
    registers = tables.rights().registers
    return offered.field.goes if offered.field.goes in registers else ""


async def due_of(db: Database, *, now: datetime) -> datetime:
    """The end of the last day for an answer, in the city's working days from the day on which it came in."""
    calendar = await clock.current_calendar(db)
    last = calendar.add_working_days(calendar.received_day(now), tables.rights().working_days)
    return clock.end_of_day(last)


def _faults(said: Said) -> dict[str, Words]:
    faults: dict[str, Words] = {}
    if not said.should:
        faults["should"] = N_("请填写正确的内容应当是什么。")
    for name in ("stands", "should", "why"):
        if len(getattr(said, name)) > SAID_MOST:
            faults[name] = N_("请控制在 {most} 字以内。", most=SAID_MOST)
    return faults


async def _who_answers(
    db: Database, actor: Actor, offered: Choices, *, about: str, district: str, place: str
) -> tuple[regions.Department | None, dict[str, Words]]:
    """The department whose queue it goes to, else what is missing to say so."""
    goes, table = offered.field.goes, tables.rights()
    if goes in ("register", "case", "licence") and about not in dict(offered.abouts):
        words = N_("请选择有误的是哪一项。") if offered.abouts else N_("您没有可以选择的办件或者证照。")
        return None, {"about": words}
    if goes == "case":
        found = await cases.my_cases(db, actor, before=None, limit=_OFFERED)
        code = next((one.case.department for one in found if str(one.case.id) == about), None)
        return (await regions.department(db, code) if code else None), {}
    if goes == "licence":
        assert actor.id is not None
        faces = await licences.library(db, actor.id, also=actor.also)
        code = next((one.issuer_code for one in faces if str(one.id) == about), None)
        return (await regions.department(db, code) if code else None), {}
    if goes == "operator":
        return await _at_register(db, offered, table.operator, None, district=district, place=place)
    register = about if goes == "register" else str(goes)
    registers, elsewhere = _keepers(offered.paper_kind)
    return await _at_register(
        db, offered, registers[register], elsewhere.get(register), district=district, place=place
    )


async def _at_register(
    db: Database, offered: Choices, kind: str, beyond: str | None, *, district: str, place: str
) -> tuple[regions.Department | None, dict[str, Words]]:
    """The department of this kind in the district; where an entry may lie ``beyond`` the city, the one for that."""
    branched = any(one.district for one in await regions.departments(db, kind=kind))
    if branched and district not in dict(offered.districts):
        if beyond is None:
            return None, {"district": N_("请选择登记所在的区。")}
        if not await placing.settled(db, district, place):
            return None, {"district": N_("请选择登记所在的地方。")}
        kind = beyond
    try:
        return await regions.department_for(db, kind=kind, district=district), {}
    except regions.DepartmentUnknown:
        return None, {"district": N_("这个区没有受理的部门，请换一个区或者拨打热线。")}


async def put(
    db: Database,
    actor: Actor,
    new: RightsRequest,
    *,
    basis: str,
    told: tuple[Message, Message],
    more: tuple[Part, ...] = (),
    now: datetime,
) -> UUID:
    """Write a request, its purpose, its limit and the notice, once; gives the one that stands for it.

    ``more`` is written with it.
    """
    asked = await write_in_turn(
        *(db, "portal.request", new.subject),
        store.asking(new),
        audit.record(
            actor,
            f"portal.ask_{new.sort}",
            subject=new.subject,
            reference=new.id,
            detail={"thing": new.thing, "department": new.department},
            now=now,
        ),
        audit.opening_purpose(
            id=new.purpose,
            kind="own_act",
            subject=new.subject,
            reference=new.id,
            item=ITEM,
            fields=FIELDS,
            basis=basis,
            until=new.due + READABLE_LATE,
            now=now,
        ),
        timers.setting("portal.request", subject=new.subject, reference=new.id, due=new.due),
        await tell(db, new, told, now=now),
        *more,
    )
    if asked is not None:
        return new.id
    if await store.request_of(db, new.subject, new.id) is not None:
        return new.id
    stands = await store.standing(db, new.subject, sort=new.sort, thing=new.thing, about=new.about)
    if stands is None:
        raise RequestsTooMany
    if stands.said != new.said:
        raise RequestStands(stands.id)
    return stands.id


async def keep_proof(
    db: Database, actor: Actor, draft: UUID, received: Sequence[files.Received], *, now: datetime
) -> Message | None:
    """Keep what was uploaded with a form, whether or not its words hold; gives what is wrong when it is too much."""
    POLICY.require(actor, "portal.ask_correction", whose(actor))
    assert actor.id is not None
    if bucket_of(draft) != actor.bucket:
        raise RequestUnknown
    sent = await store.request_of(db, actor.id, draft)
    if sent is not None and sent.state is not RequestState.ASKED:
        raise RequestOver
    kept = await files.kept_about(db, subject=actor.id, reference=proof_reference(draft))
    known = {one.digest for one in kept}
    new = [one for one in received if one.digest not in known]
    if not new:
        return None
    done = await write_in_turn(
        *(db, "portal.proof", draft),
        files.at_most(PROOF_MOST - len(new), subject=actor.id, reference=proof_reference(draft)),
        files.keeping(
            [files.named(one, subject=actor.id, reference=proof_reference(draft), now=now) for one in new]
        ),
        audit.record(
            actor,
            "portal.keep_proof",
            subject=actor.id,
            reference=draft,
            detail={"files": len(new)},
            now=now,
        ),
    )
    return N_("最多上传 {most} 个文件，多出的没有保存。", most=PROOF_MOST) if done is None else None


async def proof_of(db: Database, actor: Actor, draft: UUID) -> list[files.File]:
    """What she has uploaded for a request that is not sent yet."""
    POLICY.require(actor, "portal.ask_correction", whose(actor))
    assert actor.id is not None
    return await files.kept_about(db, subject=actor.id, reference=proof_reference(draft))
