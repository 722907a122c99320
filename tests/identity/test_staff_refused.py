"""A form about one of staff that was refused: it and its neighbours can be sent, and staff stay in their frame."""

from __future__ import annotations

import re

import pytest

from tests.identity.pages import submit, words
from tests.identity.staffing import Staff

pytestmark = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")


def posted(page: str) -> set[str]:
    """Where the forms of a page post to."""
    return set(re.findall(r'action="([^"]+)"', page))


async def test_after_a_refused_form_everything_on_the_page_can_still_be_sent(staff: Staff) -> None:
    """How it can fail (tried): with ``here`` in the frame of all pages set to the address that was posted to."""
    await staff.be("sys")
    await staff.ask("zhou", **{"duties-examine": "examine", "duties-review": "review"})
    await staff.be("sec")
    plain = await staff.client.get(staff.path("zhou"))
    refused = await staff.decide("zhou", do="refuse")
    assert "请写明理由" in words(refused)
    of_zhou = {one for one in posted(plain.text) if one.startswith(staff.path("zhou"))}
    assert of_zhou and of_zhou <= posted(refused.text)
    assert f'href="{staff.path("zhou")}/rights"' in refused.text
    told = await staff.decide("zhou", refused, do="refuse", answer="与现岗位不符")
    assert "已退回" in words(told)
    locked = await submit(staff.client, plain, f"{staff.path('zhou')}/lock", {"locking": ""})
    assert locked.status_code == 422 and f"{staff.path('zhou')}/lock" in posted(locked.text)


async def test_an_administrator_who_asks_for_nothing_stays_in_her_frame(staff: Staff) -> None:
    """How it can fail (tried): with the residents' frame for whoever is no officer."""
    await staff.be("sec")
    told = await staff.client.get("/desk/staff/nobody")
    assert told.status_code == 404 and "layout-staff" in told.text and 'href="/desk/staff"' in told.text
