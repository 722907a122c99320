"""What a change of an item touches: running cases, bundles, questionnaires, letters, its form, what is issued."""

from __future__ import annotations

import msgspec

from tongban import bundles, cases, catalogue
from tongban.kit.db import Database
from tongban.kit.forms import compile_form
from tongban.kit.i18n import Text
from tongban.kit.policy import Actor, Relation
from tongban.reform.files import city_reform
from tongban.reform.model import POLICY, Approval


class Impact(msgspec.Struct, frozen=True):
    """The item as it is in force, and what hangs on it.

    ``bundles`` and ``questionnaires`` by code with their titles; ``letters`` are the words kept for letters about it
    alone; ``approvals`` are the decisions to cancel or adjust it.
    """

    item: catalogue.ItemVersion
    running: tuple[cases.Running, ...]
    bundles: tuple[tuple[str, Text], ...]
    questionnaires: tuple[tuple[str, Text], ...]
    letters: tuple[cases.Letter, ...]
    approvals: tuple[Approval, ...]
    questions: int
    prefilled: int

    @property
    def cases(self) -> int:
        """How many cases are running."""
        return sum(one.number for one in self.running)

    @property
    def versions(self) -> dict[int, int]:
        """The versions on which cases are running, with how many: each is a form that must go on working."""
        found: dict[int, int] = {}
        for one in self.running:
            found[one.version] = found.get(one.version, 0) + one.number
        return found


async def impact(db: Database, actor: Actor, code: str) -> Impact:
    """For who maintains items; raises NotAllowed and NoSuchItem. Two statements beside reference data."""
    POLICY.require(actor, "reform.impact", Relation.ANY)
    item = await catalogue.current(db, code)
    fields = compile_form(item.form).fields if item.form else ()
    return Impact(
        item=item,
        running=tuple(await cases.running_of(db, code)),
        bundles=tuple((one.code, one.name) for one in await bundles.in_force(db) if code in one.by_item),
        questionnaires=tuple(
            (one.key, one.title) for one in await catalogue.questionnaires(db) if code in one.items
        ),
        letters=tuple(await cases.letters_of(db, code)),
        approvals=tuple(one for one in city_reform().approvals if one.item == code),
        questions=len(fields),
        prefilled=sum(one.ui.prefill is not None for one in fields),
    )
