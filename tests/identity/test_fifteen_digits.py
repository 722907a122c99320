"""Whoever types the 15 digits of the first generation of cards is told the 18 that they have become, at each form."""

from __future__ import annotations

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


@pytest.mark.parametrize("form", ["child", "offer", "help", "enrolment", "window"])
def test_the_eighteen_digits_are_told(form: str) -> None:
    """How it can fail (tried): leave ``fifteen_fault`` out of any of them."""
    if form == "window":
        seen = Seen(
            paper_kind="111", number=OLD, country="", name="示例", ends=None, for_good=True, same_face=True
        )
        told = faults_of(seen, today=clock.city_day(NOW))
    else:
        with pytest.raises(Refused) as refused:
            if form == "child":
                children.claimed(FIELDS, now=NOW)
            elif form == "offer":
                offering.offered(FIELDS, kinds=("attorney",), items=(), now=NOW)
            elif form == "help":
                helping.at_the_window(FIELDS, items=(), now=NOW)
            else:
                checked(
                    name="示例", id_number=OLD, phone="13800001111", password="a word of hers", agreed=True
                )
        told = refused.value.fields
    assert NEW in str(told.get("id_number") or told.get("number"))
