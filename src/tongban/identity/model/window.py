"""The window for identity matters 身份事项窗口: what is done there, and for whom by duty. Pure rules.

Whoever has lost her way in, cannot use a page, or has to show a paper comes to a window; who sits there has the duty
``vet`` 窗口核验. Each matter has its own rules in its own file; this one has the page from which all are reached.
"""

from __future__ import annotations

from collections.abc import Mapping

from tongban.kit.errors import Invalid, Words
from tongban.kit.i18n import N_, Message
from tongban.kit.policy import Duty, Relation, Role, Rule

#: What who lacks the duty is told, whatever it is about.
RESERVED: Message = N_("身份事项由窗口核验人员办理。请把来办理的人带到核验窗口。")


def at_window(action: str) -> Rule:
    """The row of what is done at a window for whoever comes: any department's officer who has the duty."""
    return Rule(action, Role.OFFICER, Relation.ANY, duty=Duty.VET, reserved=RESERVED)


class WindowInvalid(Invalid):
    """What an officer entered at a window does not hold, or the register says otherwise; ``fields`` says where."""

    def __init__(self, fields: Mapping[str, Words]) -> None:
        super().__init__("window-invalid", N_("请更正下面标出的内容。"), fields=fields)


RULES = (at_window("identity.window"),)
