"""What the items that a questionnaire leads to take together: materials still to bring, fees, days, visits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from tongban.catalogue.model.asking import Offered
from tongban.catalogue.model.guide import Due, Material
from tongban.catalogue.model.item import ItemVersion
from tongban.kit.rules import RowTrace


class Needs(msgspec.Struct, frozen=True):
    """An offered item, with the materials to bring and those that it need not, and the fees due in its situation.

    ``spared`` pairs a material with the row that exempts it; None where the item's own version does.
    """

    offered: Offered
    item: ItemVersion
    bring: tuple[Material, ...]
    spared: tuple[tuple[Material, RowTrace | None], ...]
    due: Due


class Together(msgspec.Struct, frozen=True):
    """All of them: each material once, whoever of the items asks for it; ``fen`` in fen, ``days`` working days."""

    needs: tuple[Needs, ...]
    bring: tuple[tuple[Material, tuple[ItemVersion, ...]], ...]
    spared: int
    fen: int
    fees_settled: bool
    days: int
    visits: int


def together(found: Iterable[tuple[Offered, ItemVersion]], exempt: Sequence[RowTrace]) -> Together:
    """What these items take together. The longest counts: they are filed side by side."""
    needs = tuple(_needs(offered, item, exempt) for offered, item in found)
    asked: dict[str, tuple[Material, list[ItemVersion]]] = {}
    for one in needs:
        for material in one.bring:
            asked.setdefault(material.name.zh, (material, []))[1].append(one.item)
    return Together(
        needs=needs,
        bring=tuple((material, tuple(items)) for material, items in asked.values()),
        spared=sum(len(one.spared) for one in needs),
        fen=sum(one.due.total for one in needs),
        fees_settled=all(one.due.settled for one in needs),
        days=max((one.item.clock.promise_days for one in needs), default=0),
        visits=sum(one.item.visits for one in needs),
    )


def _needs(offered: Offered, item: ItemVersion, exempt: Sequence[RowTrace]) -> Needs:
    needed = [one for one in item.materials if one.required and one.needed(offered.situation)]
    by_row = {row.then.of: row for row in exempt if row.then.item in ("", item.code)}
    return Needs(
        offered,
        item,
        bring=tuple(one for one in needed if not one.exempt and one.code not in by_row),
        spared=tuple((one, by_row.get(one.code)) for one in needed if one.exempt or one.code in by_row),
        due=item.due(offered.situation),
    )
