"""/my/data/wrong and /my/data/requests: saying that something held is wrong, and what became of it."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.response import Response

from tongban.kit import clock, files, keys
from tongban.kit.db import Database
from tongban.kit.errors import Refused, Words
from tongban.kit.i18n import N_, Message
from tongban.kit.ids import new_id
from tongban.kit.policy import Actor
from tongban.kit.web import MAX_UPLOAD_BYTES, file_response, form_with_files, page, redirect
from tongban.portal import files as tables
from tongban.portal.actions import following, placing, requesting
from tongban.portal.model import PROOF_MOST, RequestStands, RequestUnknown, Said

_DRAFT = b"portal.draft"
_WANTED = {"proof": files.Wanted()}
_DONE: dict[str, Message] = {
    "asked": N_("已收到您的请求。有了答复会在消息里告诉您。"),
    "withdrawn": N_("请求已撤回。"),
}


def proof_rows(proof: Sequence[files.File], at: str) -> list[dict[str, Any]]:
    """Uploaded files as the list of files shows them."""
    return [
        {
            "file": str(one.id),
            "name": one.name,
            "detail": f"{one.size // 1024 + 1} KB",
            "href": f"{at}/files/{one.id}",
        }
        for one in proof
    ]


async def _form(
    db: Database,
    actor: Actor,
    thing: str,
    draft: UUID,
    typed: Mapping[str, str],
    *,
    refused: Refused | None = None,
    faults: Mapping[str, Words] | None = None,
) -> Response[Any]:
    offered = await requesting.choices(db, actor, thing, about=typed.get("about", ""))
    fields = {**(refused.fields if refused else {}), **(faults or {})}
    errors: list[tuple[str | None, Any]] = [*fields.items()]
    if refused is not None and not errors:
        errors = [(None, refused.message)]
    answer = page(
        "portal/wrong.html",
        status=refused.status if refused else 422 if errors else 200,
        offered=offered,
        thing=thing,
        draft=draft_word(draft, actor),
        typed=typed,
        place=await placing.as_kept(db, await _settled(db, typed)) if offered.anywhere else None,
        errors=errors,
        fields=fields,
        proof=proof_rows(await requesting.proof_of(db, actor, draft), f"/my/data/requests/{draft}"),
        full=PROOF_MOST,
        stands=refused.request if isinstance(refused, RequestStands) else None,
        table=tables.rights(),
        last=clock.city_day(await requesting.due_of(db, now=clock.now())),
    )
    if refused is not None and refused.retry_after is not None:
        answer.headers["retry-after"] = str(refused.retry_after)
    return answer


async def _settled(db: Database, typed: Mapping[str, str]) -> str:
    """The words for the place that was chosen; empty while none is."""
    return await placing.settled(db, typed.get("district", ""), typed.get("place", "").strip())


async def _asking(db: Database, actor: Actor, thing: str, typed: Mapping[str, str]) -> Response[Any]:
    """Which register and where it lies come first, each by a page whose address holds the answer, so that the way back
    and the other language keep it; then the form, whose words no address ever holds."""
    offered = await requesting.choices(db, actor, thing, about=typed["about"])
    which = offered.field.goes == "register" and typed["about"] not in dict(offered.abouts)
    if not which and (not offered.anywhere or await _settled(db, typed)):
        return await _form(db, actor, thing, new_id(actor.bucket), typed)
    return page(
        "portal/wrong_first.html",
        offered=offered,
        thing=thing,
        typed=typed,
        which=which,
        found=placing.Found() if which else await placing.found(db, typed["place"]),
        elsewhere=placing.ELSEWHERE,
    )


@get("/my/data/wrong", who="portal.ask_correction")
async def wrong(
    db: Database, actor: Actor, of: str = "", about: str = "", place: str = "", district: str = ""
) -> Response[Any]:
    """All that may be said to be wrong, by kind of data; with ``of`` what is asked of one thing."""
    if of:
        typed = {"about": about, "place": place.strip(), "district": district}
        return await _asking(db, actor, of, typed)
    table = tables.held()
    rooms = [
        (title, [kind for kind in table.kinds if kind.room == room and kind.wrong])
        for room, title in table.rooms.items()
    ]
    return page(
        "portal/wrong_choose.html",
        rooms=[(title, kinds) for title, kinds in rooms if kinds],
        has_hukou=await requesting.has_hukou(db, actor),
    )


@post("/my/data/wrong", who="portal.ask_correction", request_max_body_size=MAX_UPLOAD_BYTES)
async def ask(request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime) -> Response[Any]:
    """Send it; what was typed and uploaded stays when something is missing."""
    posted = await form_with_files(request, actor, wanted=_WANTED, most=PROOF_MOST, now=now)
    form, faults = posted.fields, dict(posted.faults)
    thing, draft = form.get("of", ""), draft_of(form.get("draft", ""), actor)
    if thing not in following.things():
        return redirect("/my/data/wrong")
    much = await requesting.keep_proof(db, actor, draft, posted.files.get("proof", []), now=now)
    if much is not None:
        faults.setdefault("proof", much)
    if faults or form.get("_go") == "upload":
        return await _form(db, actor, thing, draft, form, faults=faults)
    said = Said(*(form.get(name, "").strip() for name in ("stands", "should", "why", "place")))
    try:
        asked = await requesting.ask(
            db,
            actor,
            draft=draft,
            thing=thing,
            about=form.get("about", ""),
            district=form.get("district", ""),
            said=said,
            now=now,
        )
    except RequestUnknown:
        raise
    except Refused as refused:
        return await _form(db, actor, thing, draft, form, refused=refused)
    return redirect(f"/my/data/requests/{asked}?done=asked")


def draft_word(draft: UUID, actor: Actor) -> str:
    """The id that a form is given, sealed for her: an id of her own choice could be her case's, whose files and purpose
    would then go with the request."""
    assert actor.id is not None
    sealed = keys.current().seal(draft.bytes, _DRAFT + actor.id.bytes)
    return urlsafe_b64encode(sealed).decode().rstrip("=")


def draft_of(typed: str, actor: Actor) -> UUID:
    """The id that the form was given; a new one where it came with none of ours."""
    assert actor.id is not None
    try:
        sealed = urlsafe_b64decode(typed + "=" * (-len(typed) % 4))
        return UUID(bytes=keys.current().open(sealed, _DRAFT + actor.id.bytes))
    except (ValueError, keys.SealBroken):
        return new_id(actor.bucket)


@get("/my/data/requests", who="portal.requests")
async def mine(db: Database, actor: Actor, now: datetime) -> Response[str]:
    """My requests and how they stand."""
    return page("portal/requests.html", shown=await following.mine(db, actor), now=now)


@get("/my/data/requests/{request_id:uuid}", who="portal.requests")
async def one_of_mine(
    request: Request[Any, Any, Any], db: Database, actor: Actor, now: datetime, request_id: UUID
) -> Response[str]:
    """One request: what I said, who answers until when, and the answer."""
    shown = await following.my_request(db, actor, request_id)
    return page(
        "portal/request.html",
        shown=shown,
        one=shown.request,
        place=await placing.as_kept(db, shown.request.said.place),
        proof=proof_rows(shown.proof, f"/my/data/requests/{request_id}"),
        late=shown.request.due < now,
        complain=tables.rights().complain,
        done=_DONE.get(request.query_params.get("done", "")),
    )


@get("/my/data/requests/{request_id:uuid}/files/{file_id:uuid}", who="portal.requests")
async def my_proof(db: Database, actor: Actor, request_id: UUID, file_id: UUID) -> Response[Any]:
    """A file that I sent with it."""
    return await file_response(await following.my_proof(db, actor, request=request_id, file_id=file_id))


@post("/my/data/requests/{request_id:uuid}/withdraw", who="portal.requests")
async def withdraw(db: Database, actor: Actor, now: datetime, request_id: UUID) -> Response[Any]:
    """Take it back; twice changes nothing."""
    await following.withdraw(db, actor, request_id, now=now)
    return redirect(f"/my/data/requests/{request_id}?done=withdrawn")


routes: list[Any] = [wrong, ask, mine, one_of_mine, my_proof, withdraw]
