"""Enrolment: /enrol, its code, and the page that waits for a register that is down."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from litestar import Request, get, post
from litestar.response import Response

from tongban.identity import actions
from tongban.identity.actions import codes
from tongban.identity.actions.real_name import finish_raising
from tongban.identity.actions.steps import step_of
from tongban.identity.model.consent import ENROLMENT
from tongban.identity.model.duplicates import EnrolledByOtherPaper
from tongban.identity.model.people import LEVEL_CHECKED
from tongban.identity.model.phone_only import PhoneOnlyOver
from tongban.identity.model.phones import PhoneBound
from tongban.identity.model.refusals import (
    AlreadyEnrolled,
    EnrollingTooFast,
    RegisterAway,
    RegisterSaysNo,
    StepGone,
)
from tongban.identity.model.said import said_in
from tongban.identity.model.sending import TooManyTexts
from tongban.identity.model.typed import ENROLLING, checked
from tongban.identity.pages.duplicates import found_page
from tongban.identity.pages.logging_in import log_in_instead
from tongban.identity.pages.onward import Onward, in_place, next_step, refused_page, same_step, welcome
from tongban.kit import clock, papers
from tongban.kit.db import Database
from tongban.kit.errors import Refused
from tongban.kit.i18n import Text
from tongban.kit.pace import Pace
from tongban.kit.policy import VISITOR, Actor, Role
from tongban.kit.web import form_of, redirect, visit
from tongban.kit.web.keeping import KEPT_BODY_BYTES

HOME = "/"
LADDER = "/account/level"
_ABROAD = Text("中国（定居国外、没有居民身份证的公民）", "China (citizens abroad without an ID card)")
_LOOPBACK = frozenset({"127.0.0.1", "::1"})
#: Enrolments that one address may try within a quarter of an hour: enough for a service centre's counter, too
#: slow to try out who is in the population register.
_pace = Pace(questions=30, window=900)


def _keep_pace(now: datetime) -> None:
    """Raise EnrollingTooFast. This machine's own address is a proxy that no setting names: it stands for everybody."""
    address = visit().address
    if address in _LOOPBACK:
        return
    if seconds := _pace.wait(address, now.timestamp()):
        raise EnrollingTooFast(seconds)


def raises(actor: Actor) -> bool:
    """Whether who is logged in with a phone alone stands here: the enrolment gives her account a name."""
    return actor.role is Role.RESIDENT and actor.level < LEVEL_CHECKED and actor.acting is None


def _form(
    onward: Onward, *, typed: Mapping[str, str] | None = None, refused: Refused | None = None
) -> Response[Any]:
    typed = typed or {}
    kind = typed.get("paper_kind", "")
    return refused_page(
        "identity/enrol.html",
        refused,
        onward=onward,
        typed=typed,
        kind=papers.PAPER_KINDS[kind if kind in ENROLLING else papers.CITIZEN],
        kinds=[papers.PAPER_KINDS[one] for one in ENROLLING],
        countries=countries_offered(),
        consent=ENROLMENT.words[ENROLMENT.version],
        raises=raises(visit().actor),
    )


def countries_offered() -> list[tuple[str, Text]]:
    """The states to choose from; first the passport of citizens who live abroad and have no ID card."""
    return [(papers.CHINA, _ABROAD), *((one.code, one.name) for one in papers.countries())]


def paper_choices() -> dict[str, Any]:
    """The kinds of papers and the states, to choose from."""
    kinds = [(one, papers.PAPER_KINDS[one].name) for one in ENROLLING]
    return {"kinds": kinds, "countries": countries_offered()}


def _waiting(onward: Onward, *, step: str, refused: Refused | None = None) -> Response[Any]:
    return refused_page("identity/waiting.html", refused, onward=onward, step=step)


def _code(onward: Onward, *, step: str, now: datetime, **more: Any) -> Response[Any]:
    passed = step_of(step, "enrol", now=now)
    context = {"refused": None, "wait": 0, "sent": False, **more}
    return refused_page(
        "identity/code.html",
        door="/enrol",
        onward=onward,
        step=step,
        phone=passed.phone,
        raises=passed.raises is not None,
        **context,
    )


def _refuse_code(onward: Onward, *, step: str, now: datetime, refused: Refused) -> Response[Any]:
    if in_place(onward, refused):
        return _code(onward, step=step, now=now, refused=refused)
    return same_step("/enrol/code", step, onward, refused, now=now)


def _to_code(onward: Onward, step: str, now: datetime) -> Response[Any]:
    if onward.kept:
        return _code(onward, step=step, now=now)
    return redirect(next_step("/enrol/code", step, onward))


def _away(onward: Onward, away: RegisterAway) -> Response[Any]:
    if onward.kept:
        return _waiting(onward, step=away.step, refused=away)
    return redirect(next_step("/enrol/waiting", away.step, onward))


@get("/enrol", who="identity.enrol")
async def enter(request: Request[Any, Any, Any], actor: Actor) -> Response[Any]:
    """The enrolment form; ``paper`` in the address begins with another paper than the ID card."""
    onward = Onward.of(request.query_params, home=HOME)
    if actor.role is Role.RESIDENT and not raises(actor):
        return redirect(onward.next)
    return _form(onward, typed={"paper_kind": request.query_params.get("paper", "")})


@post("/enrol/paper", who="identity.enrol", status_code=200, request_max_body_size=KEPT_BODY_BYTES)
async def other_paper(request: Request[Any, Any, Any]) -> Response[Any]:
    """The form for another paper, with what was typed so far: nothing is kept or asked, so it needs no key."""
    form = await form_of(request)
    typed = {**form, "paper_kind": form.get("other", ""), "id_number": ""}
    return _form(Onward.of(form, home=HOME), typed=typed)


@post("/enrol", who="identity.enrol", request_max_body_size=KEPT_BODY_BYTES)
async def enrol(request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime) -> Response[Any]:
    """Name, the paper's number, phone, password: checked against the population register.

    Who is logged in with a phone alone has phone and password already.
    """
    form = await form_of(request)
    onward = Onward.of(form, home=HOME)
    raising = raises(actor)
    try:
        typed = checked(
            name=form.get("name", ""),
            id_number=form.get("id_number", ""),
            phone=None if raising else form.get("phone", ""),
            password=None if raising else form.get("password", ""),
            agreed=form.get("agree") == "yes",
            paper_kind=form.get("paper_kind", papers.CITIZEN),
            country=form.get("country", ""),
            today=clock.city_day(now),
        )
        _keep_pace(now)
        step = await actions.enrol(db, typed, actor=actor if raising else VISITOR, now=now)
    except RegisterAway as away:
        return _away(onward, away)
    except Refused as refused:
        return _form(onward, typed=form, refused=refused)
    return _to_code(onward, step, now)


@get("/enrol/waiting", who="identity.enrol")
async def waiting(request: Request[Any, Any, Any], now: datetime) -> Response[Any]:
    """The register is down: what was typed is kept for a day."""
    onward = Onward.of(request.query_params, home=HOME)
    step = request.query_params.get("step", "")
    try:
        step_of(step, "wait", now=now)
    except StepGone as gone:
        return _form(onward, refused=gone)
    return _waiting(onward, step=step, refused=said_in(request.query_params.get("said", ""), now=now))


@post("/enrol/waiting", who="identity.enrol", request_max_body_size=KEPT_BODY_BYTES)
async def retry(request: Request[Any, Any, Any], db: Database, now: datetime) -> Response[Any]:
    """Ask the register again with what was kept."""
    form = await form_of(request)
    onward = Onward.of(form, home=HOME)
    try:
        step = await actions.retry(db, step=form.get("step", ""), now=now)
    except RegisterAway as away:
        if in_place(onward, away):
            return _waiting(onward, step=away.step, refused=away)
        return same_step("/enrol/waiting", away.step, onward, away, now=now)
    except TooManyTexts as full:
        return _waiting(onward, step=form.get("step", ""), refused=full)
    except RegisterSaysNo as refused:
        return _form(onward, typed=refused.typed, refused=refused)
    except StepGone as gone:
        return _form(onward, refused=gone)
    return _to_code(onward, step, now)


@get("/enrol/code", who="identity.enrol")
async def show_code(
    request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime
) -> Response[Any]:
    """Asks for the SMS code; who went back to it when the account was there goes on."""
    onward = Onward.of(request.query_params, home=HOME)
    step = request.query_params.get("step", "")
    try:
        wait = await codes.seconds_left(db, step, stages=("enrol",), now=now)
    except StepGone as gone:
        if actor.role is Role.RESIDENT and not raises(actor):
            return redirect(onward.next)
        return _form(onward, refused=gone)
    refused = said_in(request.query_params.get("said", ""), now=now)
    sent = bool(wait) and "sent" in request.query_params
    return _code(onward, step=step, now=now, wait=wait, refused=refused, sent=sent)


@post("/enrol/code", who="identity.enrol", request_max_body_size=KEPT_BODY_BYTES)
async def finish(request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime) -> Response[Any]:
    """The SMS code: the account is there and logged in, or the account of a phone has its name."""
    form = await form_of(request)
    onward = Onward.of(form, home=HOME)
    step = form.get("step", "")
    try:
        opened = await _finished(db, actor, step=step, code=form.get("code", ""), now=now)
    except StepGone as gone:
        return _form(onward, refused=gone)
    except EnrolledByOtherPaper as found:
        return found_page(onward, found)
    except (AlreadyEnrolled, PhoneBound, PhoneOnlyOver) as already:
        return log_in_instead(onward, already)
    except Refused as refused:
        return _refuse_code(onward, step=step, now=now, refused=refused)
    if not raises(actor):
        return welcome(opened, onward)
    if not onward.kept:  # what she may do now, and the way back to where she was asked for her name
        onward = Onward(f"{LADDER}?{urlencode({'done': 'named', 'next': onward.next})}", "")
    return welcome(opened, onward, way="identity/go_on.html")


async def _finished(db: Database, actor: Actor, *, step: str, code: str, now: datetime) -> actions.Opened:
    if step_of(step, "enrol", now=now).raises is None:
        return await actions.finish_enrolment(db, step=step, code=code, now=now)
    return await finish_raising(db, actor, step=step, code=code, now=now)


@post("/enrol/resend", who="identity.enrol", request_max_body_size=KEPT_BODY_BYTES)
async def resend(request: Request[Any, Any, Any], db: Database, now: datetime) -> Response[Any]:
    """Another SMS code."""
    form = await form_of(request)
    onward = Onward.of(form, home=HOME)
    step = form.get("step", "")
    try:
        await codes.resend(db, step, stages=("enrol",), now=now)
    except StepGone as gone:
        return _form(onward, refused=gone)
    except Refused as refused:
        return _refuse_code(onward, step=step, now=now, refused=refused)
    if onward.kept:
        return _code(onward, step=step, now=now, sent=True)
    return redirect(next_step("/enrol/code", step, onward, sent="1"))


routes: list[Any] = [enter, other_paper, enrol, waiting, retry, show_code, finish, resend]
