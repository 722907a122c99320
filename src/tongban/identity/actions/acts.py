"""What was done by powers 代办记录: looked through by both sides, and taken away as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from tongban import audit
from tongban.identity.actions.powers import power as power_of
from tongban.identity.actions.staff_ledger import plain_cell
from tongban.identity.model import POLICY
from tongban.identity.model.acts import EXPORTED, ActKind, ActLine, at_home
from tongban.identity.model.powers import STEWARDING, Power
from tongban.identity.store import powers
from tongban.kit.db import Database, Part, write
from tongban.kit.i18n import N_, Text, both
from tongban.kit.policy import Actor, Relation

#: The kinds of act by code, plugged by the house, which knows what every room notes.
_kinds: dict[str, ActKind] = {}
#: Of a file: what each column holds.
_HEAD = (N_("时间"), N_("操作或查看"), N_("操作"), N_("事项"), N_("编号"), N_("代办人"), N_("授权"))


def plug_act_kinds(kinds: Mapping[str, ActKind]) -> None:
    """Tell this room which actions of the ledger are of which kind; the house does it once per process."""
    _kinds.clear()
    _kinds.update(kinds)


def act_kinds() -> Mapping[str, ActKind]:
    """The kinds of act by code."""
    return _kinds


class Acts(msgspec.Struct, frozen=True):
    """A page of what was done: in whose name, by which powers one may narrow it, and one line more than asked where
    there are more."""

    principal: UUID
    powers: tuple[Power, ...]
    power: Power | None
    lines: list[ActLine]


async def acts(
    db: Database,
    actor: Actor,
    *,
    power: UUID | None,
    asked: audit.DoneAsked,
    before: UUID | None = None,
    limit: int,
) -> Acts:
    """What was done by one power, for either of its sides; None: by all that the actor gave, or whoever she stewards.

    Who merely acts for somebody sees what was done by her own power. Two statements, newest first. Raises PowerUnknown.
    """
    POLICY.require(actor, "identity.acting", Relation.OWN)
    assert actor.id is not None
    if power is None and actor.acting is not None and actor.acting.kind not in STEWARDING:
        power = actor.acting.power
    one = None if power is None else await power_of(db, actor, power_id=power)
    among = tuple(await powers.ever_given(db, actor.id)) if one is None else (one,)
    principal = actor.id if one is None else one.principal
    done = await audit.acts_by_powers(
        db, principal=principal, powers=[each.id for each in among], asked=asked, before=before, limit=limit
    )
    by = {each.id: each for each in among}
    return Acts(principal, among, one, [await _line(db, each, by[each.power]) for each in done])


async def agents_by_power(db: Database, principal: UUID) -> dict[str, str]:
    """The names of all to whom somebody ever gave a power, by its id: one statement."""
    return {str(one.id): one.agent_name for one in await powers.ever_given(db, principal)}


async def acts_by(db: Database, power: Power, *, limit: int) -> list[ActLine]:
    """What was done by a power, newest first: for its principal and its agent, who both see every act."""
    done = await audit.acts_by_powers(db, principal=power.principal, powers=[power.id], limit=limit)
    return [await _line(db, each, power) for each in done]


async def _line(db: Database, done: audit.Done, by: Power) -> ActLine:
    words, item = _text(await audit.name_of(db, kind="action", code=done.action)), None
    if done.resource is not None:
        register = _text(await audit.name_of(db, kind="resource", code=done.resource))
        words = both(N_("{what}：{register}", what=words, register=register))
    if done.item is not None:
        item = _text(await audit.name_of(db, kind="item", code=done.item))
    return ActLine(
        id=done.id,
        at=done.at,
        kind="read" if done.kind == "read" else "act",
        action=done.action,
        words=words,
        item=done.item,
        item_name=item,
        reference=done.reference,
        agent=by.agent_name,
        power=by.id,
    )


def _text(words: Text | str) -> Text:
    return words if isinstance(words, Text) else Text(words, words)


async def exported(
    db: Database, actor: Actor, *, power: UUID | None, asked: audit.DoneAsked, now: datetime
) -> list[ActLine]:
    """The lines of a file, ten thousand at most. That they were taken away is an act in the principal's ledger."""
    found = await acts(db, actor, power=power, asked=asked, limit=EXPORTED)
    await write(
        db,
        Part("SELECT 1 AS taken"),
        audit.record(
            actor,
            "identity.export_acts",
            subject=found.principal,
            reference=found.power.id if found.power else found.principal,
            detail={"rows": len(found.lines)},
            now=now,
        ),
    )
    return found.lines


def as_csv(lines: Sequence[ActLine]) -> bytes:
    """A file for spreadsheets (RFC 4180, UTF-8 with its mark) in the reader's language; no cell is a formula."""
    made = io.StringIO()
    writer = csv.writer(made)
    writer.writerow([str(one) for one in _HEAD])
    for one in lines:
        kind = N_("查看") if one.kind == "read" else N_("操作")
        cells = (at_home(one.at), kind, one.words, one.item_name or "", one.reference, one.agent, one.power)
        writer.writerow([plain_cell(str(cell)) for cell in cells])
    return b"\xef\xbb\xbf" + made.getvalue().encode()


def as_json(lines: Sequence[ActLine]) -> bytes:
    """The same for programs: a list of records as the API gives them."""
    return msgspec.json.format(msgspec.json.encode(lines), indent=1)
