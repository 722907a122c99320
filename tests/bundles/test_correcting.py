"""A correction goes to the one form: put right once, handed in with each part that asked, the others untouched."""

from __future__ import annotations

import re

from tests import make
from tests.bundles.going import ANSWERS, begun, stands
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tongban import bundles, cases
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.policy import OFFICERS_DUTIES

_SAID = {**ANSWERS, "certificate": "yes", "registered": "no", "insured": "no"}
_NAME, _NUMBER = "姓名与出生医学证明不一致，请核对。", "出生证明编号少了一位，请补全。"


async def _asked(db: Database, run: bundles.Run, item: str, said: dict[str, str]) -> None:
    """The department of a part asks for a correction of it."""
    (case_id,) = [part.case for part in run.parts if part.item == item]
    assert case_id is not None
    department = (await make.row(db, case_id))["department"]
    officer = make.officer_with(department, *OFFICERS_DUTIES, name="示例全职")
    await cases.ask_correction(db, officer, case_id=case_id, said=said, now=clock.now())


async def test_two_parts_ask_and_are_answered_once(
    city: Database, web: Client, mother: Resident, other: Resident
) -> None:
    """How it can fail (tried): a part that asked was not handed in. So would it if the answer went to a part
    that had not asked for it, or what was typed beside a fault was lost."""
    run_id = await begun(city, mother, _SAID)
    await bundles.send(city, mother.actor, run_id=run_id, now=clock.now())
    run, _ = await stands(city, mother, run_id)
    case = {part.item: part.case for part in run.parts}
    await _asked(city, run, "birth_registration", {"child_name": _NAME, "birth_certificate": _NUMBER})
    await _asked(city, run, "vaccination_record", {"child_name": _NAME})
    await log_in(web, city, mother.actor)
    at = f"/my/bundles/{run_id}/correct"
    for page in (f"/my/bundles/{run_id}", f"/my/cases/{case['vaccination_record']}"):
        assert f'href="{at}"' in (await web.get(page)).text
    form = (await web.get(at)).text
    assert form.count(_NAME) == 2 and form.count(_NUMBER) == 1 and 'name="child_birth_date' not in form
    posted = {"_csrf": _token(form), "child_name": "", "birth_certificate": "U310000002"}
    wrong = await web.post(at, data=posted)
    assert wrong.status_code == 422 and "U310000002" in wrong.text and 'href="#child_name"' in wrong.text
    assert 'name="child_name" type="text" value=""' in wrong.text, "what was emptied is shown empty"
    assert (await web.post(at, data=posted | {"_go": "later"})).headers["location"] == f"/my/bundles/{run_id}"
    done = await web.post(at, data=posted | {"child_name": "示范宝"})
    assert done.headers["location"] == f"/my/bundles/{run_id}?corrected=1"
    assert (await web.get(at)).headers["location"] == f"/my/bundles/{run_id}"
    answers = {}
    for item in ("birth_registration", "vaccination_record", "newborn_insurance"):
        opened = await cases.progress(city, mother.actor, case_id=case[item])  # type: ignore[arg-type]
        answers[item] = (
            opened.case.state,
            opened.stated["child_name"],
            opened.stated.get("birth_certificate"),
        )
    waiting = answers.pop("newborn_insurance")
    assert answers == {
        "birth_registration": ("submitted", "示范宝", "U310000002"),
        "vaccination_record": ("submitted", "示范宝", "U310000001"),
    }
    assert waiting[0] == "draft" and waiting[1] != "示范宝"
    await log_in(web, city, other.actor)
    assert (await web.get(at)).status_code == 404


def _token(text: str) -> str:
    found = re.search(r'name="_csrf" value="([^"]*)"', text)
    assert found is not None
    return found[1]
