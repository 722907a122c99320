"""What the portal shows to whom."""

from __future__ import annotations

from typing import Any

import msgspec

from tongban.kit.errors import NotFound
from tongban.kit.i18n import N_, Message, Text
from tongban.kit.policy import ANYBODY, Policy, Relation, Role, Rule

POLICY = Policy(
    (
        *(Rule(action, role, Relation.ANY) for action in ("portal.home", "portal.style") for role in ANYBODY),
        Rule("portal.mine", Role.RESIDENT, Relation.OWN),
        Rule("portal.mine", Role.RESIDENT, Relation.DELEGATED),
    )
)


class ProblemUnknown(NotFound):
    """No answer of the house has this type."""

    def __init__(self) -> None:
        super().__init__("problem-unknown", N_("没有这种问题类型。请检查答复中的 type。"))


class PartUnknown(NotFound):
    """The pattern library has no such part."""

    def __init__(self) -> None:
        super().__init__("style-part-unknown", N_("组件样式里没有这一节。请从目录进入。"))


class Problem(msgspec.Struct, frozen=True):
    """A type of problem 问题类型: the HTTP status it comes with, what it means, what to do."""

    status: int
    meaning: Text
    todo: Text


class Example(msgspec.Struct, frozen=True):
    """One use of a component 示例: what it shows, and the template code that is run and shown.

    The code may call ``c.<macro>`` and ``text("中文", "English")``, sample words that carry both languages so that
    they do not fill the catalogue of translations; a page writes ``_("中文")``, and so the code is shown.
    """

    shows: Text
    code: str


class Component(msgspec.Struct, frozen=True):
    """A component 部件 of the pattern library: when to use it, examples, and the sample data that these name."""

    name: Text
    use: Text
    examples: tuple[Example, ...]
    given: dict[str, Any] = {}


class Part(msgspec.Struct, frozen=True):
    """A page of the pattern library: components by the name of their macro. ``staff``: shown as on the desk."""

    name: Text
    lead: Text
    components: dict[str, Component]
    staff: bool = False


WEEKDAYS = (N_("星期一"), N_("星期二"), N_("星期三"), N_("星期四"), N_("星期五"), N_("星期六"), N_("星期日"))


def greeting(hour: int, name: str) -> Message:
    """A greeting by the city's hour; ``name`` may be empty."""
    if hour < 5:  # neither evening nor morning: whoever is up is greeted plainly
        return N_("{name}，您好", name=name) if name else N_("您好")
    if hour >= 19:
        return N_("{name}，晚上好", name=name) if name else N_("晚上好")
    if hour < 12:
        return N_("{name}，上午好", name=name) if name else N_("上午好")
    return N_("{name}，下午好", name=name) if name else N_("下午好")
