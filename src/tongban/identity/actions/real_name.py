"""Real name 实名: an account that is known by a phone alone (L0) gets a name and a paper, and is L1 from then on."""

from __future__ import annotations

from datetime import datetime

import asyncpg

from tongban import audit, notices
from tongban.identity.actions.codes import try_code
from tongban.identity.actions.enrolling import in_her_account
from tongban.identity.actions.logging_in import Opened
from tongban.identity.actions.phone_only import KEPT, ending_parts, held_phone
from tongban.identity.actions.steps import step_of
from tongban.identity.model import Account
from tongban.identity.model.consent import ENROLMENT
from tongban.identity.model.people import LEVEL_CHECKED, open_id_number, open_name, seal_id_number, seal_name
from tongban.identity.model.phone_only import PhoneOnlyOver
from tongban.identity.model.refusals import AlreadyEnrolled, StepGone
from tongban.identity.model.residence import addresses_for
from tongban.identity.store import applications, consents, duplicates, residence, taking_over
from tongban.identity.store import phone_only as store
from tongban.kit import papers
from tongban.kit.db import Database, write
from tongban.kit.i18n import Text
from tongban.kit.outbox import announcing
from tongban.kit.policy import NO_ENDS, Actor, Role
from tongban.kit.web.levelling import levelling_sessions
from tongban.notices import open_phone, seal_phone

_RAISED = Text("已完成实名核验", "Your real name was checked")
_RAISED_BODY = Text(
    "您的姓名、证件和手机号与人口库一致，实名等级现在是 L1，可以网上办事了。如果不是您本人操作，请立即拨打热线。",
    "Your name, paper and phone match the population register. Your level is L1 now, and you can apply online. "
    "If this was not you, call the hotline at once.",
)


async def finish_raising(db: Database, actor: Actor, *, step: str, code: str, now: datetime) -> Opened:
    """Last step of an enrolment by who is logged in with a phone alone: the same account is hers by name, L1.

    Its session goes on under a new cookie; phone, password, messages and everything kept in it stay. Where the person
    has an account, it ends as an enrolment does (``in_her_account``): the account of the phone is closed where the
    phone passes to hers and where the typed paper itself finds hers, and stays while another paper of hers is in
    question. Raises StepGone, PhoneOnlyOver (raised in another window) and what
    :func:`~tongban.identity.actions.enrolling.finish_enrolment` raises. Five round trips.
    """
    passed = step_of(step, "enrol", now=now)
    if passed.raises is None or passed.raises != actor.id or actor.acting is not None:
        raise StepGone
    held = await held_phone(db, actor)
    owner, _ = await try_code(db, passed.account, "enrol", code, now=now)
    checked = await store.checked(db, owner.id, raises=held.id, now=now)
    if checked is None:
        raise StepGone
    name, number = (
        open_name(checked.name_sealed, owner.id),
        open_id_number(checked.id_number_sealed, owner.id),
    )
    own = Account(
        id=held.id,
        role=Role.RESIDENT,
        name_sealed=seal_name(name, held.id),
        phone_sealed=held.phone_sealed,
        level=LEVEL_CHECKED,
        password=held.password,
        department=None,
    )
    risen = own.actor()
    cookie, levelled = levelling_sessions(
        held.id, own=actor.session, level=LEVEL_CHECKED, ends=NO_ENDS, name=risen.name, now=now
    )
    try:
        done = await write(
            db,
            store.raising(
                own,
                number_sealed=seal_id_number(number, held.id),
                addresses=addresses_for(
                    held.id,
                    (checked.hukou_address_sealed, checked.residence_address_sealed),
                    of=owner.id,
                ),
                candidate=owner.id,
            ),
            applications.making_person(),
            duplicates.claiming(of_citizens=sorted(papers.NUMBERED_AS_CITIZENS), now=now),
            duplicates.keeping_others(),
            residence.taking_from_application(now=now),
            *taking_over.ending_application(owner.id, now=now),
            store.dropping(held.id),
            consents.giving_at_enrolment(ENROLMENT, held.id, kept=KEPT),
            audit.record(risen, "identity.raise_account", subject=held.id, reference=owner.id, now=now),
            announcing("identity.opened", subject=held.id, reference=held.id, now=now),
            notices.telling(
                recipient=held.id, title=_RAISED, body=_RAISED_BODY, link="/account/level", now=now
            ),
            levelled,
        )
    except asyncpg.UniqueViolationError as taken:
        return await _in_her_account(db, held, owner, taken, now=now)
    if done is None:
        raise PhoneOnlyOver
    return Opened(risen, cookie)


async def _in_her_account(
    db: Database,
    held: store.PhoneAccount,
    owner: Account,
    taken: asyncpg.UniqueViolationError,
    *,
    now: datetime,
) -> Opened:
    try:
        return await in_her_account(db, owner, taken, now=now)
    except AlreadyEnrolled:
        # One person, one account: she has just proved that both are hers.
        await write(
            db,
            store.ending(held.id, nothing_sealed=seal_phone("", held.id), unused_since=None, now=now),
            *ending_parts(held.id, phone=open_phone(held.phone_sealed, held.id), now=now),
        )
        raise
