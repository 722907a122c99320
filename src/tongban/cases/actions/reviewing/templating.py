"""Templates of reasons: the city's from its files, a department's own from its desk."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from tongban import audit, catalogue, regions
from tongban.cases import store
from tongban.cases.model import POLICY
from tongban.cases.model.desk_refusals import TemplateMoved
from tongban.cases.model.reason_templates import (
    CityReasons,
    Offered,
    OwnTemplate,
    Use,
    offered,
    reason_made,
    template_typed,
)
from tongban.kit.db import Database, write, write_in_turn
from tongban.kit.i18n import Language, Text, use_language
from tongban.kit.i18n import language as spoken
from tongban.kit.idempotency import Remembering, answer_once
from tongban.kit.ids import bucket_of, new_id
from tongban.kit.policy import Actor, Relation
from tongban.settings import settings

#: Whom the ledger's rows about templates are of: no person.
HOUSE = UUID(int=0)


def city_reasons_of(city_dir: Path) -> CityReasons:
    """The city's templates and defects as its file has them; raises msgspec.ValidationError for a wrong one."""
    return msgspec.yaml.decode((city_dir / "reasons.yaml").read_bytes(), type=CityReasons)


@cache
def city_reasons() -> CityReasons:
    """Those of the installing city, from the process's memory."""
    return city_reasons_of(settings().city_dir)


async def templates_for(
    db: Database,
    actor: Actor,
    *,
    use: Use,
    item: catalogue.ItemVersion,
    language: Language | None = None,
) -> list[Offered]:
    """What the officer may choose from for a move of a case of this item: one statement.

    The words are in ``language``, that of the case, which its applicant reads; else in the officer's.
    """
    own = await own_templates(db, actor)
    with use_language(language or spoken()):
        return offered(city_reasons(), own, use, item)


class Letter(msgspec.Struct, frozen=True):
    """Words of letters that are written for one item: where they are used, how they are called, whose they are.

    ``department`` None: the city's, in ``reasons.yaml``.
    """

    use: Use
    title: Text
    department: str | None = None


async def letters_of(db: Database, code: str) -> list[Letter]:
    """The templates of reasons that name an item, the city's and each department's: one statement.

    For the house's own pages on what a change of the item touches; what is offered for every item is left out.
    """
    city = [
        Letter(use, one.title) for one in city_reasons().templates if code in one.items for use in one.uses
    ]
    own = await store.templates_of(db, item=code)
    return city + [Letter(msgspec.convert(use, Use), Text(title, title), whose) for whose, use, title in own]


async def own_templates(db: Database, actor: Actor) -> list[OwnTemplate]:
    """The templates of the officer's department: one statement."""
    POLICY.require(actor, "cases.templates", Relation.DEPARTMENT)
    return await store.own_templates(db, department=actor.department or "")


async def bulk_templates(
    db: Database, actor: Actor, items: Collection[catalogue.ItemVersion]
) -> list[tuple[str, Text | str]]:
    """The templates of a refusal for cases of these items, key and title: the department's own for whatever item
    first, then the city's that fit one of them at least; which case a chosen one is not for, the preview tells."""
    own = await own_templates(db, actor)
    return [(str(one.id), one.title) for one in own if one.move == "refuse" and one.item is None] + [
        (one.key, one.title)
        for one in city_reasons().templates
        if any(one.fits("refuse", item) for item in items)
    ]


async def bulk_words(db: Database, actor: Actor, template: str) -> str:
    """The reason that a template makes, by its key; empty for none."""
    for one in city_reasons().templates:
        if one.key == template:
            return reason_made(str(one.words), str(one.basis))
    own = await own_templates(db, actor) if template else []
    return next((reason_made(one.words, one.basis) for one in own if str(one.id) == template), "")


async def department_items(db: Database, actor: Actor) -> list[tuple[str, Text]]:
    """The items of the officer's kind of department, code and name, for a template of one item alone."""
    POLICY.require(actor, "cases.templates", Relation.DEPARTMENT)
    kind = (await regions.department(db, actor.department)).kind if actor.department else ""
    lines = (await catalogue.listing(db)).lines.values()
    return [(one.code, one.card.name) for one in lines if one.card.department_kind == kind]


async def keep_template(
    db: Database,
    actor: Actor,
    *,
    posted: Mapping[str, str],
    template_id: UUID | None = None,
    seen: datetime | None = None,
    items: frozenset[str],
    key: str | None,
    now: datetime,
) -> dict[str, Any]:
    """Add a template, or change the one with ``template_id`` as it was ``seen``; gives ``{template}``.

    One round trip. Raises TemplateUnfit, TemplateMoved. The same key again does nothing more.
    """
    POLICY.require(actor, "cases.templates", Relation.DEPARTMENT)
    use, item, title, words, basis = template_typed(posted, items)
    at = actor.department or ""

    async def act(remembering: Remembering) -> dict[str, Any]:
        one = OwnTemplate(
            id=template_id or new_id(bucket_of(HOUSE)),
            move=use,
            item=item,
            title=title,
            words=words,
            basis=basis,
            changed_by=actor.name,
            changed_at=now,
        )
        answer = {"template": str(one.id)}
        guard = (
            store.changing_template(one, department=at, seen=seen)
            if seen is not None
            else store.adding_template(one, department=at)
        )
        row = await write_in_turn(
            *(db, "cases.template", at),
            guard,
            audit.record(
                *(actor, "cases.keep_template"),
                subject=HOUSE,
                reference=one.id,
                detail={"use": use},
                now=now,
            ),
            *remembering(answer),
        )
        if row is None:
            raise TemplateMoved
        return answer

    return await answer_once(
        db,
        act,
        bucket=bucket_of(HOUSE),
        caller=actor.caller,
        key=key,
        body={"template": str(template_id), "title": title, "words": words},
        now=now,
    )


async def remove_template(db: Database, actor: Actor, *, template_id: UUID, now: datetime) -> None:
    """Offer a template no more. One round trip; of one that is gone already nothing is left to do."""
    POLICY.require(actor, "cases.templates", Relation.DEPARTMENT)
    await write(
        db,
        store.removing_template(template_id, department=actor.department or "", by=actor.name, now=now),
        audit.record(actor, "cases.remove_template", subject=HOUSE, reference=template_id, now=now),
    )
