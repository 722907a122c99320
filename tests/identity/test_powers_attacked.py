"""Powers under attack: a slip in a number, a namesake, who widens her own power."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.identity.conftest import CHAN, LI, WANG, enrolled
from tests.identity.firms import CAFE, Firms
from tests.identity.test_firm_roles import as_, given
from tests.identity.test_powers import NOW, offer_to
from tongban import identity
from tongban.identity import actions
from tongban.identity.actions.firm_changes import recheck_firms
from tongban.identity.model.offering import offered
from tongban.identity.model.powers import Offer, OfferInvalid
from tongban.identity.store import powers as store
from tongban.kit.acting import Errand
from tongban.kit.db import Database

pytestmark = pytest.mark.usefixtures("register")

THEN = NOW - timedelta(minutes=30)


async def test_a_slip_in_the_number_gives_no_stranger_a_power(db: Database) -> None:
    li = (await enrolled(db, LI, now=THEN)).actor
    chan = (await enrolled(db, CHAN, now=THEN)).actor
    hers = await actions.offer_power(db, li, offer_to(), now=NOW)
    other = await actions.offer_power(db, li, offer_to(paper=CHAN.paper), now=NOW)
    assert other != hers, "a namesake is another one, though all the rest is the same"
    assert not (await actions.powers_of(db, chan, now=NOW)).offers, "she bears another name"
    assert not await db.value("SELECT count(*) FROM notices.inbox WHERE recipient = $1", chan.id)
    given_now = (await actions.powers_of(db, li, now=NOW)).given
    assert {one.id for one in given_now} == {hers, other} and not any(one.agent for one in given_now)
    late = (await enrolled(db, WANG, now=NOW)).actor
    assert late.id is not None
    mistyped = await actions.offer_power(db, li, offer_to(name="王嘉悦", kind="family"), now=NOW)
    await actions.bind_powers(db, person=late.id, now=NOW)
    assert {one.id for one in (await actions.powers_of(db, late, now=NOW)).offers} == {hers} - {mistyped}


async def test_a_steward_widens_nobodys_power_and_least_her_own(db: Database) -> None:
    identity.plug_firm_check(Firms().check)
    li, wang, _chan = [(await enrolled(db, one, now=THEN)).actor for one in (LI, WANG, CHAN)]
    bound = await actions.bind_firm(db, li, code=CAFE, now=NOW)
    assert bound.power is not None
    until = NOW + timedelta(days=30)
    follow = frozenset({Errand.FOLLOW, Errand.APPLY})
    limited = Offer(WANG.paper, WANG.name, "steward", None, follow, 200_000, NOW, until)
    power = await given(db, await as_(db, li, bound.power), wang, limited)
    steward = await as_(db, wang, power)
    for faulty, field in (
        (Offer(WANG.paper, WANG.name, "agent", None, follow, 200_000, NOW, until), "id_number"),
        (Offer(CHAN.paper, CHAN.name, "agent", None, None, 200_000, NOW, until), "errands"),
        (Offer(CHAN.paper, CHAN.name, "agent", None, follow, None, NOW, until), "most"),
        (Offer(CHAN.paper, CHAN.name, "agent", None, follow, 200_001, NOW, until), "most"),
    ):
        with pytest.raises(OfferInvalid) as refused:
            await actions.offer_power(db, steward, faulty, now=NOW)
        assert set(refused.value.fields) == {field}
    less = Offer(CHAN.paper, CHAN.name, "agent", None, frozenset({Errand.FOLLOW}), 100, NOW, until)
    await actions.offer_power(db, steward, less, now=NOW)


async def test_a_firm_of_many_powers_loses_its_former_representative(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hers is the oldest of the firm's powers: what a page shows of them must not be all that the rule looks at."""
    monkeypatch.setattr(store, "MOST", 1)
    register = Firms()
    identity.plug_firm_check(register.check)
    li, wang, _chan = [(await enrolled(db, one, now=THEN)).actor for one in (LI, WANG, CHAN)]
    bound = await actions.bind_firm(db, li, code=CAFE, now=NOW)
    assert bound.power is not None and bound.firm is not None
    representative = await as_(db, li, bound.power)
    until = NOW + timedelta(days=30)
    await given(
        db, representative, wang, Offer(WANG.paper, WANG.name, "steward", None, None, None, NOW, until)
    )
    over = Offer(CHAN.paper, CHAN.name, "agent", None, None, None, NOW, until)
    await actions.revoke_power(
        db, representative, power_id=await actions.offer_power(db, representative, over, now=NOW), now=NOW
    )
    (shown,) = (await actions.powers_of(db, representative, now=NOW)).given
    assert shown.kind == "steward", "what lives is shown before what has ended"
    assert (await actions.bind_firm(db, li, code=CAFE, now=NOW)).power == bound.power
    register.firms[CAFE][1:3] = [WANG.id_number, WANG.name]
    await recheck_firms(db, now=NOW + timedelta(days=1))
    assert await db.value("SELECT state FROM identity.power WHERE id = $1", bound.power) == "lapsed"


def test_an_amount_of_five_thousand_digits_is_refused() -> None:
    posted = {"kind": "attorney", "scope": "all", "errands-1": "apply", "most": "9" * 5000}
    with pytest.raises(OfferInvalid) as refused:
        offered(posted, kinds=("attorney",), items=(), now=NOW)
    assert "most" in refused.value.fields
