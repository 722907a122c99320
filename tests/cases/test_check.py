"""check: how a case stands, for whoever holds a paper of it, and nothing for whoever guesses."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest

from tests import make
from tests.cast import Resident
from tongban import audit, cases
from tongban.cases.actions import papers_given
from tongban.cases.model import CodeMistyped, CodeNotMatching, State, last_four
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.policy import VISITOR, Actor


async def code_of(city: Database, case_id: UUID) -> str:
    return str((await make.row(city, case_id))["short_code"])


def wrong(four: str) -> str:
    """Other digits of the same form."""
    return f"{(int(four[:3]) + 1) % 1000:03d}{four[3]}"


async def test_the_holder_of_a_paper_sees_state_item_and_dates(city: Database, owner: Resident) -> None:
    case_id = await make.submitted(city, owner)
    code = await code_of(city, case_id)
    found = await cases.check(city, VISITOR, code=code, four=owner.number[-4:], now=clock.now())
    row = await make.row(city, case_id)
    assert (found.code, found.state, str(found.item)) == (code, State.SUBMITTED, "居住证申领")
    assert (found.submitted_at, found.due, found.decided_at) == (row["submitted_at"], row["accept_due"], None)
    assert "示范市公安局" in str(found.organ)
    assert [(one.kind, one.number) for one in found.papers] == [
        ("receipt", f"{code}-{found.papers[0].step:02d}")
    ]
    told = re.sub(r"datetime\.\w+\((?:[^()]|\([^()]*\))*\)", "", repr(found))  # figures that may be anybody's
    for secret in (owner.name, owner.number, owner.number[-4:], owner.phone, str(owner.actor.id)):
        assert secret not in told.replace(code, "").replace(found.papers[0].number, "")


async def test_to_the_end_and_after_it(city: Database, owner: Resident, officer: Actor) -> None:
    case_id = await make.accepted(city, owner, officer)
    await cases.refuse(city, officer, case_id=case_id, reason=make.REASON, now=clock.now())
    found = await cases.check(
        city, VISITOR, code=await code_of(city, case_id), four=owner.number[-4:], now=clock.now()
    )
    assert found.state is State.REFUSED and found.decided_at and found.closed_at and found.due is None
    assert [one.kind for one in found.papers] == ["receipt", "acceptance", "refusal"]


async def test_the_code_may_be_typed_as_it_is_printed_and_the_x_small(
    city: Database, owner: Resident
) -> None:
    case_id = await make.submitted(city, owner)
    code, four = await code_of(city, case_id), owner.number[-4:]
    spaced = f" {code[:6]} {code[6:12]}-{code[12:]}　"
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in four).lower()
    assert (await cases.check(city, VISITOR, code=spaced, four=wide, now=clock.now())).code == code
    assert last_four("ｘ") == "X" and last_four(" 12 3x ") == "123X"


async def test_a_code_that_nobody_has_and_wrong_digits_are_answered_alike(
    city: Database, owner: Resident, other: Resident
) -> None:
    """The same words, the same status, the same number of statements: nothing tells which codes exist."""
    code = await code_of(city, await make.submitted(city, owner))
    theirs = await code_of(city, await make.submitted(city, other, ground="home"))
    nobodys = unused(code, {code, theirs})
    heard = []
    for asked, four in (
        *((code, wrong(owner.number[-4:])), (nobodys, owner.number[-4:]), (theirs, wrong(other.number[-4:]))),
    ):
        before = city.count
        with pytest.raises(CodeNotMatching) as told:
            await cases.check(city, VISITOR, code=asked, four=four, now=clock.now())
        heard.append(
            (city.count - before, told.value.status, str(told.value.message), str(told.value.fields))
        )
    assert len(set(heard)) == 1 and heard[0][0] == 1


def unused(code: str, taken: set[str]) -> str:
    """A well-formed code that no case has."""
    from tongban.cases.model import is_short_code

    for serial in range(900_000, 900_100):
        for check in range(10):
            found = f"{code[:12]}{serial:06d}{check}"
            if is_short_code(found) and found not in taken:
                return found
    raise AssertionError


@pytest.mark.parametrize(
    ("code", "four", "fields"),
    [
        ("", "", {"code", "last_four"}),
        ("3101062611240000019", "001X", {"code"}),
        ("123", "001X", {"code"}),
        ("3101172611260000018", "01X", {"last_four"}),
        ("3101172611260000018", "X-01", {"last_four"}),
        ("<b>", "一二三四", {"code", "last_four"}),
    ],
)
async def test_what_cannot_be_right_is_told_without_asking(
    city: Database, code: str, four: str, fields: set[str]
) -> None:
    before = city.count
    with pytest.raises(CodeMistyped) as told:
        await cases.check(city, VISITOR, code=code, four=four, now=clock.now())
    assert set(told.value.fields) == fields and city.count == before


async def test_the_applicant_sees_that_somebody_looked_and_each_look_has_its_purpose(
    city: Database, owner: Resident, officer: Actor
) -> None:
    case_id = await make.submitted(city, owner)
    code = await code_of(city, case_id)
    await cases.check(city, VISITOR, code=code, four=owner.number[-4:], now=clock.now())
    await cases.withdraw(city, owner.actor, case_id=case_id, now=clock.now())
    await cases.check(city, VISITOR, code=code, four=owner.number[-4:], now=clock.now())
    readings = await audit.readings_of(city, subject=owner.actor.id, limit=2, reference=str(case_id))  # type: ignore[arg-type]
    shown = await audit.shown_readings(city, owner.actor, readings)
    assert [(str(one["who"]), str(one["what"])) for one in shown] == [
        ("持码核验人", "凭受理编码查询进度")
    ] * 2
    assert str(shown[0]["purpose"]) == "您出示的证照或者文书：办件进度和文书核对"
    assert await audit.reads_without_purpose(city, now=clock.now() + timedelta(seconds=1)) == 0
    standing = [kind for kind, stands in await make.purposes(city, case_id) if stands]
    assert standing == [], "a look keeps no purpose of the case open"


async def test_no_id_number_is_opened_for_a_question(
    city: Database, owner: Resident, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tongban.kit.keys import Keys

    code = await code_of(city, await make.submitted(city, owner))

    def refused(*_: object) -> bytes:
        raise AssertionError("something sealed was opened")

    monkeypatch.setattr(Keys, "open", refused)
    await cases.check(city, VISITOR, code=code, four=owner.number[-4:], now=clock.now())
    with pytest.raises(CodeNotMatching):
        await cases.check(city, VISITOR, code=code, four=wrong(owner.number[-4:]), now=clock.now())


async def test_a_code_of_before_papers_is_answered_like_an_unknown_one(
    city: Database, owner: Resident
) -> None:
    code = await code_of(city, await make.submitted(city, owner))
    await city.run("UPDATE cases.number_index SET holder_proof = NULL WHERE short_code = $1", code)
    with pytest.raises(CodeNotMatching):
        await cases.check(city, VISITOR, code=code, four=owner.number[-4:], now=clock.now())


async def test_the_list_of_papers_is_that_of_the_cases_page(
    city: Database, owner: Resident, officer: Actor
) -> None:
    case_id = await make.accepted(city, owner, officer)
    opened = await cases.progress(city, owner.actor, case_id=case_id)
    found = await cases.check(
        city, VISITOR, code=await code_of(city, case_id), four=owner.number[-4:], now=clock.now()
    )
    assert found.papers == papers_given(opened.case, opened.events, opened.version)
