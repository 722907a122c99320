"""The end of a guardianship 终止监护 at a window, on a court's paper or that of the organ which appointed the guardian.

Nobody takes it back online (:class:`~tongban.identity.model.children.GuardianStays`), so the way that is told there
must lead somewhere: a parent whom a court has barred (民法典 art. 36, 39) would act for the child until it is eighteen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from tongban import audit
from tongban.identity.actions.children import standing_guard
from tongban.identity.actions.seeing import must_be_another, seen_at_window
from tongban.identity.actions.telling import page_of, tell, text_deed
from tongban.identity.model import Person
from tongban.identity.model.children import Child
from tongban.identity.model.founding import ENDS_GUARDIANSHIP, Shown
from tongban.identity.model.people import paper_hash
from tongban.identity.model.powers import PowerState, ending_of
from tongban.identity.model.rights import POLICY
from tongban.identity.model.seen import Seen, no_account
from tongban.identity.model.window import WindowInvalid
from tongban.identity.store import accounts, children, powers
from tongban.kit import files, papers
from tongban.kit.db import Database, write
from tongban.kit.errors import Words
from tongban.kit.i18n import N_
from tongban.kit.outbox import announcing
from tongban.kit.policy import Actor, Relation
from tongban.kit.web.sessions import ending_power

ITEM = "identity.guard"
_ENDED = (
    N_("您对{child}的监护关系已在窗口终止"),
    N_("窗口核对了{paper}的原件。您不能再代{child}办理；有异议的，请带材料到窗口，或者拨打热线。"),
)
_TOLD = (
    N_("{name}不再是{child}登记的监护人"),
    N_("窗口核对了{paper}的原件。{name}不能再代{child}办理；有异议的，请到窗口提出。"),
)
_TO_PHONE = N_(
    "【{mark}】您登记的一项监护关系刚刚在窗口凭文书终止。有异议的，请带材料到窗口，或拨打 {hotline}。"
)


async def end_guardian(
    db: Database,
    actor: Actor,
    *,
    seen: Seen,
    child: Child | None,
    shown: Shown | None,
    number: str,
    received: Sequence[files.Received],
    faults: Mapping[str, Words],
    now: datetime,
) -> None:
    """On the paper that was shown, who bears ``number`` acts for the child no more, at once, also from under a form.

    Who is ``seen`` is that one, or another guardian of the child. All are told, the one whose guardianship ends by SMS
    too, and the register of families founds it no more. The same again is one. Raises WindowInvalid, OwnMatter,
    WindowSourceAway.
    """
    POLICY.require(actor, "identity.found_guardian", Relation.ANY)
    more: dict[str, Words] = {}
    if shown is not None and shown.paper not in ENDS_GUARDIANSHIP:
        more["document"] = N_("终止监护要凭人民法院的文书，或者居民委员会、村民委员会、民政部门的证明。")
    came = await seen_at_window(db, actor, seen, faults={**faults, **more}, item=ITEM, now=now)
    assert child is not None and shown is not None
    who = await _account_of(db, child.paper, "child_id_number")
    former = await _account_of(db, Seen("", number, "", None).paper, "ended_number")
    await must_be_another(db, actor, former)
    power = await standing_guard(db, who.id, former.id, now=now)
    if power is None:
        last = await powers.last_of(db, who.id, paper_hash(former.paper), "guardian")
        if last is not None and last.state is PowerState.LAPSED:
            return
        raise WindowInvalid({"ended_number": N_("这个人不是孩子登记的监护人，请核对号码。")})
    if came.id != former.id and await standing_guard(db, who.id, came.id, now=now) is None:
        raise WindowInvalid(
            {"number": N_("到场的人不是孩子登记的监护人。请先登记其监护关系，再终止另一方的。")}
        )
    others = [agent for _, agent in await children.nearest(db, who.id) if agent != former.id]
    words: dict[str, object] = {"child": who.name, "name": former.name, "paper": shown.words}
    state = PowerState.LAPSED
    assert actor.id is not None
    await write(
        db,
        powers.ending(power, state=state, by=actor.id, states=[PowerState.STANDING], now=now),
        ending_power(former.id, power, ending_of(state)),
        files.keeping([files.named(one, subject=who.id, reference=power, now=now) for one in received]),
        *(
            audit.record(
                actor,
                "identity.end_guardian",
                subject=one,
                reference=power,
                detail={"paper": shown.paper},
                now=now,
            )
            for one in (who.id, former.id)
        ),
        announcing(
            "identity.power_ended",
            subject=who.id,
            reference=power,
            payload={"why": ending_of(state)},
            now=now,
        ),
        tell(former.id, _ENDED, words, link=page_of(power), now=now),
        *(tell(one, _TOLD, words, link=page_of(power), now=now) for one in (*others, who.id)),
        *text_deed(former, _TO_PHONE, template="identity.window_guardian", now=now),
    )


async def _account_of(db: Database, paper: papers.Paper, field: str) -> Person:
    hash_ = paper_hash(paper)
    found = (await accounts.residents_by_claims(db, [hash_])).get(hash_) if paper.number else None
    person = None if found is None else await accounts.person(db, found)
    if person is None:
        raise WindowInvalid({field: no_account()})
    return person
