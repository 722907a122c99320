"""What of the catalogue fits for whom one acts: a list leaves out what could not be applied for in her name."""

from __future__ import annotations

from collections.abc import Iterable

from tongban.catalogue.model.listing import Listed
from tongban.kit.i18n import N_, Message
from tongban.kit.policy import Actor, covers


def narrowed(actor: Actor) -> Message | None:
    """For whom a list is, in a sentence, where not everything is for her; None where nothing is left out.

    Who acts for herself sees all: a person also sets up firms. A firm, a child and a power for some items do not reach
    to everything. It follows from the power alone, so that a list costs no statement.
    """
    acting = actor.acting
    if acting is None:
        return None
    if acting.items is not None:
        return N_("只列出{name}授权您办理的事项。", name=actor.name)
    if acting.for_firm:
        return N_("只列出{name}能以单位名义申请的事项。", name=actor.name)
    if acting.kind == "guardian":
        return N_("只列出能为{name}申请的事项：其他的要年满 18 周岁。", name=actor.name)
    return None


def fitting(actor: Actor, lines: Iterable[Listed]) -> list[Listed]:
    """The lines that can be applied for in the name of whom she acts for; all of who acts for herself."""
    return [line for line in lines if _fits(actor, line)]


def _fits(actor: Actor, line: Listed) -> bool:
    if not covers(actor, line.code):
        return False
    acting = actor.acting
    if acting is None:
        return True
    if acting.for_firm:
        return line.for_firms
    return acting.kind != "guardian" or line.minors
