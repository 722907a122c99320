"""The page on which an organ writes an item's next version, beside the one in force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from litestar import Request, get, post
from litestar.response import Response

from tongban.catalogue.actions import drafting as actions
from tongban.catalogue.actions.loading import area_code
from tongban.catalogue.actions.standards import standard_elements, standards
from tongban.catalogue.model import PublishingRefused
from tongban.catalogue.model.code_sets import SCOPES
from tongban.catalogue.model.drafting import (
    BROUGHT,
    FIELDS,
    ONLY_IF,
    at,
    comes_from,
    situations_in,
    text_of,
)
from tongban.catalogue.model.refusals import DraftMoved, DraftUnreadable
from tongban.catalogue.pages.desk import KINDS
from tongban.kit.db import Database
from tongban.kit.errors import Refused, Words
from tongban.kit.i18n import N_, Message, Text
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
                standard = standard_elements(settings().city_dir)
                await actions.keep(
                    *(db, actor), item=code, revision=revision, posted=posted, standard=standard, now=now
                )
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
    body, before, origins = sheet.draft.body, actions.plain(sheet.before), _origins(sheet)
    places = [_place(one.field, body) for one in sheet.findings]
    there = {one.field: place for one, (_, place) in zip(sheet.findings, places, strict=True)}
    return page(
        "catalogue/drafting.html",
        status=refused.status if refused else 200,
        sheet=sheet,
        sections=[
            (title, [(field, _shown(at(before, field.path)), at(body, field.path)) for field in fields])
            for title, fields in FIELDS
        ],
        scopes=list(SCOPES.items()),
        materials=[
            _material(place, one, (body, before), dict(origins), posted or {})
            for place, one in enumerate(body["materials"])
        ],
        blank=(blank := len(body["materials"])),
        blank_ticked=_ticked(blank, {}, posted or {}),
        situations=_situations(body),
        origins=origins,
        standards=standards(settings().city_dir) if sheet.mine else None,
        text=(posted or {}).get("text") or text_of(body),
        typed=posted or {},
        refused=refused,
        parser=refused.parser if isinstance(refused, DraftUnreadable) else (),
        places=places,
        errors=(errors := refused.fields if refused else {}),
        # All that is wrong in the text is mended in the text, wherever in the item it is.
        listed=[
            ("text" if "text" in (posted or {}) else there.get(field, field), said)
            for field, said in errors.items()
        ],
        did=did,
    )


def _shown(value: Any) -> Any:
    """A value in force as it is read: ticks in words."""
    if isinstance(value, bool):
        return N_("是") if value else N_("否")
    return SCOPES[value] if isinstance(value, str) and value in SCOPES else value


def _material(
    place: int,
    row: Mapping[str, Any],
    bodies: tuple[Mapping[str, Any], Mapping[str, Any]],
    origins: Mapping[str, Words],
    posted: Mapping[str, str],
) -> dict[str, Any]:
    """A row of the form: where it stands, itself, where it comes from, and how it is in the version in force.

    ``bodies``: the draft's, and that of the version in force.
    """
    body, before = bodies
    standing = next((one for one in before["materials"] if one["code"] == row["code"]), None)
    return {
        "head": f"materials.{place}",
        "row": row,
        "from": comes_from(row),
        "ticked": _ticked(place, row, posted),
        "before_name": _text(standing, "name"),
        "before_facts": _facts(standing, before, origins) if standing else [],
        "facts": _facts(row, body, origins),
        "name": _text(row, "name") or row["code"],
        "changed": standing != row,
    }


def _place(field: str, body: Mapping[str, Any]) -> tuple[Words, str]:
    """Where a finding is, in words, and the id of its place on the page: a material by its name, a field of the form by
    its label, the rest as the rules call it, in the text of the whole."""
    head, _, rest = field.partition(".")
    number, _, part = rest.partition(".")
    rows = body["materials"]
    if head == "materials" and number.isdecimal() and int(number) < len(rows):
        there = f"{field}.zh" if part in _PARTS else f"materials.{number}"
        return _material_place(field, int(number), part, rows), there
    for shown in (one for _, fields in FIELDS for one in fields):
        if f"{shown.path}.".startswith(f"{field}."):
            return shown.label, shown.path
    return Text(field, field), "text"


def _material_place(field: str, number: int, part: str, rows: Sequence[Mapping[str, Any]]) -> Text:
    name = _text(rows[number], "name") or Text(field, field)
    asked = _PARTS.get(part)
    zh, en = (f"，{asked.zh}", f", {asked.en}") if asked else ("", "")
    return Text(f"第 {number + 1} 份材料：{name.zh}{zh}", f"material {number + 1}: {name.en}{en}")


#: What of a material a finding may be about, beside all of it.
_PARTS = {
    "name": Text("名称", "name"),
    "detail": Text("要求", "requirement"),
    "why": Text("为什么", "why"),
    "basis": Text("依据", "basis"),
    "beyond": Text("来源不覆盖的原因", "why it is beyond the source"),
}


def _situations(body: Mapping[str, Any]) -> list[tuple[str, Text, list[tuple[str, Text]]]]:
    """The situations that the draft lists: key, question, and value and words of each option."""
    return [
        (one["key"], Text(**one["question"]), [(value, Text(**words)) for value, words in one["options"]])
        for one in body.get("situations") or []
    ]


def _ticked(place: int, row: Mapping[str, Any], posted: Mapping[str, str]) -> dict[str, Any]:
    """The situations of a row as they are ticked: as posted, else as the draft has them."""
    head = f"materials.{place}."
    said = {name.removeprefix(head): value for name, value in posted.items() if name.startswith(head)}
    return situations_in(said) if ONLY_IF in said else dict(row.get(ONLY_IF) or {})


def _facts(
    row: Mapping[str, Any], body: Mapping[str, Any], origins: Mapping[str, Words]
) -> list[tuple[Message, Words | str | list[str]]]:
    """What the gate looks at of a material, label and value; what it does not have is left out."""
    words = {(key, value): text for key, _, options in _situations(body) for value, text in options}
    only = [
        words.get((key, value), Text(value, value))
        for key, values in (row.get(ONLY_IF) or {}).items()
        for value in values
    ]
    origin = comes_from(row)
    told: list[tuple[Message, Words | str | list[str] | None]] = [
        (N_("怎么取得"), origins.get(origin, origin)),
        (N_("依据"), _text(row, "basis")),
        (N_("标准材料编码"), row.get("material_code")),
        (N_("证明的数据元"), list(row.get("elements") or ())),
        (
            N_("只在这些情形"),
            Text("、".join(one.zh for one in only), ", ".join(one.en for one in only)) if only else None,
        ),
        (N_("来源不覆盖的原因"), _text(row, "beyond")),
    ]
    return [(label, value) for label, value in told if value]


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
