"""My licences, verification for everybody, the officer's changes, the public keys."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

import msgspec
import segno
from litestar import Request, get, post
from litestar.response import Redirect, Response

from tongban import identity
from tongban.kit import keys
from tongban.kit.db import Database
from tongban.kit.errors import Refused
from tongban.kit.i18n import N_, Message, Text
from tongban.kit.not_allowed import NotAllowed
from tongban.kit.pace import Pace
from tongban.kit.policy import Actor
from tongban.kit.web import form_of, page, redirect, visit
from tongban.licences import actions, store
from tongban.licences.model import (
    AFTER_HEARING,
    BY_OFFICER,
    CONSEQUENCES,
    DECIDED,
    HEARD_WORDS,
    JUDGES_THE_GRANT,
    LIFE,
    Finding,
    GroundNotNamed,
    LicenceMovedOn,
    LicenceUnknown,
    Move,
    MoveRefused,
    ReasonMissing,
    Statement,
    Verdict,
    VerifyingTooFast,
    grounds_of,
)
from tongban.licences.model.contesting import standing
from tongban.licences.model.policy import may_show
from tongban.settings import settings

_pace = Pace()
#: What an officer writes about a licence, by field; kept for her where it can no longer be sent.
_WRITTEN = {
    "reason": N_("理由"),
    "basis": N_("依据哪部法律、法规的哪一条"),
    "unheard": N_("没有听取的，写明原因"),
    "compensation": N_("给予持证人的补偿"),
}
#: Verdicts that a caller may act on are 200; what is not a licence of this city at all is not found.
_STATUS = {Verdict.UNKNOWN: 404, Verdict.MISTYPED: 422, Verdict.INVALID: 422}
#: Which look of the verdict component carries a verdict.
_LOOK = {Verdict.SUSPENDED: "expired", Verdict.MISTYPED: "unknown", Verdict.INVALID: "tampered"}
#: After these the field stands below the verdict with what was asked: a typing error costs no second typing.
_ASKED_AGAIN = frozenset({Verdict.MISTYPED, Verdict.UNKNOWN})
_HOW: dict[str, Message] = {
    "qr": N_("扫码核验"),
    "number": N_("按编号核验"),
    "look": N_("签发部门查看"),
    "premises": N_("核对同一场所是否已有证照"),
    "agent": N_("按您的授权查看"),
    "agent_shown": N_("按您的授权亮证"),
}
_ACTS = frozenset(BY_OFFICER)


@get("/my/licences", who="licences.library")
async def my_licences(db: Database, actor: Actor, now: datetime) -> Response[str]:
    """The holder's licences as cards."""
    assert actor.id is not None
    return page("licences/library.html", faces=await actions.library(db, actor.id, also=actor.also, now=now))


@get("/my/licences/{licence:uuid}", who="licences.library")
async def my_licence(db: Database, actor: Actor, now: datetime, licence: UUID) -> Response[str]:
    """One licence with its code and who looked at it."""
    face = await actions.licence_of(db, actor, licence=licence, now=now)
    looks = await actions.lookers(db, actor, licence=licence)
    decisions = await actions.decisions_on(db, actor, licence=licence)
    last = next((one for one in decisions if one.at == face.since), None)
    settled = await identity.settled(db, actor, now=now)
    return page(
        "licences/licence.html",
        face=face,
        shown=may_show(actor) and settled,
        settled=settled,
        looks=looks,
        how=_HOW,
        decisions=decisions,
        decided=DECIDED,
        reasons=[(one, await actions.legal_of(db, one)) for one in standing(decisions)] if last else [],
        against=await actions.against(db, actor, face, now=now),
    )


@get("/my/licences/{licence:uuid}/qr.svg", who="licences.show")
async def my_licence_code(db: Database, actor: Actor, now: datetime, licence: UUID) -> Response[bytes]:
    """The licence's QR as SVG: the verify page's address with signed claims."""
    code = segno.make(await actions.code_of(db, actor, licence=licence, now=now), error="l", micro=False)
    drawing = io.BytesIO()
    code.save(drawing, kind="svg", xmldecl=False, border=2, omitsize=True, dark="#0b1a33", light="#fff")
    return Response(
        drawing.getvalue(), media_type="image/svg+xml", headers={"cache-control": "private, no-store"}
    )


@get("/my/licences/{licence:uuid}/code", who="licences.show")
async def my_licence_link(db: Database, actor: Actor, now: datetime, licence: UUID) -> Redirect:
    """What the QR opens, for those who cannot scan their own screen: the verify page with signed claims."""
    address = await actions.code_of(db, actor, licence=licence, now=now)
    return redirect(address.removeprefix(settings().public_url))


@get("/verify", who="licences.verify")
async def verify_form(q: str = "") -> Response[Any]:
    """Where a code is pasted or an identifier typed; no script is needed."""
    words = actions.asked_for(q)
    if words:
        return redirect(f"/verify/{quote(words[:2000], safe='')}")
    return page("licences/verify.html")


@get("/verify/{asked:str}", who="licences.verify")
async def verify(db: Database, actor: Actor, now: datetime, asked: str) -> Response[Any]:
    """The verdict on a scanned token or an identifier, as a page or as JSON (``Accept: application/json``)."""
    seconds = _pace.wait(visit().address, now.timestamp())
    if seconds:
        raise VerifyingTooFast(seconds)
    finding = await actions.verify(db, actor, asked=asked, now=now)
    status = _STATUS.get(finding.verdict, 200)
    headers = {"cache-control": "no-store", "x-robots-tag": "noindex"}
    if visit().wants_json:
        return Response(
            msgspec.json.encode(_answer(finding)),
            status_code=status,
            media_type="application/json",
            headers=headers,
        )
    answer = page(
        "licences/verdict.html",
        status=status,
        finding=finding,
        look=_LOOK.get(finding.verdict, finding.verdict.value),
        typed=asked if finding.verdict in _ASKED_AGAIN else None,
    )
    answer.headers.update(headers)
    return answer


def _answer(finding: Finding) -> dict[str, Any]:
    """The verdict for programs: codes, then the words, then what may be shown."""
    answer: dict[str, Any] = {
        "verdict": finding.verdict,
        "title": str(finding.title),
        "detail": str(finding.detail),
        "checked_at": finding.checked_at,
    }
    if finding.shown is not None:
        answer["licence"] = {
            name: _words(getattr(finding.shown, name)) for name in finding.shown.__struct_fields__
        }
    return answer


def _words(value: Any) -> Any:
    return {"zh": value.zh, "en": value.en} if isinstance(value, Text) else value


@get("/.well-known/jwks.json", who="licences.keys", sync_to_thread=False)
def public_keys() -> Response[bytes]:
    """The public keys that licences are signed with (RFC 7517), retired ones too."""
    return Response(
        msgspec.json.encode(keys.current().jwks("licence")),
        media_type="application/jwk-set+json",
        headers={"cache-control": "public, max-age=300", "access-control-allow-origin": "*"},
    )


@get("/staff/licences/{licence:uuid}/{move:str}", who="licences.look")
async def ask_change(db: Database, actor: Actor, now: datetime, licence: UUID, move: str) -> Response[str]:
    """Asks an officer of the issuing department for the reason: revoke, cancel, suspend or resume."""
    return await _ask(db, actor, licence, _move(move), now=now)


@post("/staff/licences/{licence:uuid}/{move:str}", who="licences.change", status_code=303)
async def change(
    db: Database, actor: Actor, now: datetime, licence: UUID, move: str, request: Request[Any, Any, Any]
) -> Response[Any]:
    """Changes the licence, and leads back to the desk, which says so."""
    typed = dict(await form_of(request))
    try:
        await _act(db, actor, _move(move), licence, typed, now=now)
    except (ReasonMissing, GroundNotNamed, MoveRefused, LicenceMovedOn, NotAllowed) as refused:
        return await _ask(db, actor, licence, _move(move), refused, typed, now=now)
    return redirect(f"/desk/done?did={_move(move)}&of={licence}")


async def _act(
    db: Database, actor: Actor, move: Move, licence: UUID, typed: Mapping[str, str], *, now: datetime
) -> None:
    """Each act with what it needs: those that end or suspend a licence on a ground of the law."""
    reason, ground = typed.get("reason", ""), typed.get("ground", "")
    heard = Statement(typed.get("heard", ""), " ".join(typed.get("unheard", "").split()))
    match move:
        case Move.REVOKE:
            await actions.revoke(
                db, actor, licence=licence, reason=reason, ground=ground, heard=heard, now=now
            )
        case Move.CANCEL:
            await actions.cancel(db, actor, licence=licence, reason=reason, ground=ground, now=now)
        case Move.RETRACT:
            paid = typed.get("compensation", "")
            await actions.retract(
                *(db, actor),
                licence=licence,
                reason=reason,
                ground=ground,
                compensation=paid,
                heard=heard,
                now=now,
            )
        case Move.SUSPEND:
            basis = typed.get("basis", "")
            await actions.suspend(
                *(db, actor),
                licence=licence,
                reason=reason,
                ground=ground,
                basis=basis,
                heard=heard,
                now=now,
            )
        case _:
            await actions.resume(db, actor, licence=licence, reason=reason, now=now)


def _move(name: str) -> Move:
    """The move that an address names; raises LicenceUnknown for any other."""
    move = next((move for move in _ACTS if move.value == name), None)
    if move is None:
        raise LicenceUnknown
    return move


async def _ask(
    db: Database,
    actor: Actor,
    licence: UUID,
    move: Move,
    refusal: Refused | None = None,
    typed: Mapping[str, str] | None = None,
    *,
    now: datetime,
) -> Response[str]:
    """The form; of what was refused, what was typed: in its fields, or to be copied where nothing can be done."""
    row = await actions.for_change(db, actor, licence=licence, move=None if refusal else move, now=now)
    gone = None if row.state in LIFE[move].sources else MoveRefused(row.state)
    told = gone or (refusal if refusal and not refusal.fields else None)
    kind = await actions.licence_type(db, row.type_code)
    reserved = await actions.whose_it_is(
        db, actor, department=await actions.issuer_for(db, actor, row)
    ) or await actions.another_decides(db, actor, row, move)
    judges = not gone and move in JUDGES_THE_GRANT and not reserved
    return page(
        "licences/change.html",
        status=(gone or refusal).status if refusal else 200,
        row=row,
        gone=gone,
        told=told.message if told else None,
        last=await store.decision(db, licence=row.id, revision=row.revision) if told else None,
        kept=[(label, typed[name]) for name, label in _WRITTEN.items() if typed and typed.get(name)],
        kind=kind,
        move=move,
        title=BY_OFFICER[move],
        consequence=CONSEQUENCES[move],
        acts=BY_OFFICER,
        errors=refusal.fields if refusal and not gone else {},
        typed=typed or {},
        reserved=reserved,
        anybody=judges and not await actions.granters(db, row),
        hearings=[*HEARD_WORDS.items()] if move in AFTER_HEARING else [],
        grounds=[
            (code, one.words, one.article)
            for code, one in grounds_of(move, kind.suspended_on, state=row.state).items()
        ],
    )


routes: list[Any] = [
    my_licences,
    my_licence,
    my_licence_code,
    my_licence_link,
    verify_form,
    verify,
    public_keys,
    ask_change,
    change,
]
