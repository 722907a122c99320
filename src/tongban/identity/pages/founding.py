"""Powers founded at a window: /desk/identity/power and /desk/identity/guardian; their scans, for both sides."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.response import Response

from tongban.identity import actions
from tongban.identity.actions import ending_guardians, founding, window_guardians
from tongban.identity.model import POLICY
from tongban.identity.model.children import Child, ChildInvalid, claimed
from tongban.identity.model.consent import GUARDIANSHIP
from tongban.identity.model.founding import PAPERS, SPEAKS_ALONE, Shown, shown_typed
from tongban.identity.model.helping import paper_at_window
from tongban.identity.model.offering import offered
from tongban.identity.model.powers import OFFERED, Offer, OfferInvalid
from tongban.identity.pages.helping import NAMING
from tongban.identity.pages.onward import refused_page
from tongban.identity.pages.seeing import day_of, parts_of, seen_again, seen_of
from tongban.identity.pages.window import AT as WINDOW
from tongban.kit import clock, files, papers
from tongban.kit.acting import ERRANDS, KINDS
from tongban.kit.db import Database
from tongban.kit.errors import Refused, Words
from tongban.kit.i18n import N_, Message
from tongban.kit.policy import Actor, Relation
from tongban.kit.web import (
    MAX_UPLOAD_BYTES,
    file_response,
    form_with_files,
    idempotency_key,
    redirect,
)
from tongban.kit.web.uploads import PostedForm

POWER, GUARDIAN = f"{WINDOW}/power", f"{WINDOW}/guardian"
#: One scan, of one paper; several pages are one PDF.
_SCAN = {"scan": files.Wanted()}
#: What an officer decides about a guardianship, and the word for the page that says it is done.
_DECIDED = {"confirm": "founded", "refuse": "refused", "end": "ended"}


async def _power(
    db: Database, actor: Actor, typed: Mapping[str, str], refused: Refused | None = None, *, done: str = ""
) -> Response[Any]:
    known = {one: words for kind in OFFERED for one, words in PAPERS[kind].items()}
    return refused_page(
        "identity/window_power.html",
        refused,
        **seen_again(typed),
        done=done,
        powers=[(one, KINDS[one]) for one in OFFERED],
        naming=[(one, papers.PAPER_KINDS[one].name) for one in NAMING],
        documents=list(known.items()),
        document_on=parts_of(typed, "document_on"),
        until=parts_of(typed, "until"),
        errands=[(str(one), words) for one, words in ERRANDS.items()],
        chosen_errands=_chosen(typed, "errands-") if typed else [str(one) for one in ERRANDS],
        items=await actions.item_groups(db, actor),
        chosen_items=_chosen(typed, "items-"),
    )


def _chosen(typed: Mapping[str, str], prefix: str) -> list[str]:
    return [value for name, value in typed.items() if name.startswith(prefix)]


@get(POWER, who="identity.found_power")
async def show_power(request: Request[Any, Any, Any], db: Database, actor: Actor) -> Response[Any]:
    """The empty form."""
    POLICY.require(actor, "identity.found_power", Relation.ANY)
    return await _power(db, actor, {}, done=request.query_params.get("done", ""))


@post(POWER, who="identity.found_power", request_max_body_size=MAX_UPLOAD_BYTES)
async def found_power(
    request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime
) -> Response[Any]:
    """Found the power that the paper gives; what was typed stays where something is refused."""
    POLICY.require(actor, "identity.found_power", Relation.ANY)
    form = await form_with_files(request, actor, wanted=_SCAN, most=1, now=now)
    typed = form.fields
    kind = next((one for one in OFFERED if one == typed.get("kind")), OFFERED[0])
    shown, faults = _shown(actor, form, PAPERS[kind], now=now)
    offer, wrong = await _offer(db, typed, now=now)
    faults |= wrong
    principal = founding.Principal(paper_at_window(typed, "principal_"), typed.get("principal_name", ""))
    if principal.paper.fault(today=clock.city_day(now)) is not None:
        faults["principal_id_number"] = N_("证件号码不对，请照证件逐位核对。")
    if typed.get("document") not in SPEAKS_ALONE and typed.get("principal_here") != "yes":
        faults["principal_here"] = N_("委托人本人到场当面同意的才能登记；不能到场的，请凭公证委托书办理。")
    try:
        power = await founding.found_power(
            db,
            actor,
            seen=seen_of(typed),
            principal=principal,
            offer=offer,
            shown=shown,
            received=form.files.get("scan", []),
            faults=faults,
            now=now,
        )
    except Refused as refused:
        return await _power(db, actor, typed, _with_scan(refused, form))
    return redirect(f"{POWER}?done={power}")


async def _offer(
    db: Database, typed: Mapping[str, str], *, now: datetime
) -> tuple[Offer | None, dict[str, Words]]:
    """The power that was typed. The agent's name and number are those of whom the officer saw, judged there."""
    agent = {**typed, "id_number": typed.get("number", "")}
    try:
        return offered(agent, kinds=OFFERED, items=await actions.item_names(db), now=now), {}
    except OfferInvalid as wrong:
        return None, {one: said for one, said in wrong.fields.items() if one not in ("name", "id_number")}


def _shown(
    actor: Actor, form: PostedForm, kinds: Mapping[str, Message], *, now: datetime
) -> tuple[Shown | None, dict[str, Words]]:
    shown, faults = shown_typed(
        *(form.fields, kinds, day_of(form.fields, "document_on")),
        organ=actor.department or "",
        today=clock.city_day(now),
    )
    if not form.files.get("scan"):
        faults["scan"] = form.faults.get("scan") or N_("请选择材料的扫描件或者照片。")
    return shown, faults


def _with_scan(refused: Refused, form: PostedForm) -> Refused:
    """The refusal, which asks for the scan once more where one had come: a browser keeps no file that was chosen."""
    if form.files.get("scan") and "scan" not in refused.fields and refused.fields:
        refused.fields = {
            **refused.fields,
            "scan": N_("请再选一次扫描件：表单有需要更正的内容，选过的文件没有保存。"),
        }
    return refused


def _guardian(typed: Mapping[str, str], refused: Refused | None = None, *, done: str = "") -> Response[Any]:
    return refused_page(
        "identity/window_guardian.html",
        refused,
        **seen_again(typed),
        done=done,
        documents=list(PAPERS["guardian"].items()),
        document_on=parts_of(typed, "document_on"),
        consent=GUARDIANSHIP.words[GUARDIANSHIP.version],
    )


@get(GUARDIAN, who="identity.found_guardian")
async def show_guardian(request: Request[Any, Any, Any], actor: Actor) -> Response[Any]:
    """The empty form."""
    POLICY.require(actor, "identity.found_guardian", Relation.ANY)
    return _guardian({}, done=request.query_params.get("done", ""))


@post(GUARDIAN, who="identity.found_guardian", request_max_body_size=MAX_UPLOAD_BYTES)
async def decide_guardian(
    request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime
) -> Response[Any]:
    """Confirm, refuse or end on the papers; what was typed stays where something is refused."""
    POLICY.require(actor, "identity.found_guardian", Relation.ANY)
    form = await form_with_files(request, actor, wanted=_SCAN, most=1, now=now)
    typed = form.fields
    child, faults = _child(typed, now=now)
    decision = typed.get("decision", "")
    if decision not in _DECIDED:
        faults["decision"] = N_("请选择登记、不予登记还是终止。")
    shown, wrong = _shown(actor, form, PAPERS["guardian"], now=now)
    try:
        if decision == "end":
            await ending_guardians.end_guardian(
                db,
                actor,
                seen=seen_of(typed),
                child=child,
                shown=shown,
                number=typed.get("ended_number", ""),
                received=form.files.get("scan", []),
                faults=faults | wrong,
                now=now,
            )
        elif decision == "refuse":
            await window_guardians.refuse_guardian(
                db,
                actor,
                seen=seen_of(typed),
                child=child,
                reason=typed.get("reason", ""),
                faults=faults,
                key=await idempotency_key(request),
                now=now,
            )
        else:
            await window_guardians.found_guardian(
                db,
                actor,
                seen=seen_of(typed),
                child=child,
                shown=shown,
                received=form.files.get("scan", []),
                faults=faults | wrong,
                now=now,
            )
    except Refused as refused:
        return _guardian(typed, _with_scan(refused, form))
    return redirect(f"{GUARDIAN}?done={_DECIDED[decision]}")


def _child(typed: Mapping[str, str], *, now: datetime) -> tuple[Child | None, dict[str, Words]]:
    """The child that was typed, by the rules of the page where a parent names one herself."""
    named = {
        "name": typed.get("child_name", ""),
        "id_number": typed.get("child_id_number", ""),
        "consent": typed.get("consent", "") if typed.get("decision") == "confirm" else "yes",
    }
    try:
        return claimed(named, now=now), {}
    except ChildInvalid as wrong:
        return None, {one if one == "consent" else f"child_{one}": said for one, said in wrong.fields.items()}


@get("/my/acting/{power_id:uuid}/files/paper", who="identity.acting")
async def scan(db: Database, actor: Actor, power_id: UUID) -> Response[Any]:
    """The scan on which a power rests, for its two sides; the power's page where there is none."""
    found = await actions.power(db, actor, power_id=power_id)
    kept = await founding.scans_of(db, found)
    return await file_response(kept[0]) if kept else redirect(f"/my/acting/{power_id}")


routes: list[Any] = [show_power, found_power, show_guardian, decide_guardian, scan]
