"""First review 初审 (行政许可法 art. 35, 43): a department examines and reports upwards 报送, the organ above decides.

The chain of the item spans both: who examines and who reviews are the lower organ's, and the review is the report; who
decides is of the organ above. What that organ sends back it examines itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from tongban.cases.model.life import Move
from tongban.cases.model.records import Case, CaseEvent
from tongban.cases.model.states import State
from tongban.catalogue import ItemVersion
from tongban.kit.errors import Forbidden
from tongban.kit.i18n import N_, Text


class Reported(msgspec.Struct, frozen=True, kw_only=True):
    """What the step of a report keeps that the applicant reads too: from which organ to which, by their names."""

    sender: Text = Text("受理机关", "The organ that accepted it")
    to: Text = Text("上级机关", "the organ above")


class ExtendedAbove(Forbidden):
    """What puts the decision off is the deciding organ's to approve (行政许可法 art. 42)."""

    def __init__(self) -> None:
        super().__init__(
            "extended-above",
            N_(
                "本件由上级机关决定，延长决定期限要由上级机关负责人批准；初审期限不能延长，办件没有变动。"
                "请在初审期限内报送上级机关。"
            ),
        )


def goes_above(version: ItemVersion, answers: Mapping[str, Any]) -> bool:
    """Whether the organ above decides an application with these answers."""
    return version.first_review is not None and version.first_review.covers(answers)


def reports_up(version: ItemVersion, case: Case) -> bool:
    """Whether the department that has the case is still to report it to the organ that decides."""
    return case.course.reported is None and goes_above(version, case.answers)


def closed_by_report(version: ItemVersion, case: Case) -> frozenset[Move]:
    """The moves that the first review keeps closed: what puts the decision off is the deciding organ's, and an
    acceptance that the organ below has made that one does not take back."""
    if reports_up(version, case):
        return frozenset({Move.EXTEND})
    reported = case.course.reported is not None and case.state is State.ACCEPTED
    return frozenset({Move.RECTIFY}) if reported else frozenset()


def told_of(step: CaseEvent) -> dict[str, Any]:
    """What the applicant is told of a step: of a report the two organs, not the opinion that it carries."""
    return msgspec.to_builtins(reported_of(step.detail)) if step.move is Move.REPORT else step.detail


def reported_of(detail: Mapping[str, Any]) -> Reported:
    """What the step of a report tells of the two organs."""
    return msgspec.convert({name: detail[name] for name in ("sender", "to") if name in detail}, Reported)
