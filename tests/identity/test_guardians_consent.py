"""A guardian's consent for a child under fourteen (PIPL art. 31) is a consent like others, and carries her power."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.identity.conftest import LI, WANG, Client, Families, enrolled, logged_in
from tests.identity.pages import fields_of, submit, words
from tests.identity.test_children import GROWN, NOW, YOUNG
from tongban.identity import actions
from tongban.identity.actions import consenting, guarding
from tongban.identity.model.consent import GUARDIANSHIP, NoSuchPurpose
from tongban.identity.model.powers import PowerState
from tongban.kit.db import Database
from tongban.kit.policy import Actor

pytestmark = [
    pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning"),
    pytest.mark.usefixtures("register"),
]
LATER = NOW + timedelta(hours=1)


async def test_withdrawn_it_ends_her_power_and_not_the_other_parents(
    db: Database, families: Families
) -> None:
    families.add(YOUNG.named, 母=LI, 父=WANG)
    li = (await enrolled(db, LI, now=NOW - timedelta(minutes=30))).actor
    wang = (await enrolled(db, WANG, now=NOW - timedelta(minutes=30))).actor
    hers, his = [await actions.claim_child(db, one, YOUNG, now=NOW) for one in (li, wang)]
    assert hers is not None and his is not None
    child = (await actions.power(db, li, power_id=hers)).principal
    (mine,) = [one for one in await consenting.my_consents(db, li) if one.purpose == GUARDIANSHIP.code]
    assert (mine.subject, mine.given_by, mine.given_at, mine.child) == (child, li.id, NOW, YOUNG.name)
    assert mine.words == GUARDIANSHIP.words[GUARDIANSHIP.version] and mine.separate
    of_child = await consenting.my_consents(db, Actor(li.role, child))
    assert {one.given_by for one in of_child} == {li.id, wang.id}, "the child finds both in its own account"
    with pytest.raises(NoSuchPurpose):
        await guarding.withdraw_for_child(db, wang, child=child, power=hers, now=LATER)
    for _ in range(2):
        await guarding.withdraw_for_child(db, li, child=child, power=hers, now=LATER)
    assert (await actions.power(db, li, power_id=hers)).state is PowerState.REVOKED
    assert (await actions.power(db, wang, power_id=his)).state is PowerState.STANDING
    told = await db.rows("SELECT recipient FROM notices.inbox WHERE link = $1", f"/my/acting/{hers}")
    assert {row["recipient"] for row in told} == {li.id, wang.id, child}
    noted = await db.value("SELECT count(*) FROM audit.ledger WHERE action = 'identity.withdraw_consent'")
    assert noted == 2, "once in each one's ledger"
    again = await actions.claim_child(db, li, YOUNG, now=LATER)
    assert again not in (None, hers), "checked and agreed to once more, she acts again"
    with pytest.raises(NoSuchPurpose):
        await consenting.give_consent(db, li, purpose=GUARDIANSHIP.code, now=LATER)


async def test_of_an_older_child_there_is_none(db: Database, families: Families) -> None:
    families.add(GROWN.named, 母=LI)
    li = (await enrolled(db, LI, now=NOW - timedelta(minutes=30))).actor
    assert await actions.claim_child(db, li, GROWN, now=NOW)
    assert GUARDIANSHIP.code not in {one.purpose for one in await consenting.my_consents(db, li)}


async def test_on_the_page_with_what_follows(client: Client, db: Database, families: Families) -> None:
    families.add(YOUNG.named, 母=LI)
    li = (await enrolled(db, LI, now=NOW - timedelta(minutes=30))).actor
    power = await actions.claim_child(db, li, YOUNG, now=NOW)
    await logged_in(client, db)
    shown = await client.get("/account/consents")
    assert YOUNG.name in words(shown) and "您在这里为孩子的代办立即结束" in words(shown)
    card = shown.text.split(YOUNG.name, 1)[1]
    typed = {
        name: fields_of(card, "/account/consents/withdraw")[name] for name in ("purpose", "item", "child")
    }
    done = await submit(client, shown, "/account/consents/withdraw", typed)
    assert "您为孩子的代办已经结束" in words(done)
    assert power and (await actions.power(db, li, power_id=power)).state is PowerState.REVOKED
    wrong = await submit(client, done, "/account/consents/withdraw", {**typed, "item": "nothing"})
    assert wrong.status_code == 404
