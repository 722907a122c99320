"""The page on which an organ writes an item's next version, beside the one in force."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from litestar import Request, get, post
from litestar.response import Response

from tongban.catalogue.actions import drafting as actions
from tongban.catalogue.actions.loading import area_code
from tongban.catalogue.model import PublishingRefused
from tongban.catalogue.model.code_sets import SCOPES
from tongban.catalogue.model.drafting import BROUGHT, FIELDS, at, comes_from, text_of
from tongban.catalogue.model.refusals import DraftMoved, DraftUnreadable
from tongban.catalogue.pages.desk import KINDS
from tongban.kit.db import Database
from tongban.kit.errors import Refused, Words
from tongban.kit.i18n import N_, Text
from tongban.kit.policy import Actor
from tongban.kit.web import form_of, page, redirect
from tongban.settings import settings


@get("/desk/catalogue/{code:str}", who="catalogue.tasks")
async def draft(db: Database, actor: Actor, code: str, did: str | None = None) -> Response[str]:
    """An item's draft beside the version in force; who may not change it reads it."""
    return await _page(db, actor, code, did=did)


@post("/desk/catalogue/{code:str}", who="catalogue.draft")
async def keep(
    db: Database, actor: Actor, now: datetime, code: str, request: Request[Any, Any, Any]
) -> Response[Any]:
    """Save the draft, publish it or throw it away, by the button; what was typed stays when it is refused."""
    posted = await form_of(request)
    revision = int(posted["revision"]) if posted.get("revision", "").isdecimal() else -1
    try:
        match posted.get("do"):
            case "publish":
                await actions.publish_draft(
                    db, actor, item=code, revision=revision, area_code=_area(), now=now
                )
                return redirect(f"/desk/catalogue/{code}?did=published")
            case "drop":
                await actions.drop(db, actor, item=code, revision=revision, now=now)
                return redirect(f"/desk/catalogue/{code}?did=dropped")
            case _:
                await actions.keep(db, actor, item=code, revision=revision, posted=posted, now=now)
                return redirect(f"/desk/catalogue/{code}?did=kept")
    except PublishingRefused as refused:
        return await _page(db, actor, code, refused=refused)
    except (DraftUnreadable, DraftMoved) as refused:
        return await _page(db, actor, code, refused=refused, posted=posted)


def _area() -> str:
    return area_code(settings().city_dir)


async def _page(
    db: Database,
    actor: Actor,
    code: str,
    *,
    refused: Refused | None = None,
    posted: Mapping[str, str] | None = None,
    did: str | None = None,
) -> Response[str]:
    sheet = await actions.sheet(db, actor, item=code, area_code=_area())
    body, before = sheet.draft.body, actions.plain(sheet.before)
    return page(
        "catalogue/drafting.html",
        status=refused.status if refused else 200,
        sheet=sheet,
        sections=[
            (title, [(field, _shown(at(before, field.path)), at(body, field.path)) for field in fields])
            for title, fields in FIELDS
        ],
        scopes=list(SCOPES.items()),
        materials=[_material(place, one, before) for place, one in enumerate(body["materials"])],
        blank=len(body["materials"]),
        origins=(origins := _origins(sheet)),
        origin_names=dict(origins),
        text=(posted or {}).get("text") or text_of(body),
        typed=posted or {},
        refused=refused,
        errors=refused.fields if refused else {},
        did=did,
    )


def _shown(value: Any) -> Any:
    """A value in force as it is read: ticks in words."""
    if isinstance(value, bool):
        return N_("是") if value else N_("否")
    return SCOPES[value] if isinstance(value, str) and value in SCOPES else value


def _material(place: int, row: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the form: where it stands, itself, where it comes from, and how it is in the version in force."""
    standing = next((one for one in before["materials"] if one["code"] == row["code"]), None)
    return {
        "head": f"materials.{place}",
        "row": row,
        "from": comes_from(row),
        "before": standing,
        "before_from": comes_from(standing) if standing else "",
        "before_name": _text(standing, "name"),
        "before_basis": _text(standing, "basis"),
        "name": _text(row, "name") or row["code"],
        "changed": standing != row,
    }


def _text(row: Mapping[str, Any] | None, field: str) -> Text | None:
    """A row's words in two languages; None where it has none."""
    words = row.get(field) if row else None
    return Text(words.get("zh", ""), words.get("en", "")) if words else None


def _origins(sheet: actions.Sheet) -> list[tuple[str, Words]]:
    """Where a material may come from: brought, or a source that is not merely planned."""
    known: list[tuple[str, Words]] = [(BROUGHT, N_("由申请人提交"))]
    for kind, words in KINDS.items():
        for one in sheet.sources:
            if one.kind == kind and one.state != "planned":
                told = {"kind": words, "name": one.name}
                up = one.state == "up"
                name = N_("{kind}：{name}", **told) if up else N_("{kind}：{name}（停用）", **told)
                known.append((f"{kind}/{one.code}", name))
    return known


routes = [draft, keep]
