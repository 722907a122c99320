"""Whoever types the 15 digits of the first generation of cards is told the 18 that they have become, at each form."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.identity.conftest import NOW
from tongban.identity.model import children, helping, offering
from tongban.identity.model.seen import Seen, faults_of
from tongban.identity.model.typed import checked
from tongban.kit import clock
from tongban.kit.errors import Refused

#: The sample of GB 11643-1999 as it was before 1999.
OLD, NEW = "110105491231002", "11010519491231002X"
FIELDS = {"name": "示例", "id_number": OLD, "paper_kind": "111", "kind": "attorney"}


def _enrolling() -> None:
    checked(name="示例", id_number=OLD, phone="13800001111", password="a word of hers", agreed=True)


@pytest.mark.parametrize(
    "typed",
    [
        lambda: children.claimed(FIELDS, now=NOW),
        lambda: offering.offered(FIELDS, kinds=("attorney",), items=(), now=NOW),
        lambda: helping.at_the_window(FIELDS, items=(), now=NOW),
        _enrolling,
    ],
    ids=["child", "offer", "help", "enrolment"],
)
def test_the_eighteen_digits_are_told(typed: Callable[[], object]) -> None:
    """How it can fail (tried): leave ``fifteen_fault`` out of any of them."""
    with pytest.raises(Refused) as refused:
        typed()
    told = refused.value.fields
    assert NEW in str(told.get("id_number") or told.get("number"))


def test_a_window_tells_them_too() -> None:
    seen = Seen("111", OLD, "示例", None, for_good=True, same_face=True)
    assert NEW in str(faults_of(seen, today=clock.city_day(NOW))["number"])
