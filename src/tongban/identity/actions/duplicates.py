"""An enrolment that finds an account of another paper 一人多证: the paper is added to it, or an officer looks at it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from tongban import audit, notices, regions
from tongban.identity.actions.lasting import must_be_lasting
from tongban.identity.actions.seeing import must_be_another
from tongban.identity.actions.steps import step_of
from tongban.identity.model.duplicates import (
    Dispute,
    DisputeInvalid,
    DisputeUnknown,
    Finding,
    FoundAccount,
    NotThatAccount,
    OtherPaper,
)
from tongban.identity.model.hashes import spellings
from tongban.identity.model.people import paper_hash
from tongban.identity.model.refusals import PersonUnknown, StepGone
from tongban.identity.model.rights import POLICY
from tongban.identity.store import accounts
from tongban.identity.store import duplicates as store
from tongban.kit import papers
from tongban.kit.db import Database, write
from tongban.kit.errors import Words
from tongban.kit.i18n import N_, Message, Text
from tongban.kit.policy import VISITOR, Actor, Relation
from tongban.settings import settings

#: The papers by which an account is found, for its holder.
PAGE = "/account/papers"
#: So many disputes at once are shown at the window; the others come up as these are decided.
SHOWN = 50
_ADDED = Text("证件已加到您的账户", "A document was added to your account")
_ADDED_BODY = Text(
    "您核验了另一个证件，它现在也是这个账户的证件。如果不是您本人操作，请立即拨打热线。",
    "You had another document checked; it is a document of this account now. If this was not you, call the hotline at "
    "once.",
)
_ASKED = Text("有人对您账户的证件提出异议", "Somebody questions a document of your account")
_ASKED_BODY = Text(
    "登记机关显示，另一位申请人的证件与您账户的证件属于同一个人，她说不是。窗口会核实；在此之前您的账户照常使用，"
    "不用做什么。有疑问请拨打热线。",
    "According to the register, somebody else's document and yours are one person's; she says they are not. A window "
    "looks into it. Your account works as before, and there is nothing to do. If in doubt, call the hotline.",
)
_DECIDED: dict[Finding, tuple[Text, Text]] = {
    "same": (
        Text("证件异议已核实", "The question about your document is settled"),
        Text(
            "窗口核实：两个证件是同一个人的，您的账户没有变化。",
            "The window found that both documents are one person's. Nothing changed in your account.",
        ),
    ),
    "two": (
        Text("证件异议已核实", "The question about your document is settled"),
        Text(
            "窗口核实：那个证件不是您的，登记机关的关联有误。它不再能找到您的账户；您的账户照常使用。",
            "The window found that the other document is not yours and the register was wrong. It no longer finds your "
            "account, which works as before.",
        ),
    ),
}
_SMS: dict[Finding | str, Message] = {
    "asked": N_("【{mark}】您提出的证件异议已收到，窗口核实后短信告诉您结果。工作人员不会向您索要验证码。"),
    "same": N_("【{mark}】您提出的证件异议已核实：两个证件是同一个人的。请登录原来的账户，或点“找回账号”。"),
    "two": N_("【{mark}】您提出的证件异议已核实：那个账户不是您的。现在可以用您的证件重新注册。"),
}


def _sms(what: Finding | str) -> str:
    mark = regions.city_of(settings().city_dir).mark
    return str(Message(_SMS[what].msgid, {"mark": mark}))


async def found_account(db: Database, step: str, *, now: datetime) -> FoundAccount:
    """The account that a proved enrolment found. Raises StepGone: too old, or done."""
    passed = step_of(step, "found", now=now)
    found = await store.found_by(db, passed.account)
    if found is None:
        raise StepGone
    return found


async def own_papers(db: Database, actor: Actor) -> list[OtherPaper]:
    """The papers by which the actor's account is found beside its own."""
    POLICY.require(actor, "identity.add_paper", Relation.OWN)
    assert actor.id is not None
    return await store.others(db, actor.id)


async def add_paper(db: Database, actor: Actor, *, step: str, now: datetime) -> None:
    """The paper of a proved enrolment becomes one more paper of the actor's account: it opens it as its own does.

    She has proved both: the paper by the register and the phone's code, the account by her log-in. Raises StepGone
    (done, or too old), NotThatAccount and InMergedAccount (merged meanwhile). Three round trips.
    """
    POLICY.require(actor, "identity.add_paper", Relation.OWN)
    assert actor.id is not None
    found = await found_account(db, step, now=now)
    if found.id != actor.id:
        raise NotThatAccount
    person = await accounts.person(db, actor.id)
    if person is None:
        raise PersonUnknown
    own = paper_hash(person.paper)
    done = await write(
        db,
        store.ending(step_of(step, "found", now=now).account, account=actor.id, now=now),
        store.counting(actor.id),
        store.claiming_for(actor.id, of_citizens=sorted(papers.NUMBERED_AS_CITIZENS), now=now),
        store.keeping_for(actor.id, spellings(own)),
        audit.record(
            actor,
            "identity.add_paper",
            subject=actor.id,
            reference=actor.id,
            detail={"kind": found.typed_kind},
            now=now,
        ),
        notices.telling(recipient=actor.id, title=_ADDED, body=_ADDED_BODY, link=PAGE, now=now),
    )
    if done is None:
        await must_be_lasting(db, actor)
        raise StepGone


async def dispute(db: Database, *, step: str, now: datetime) -> None:
    """Whose enrolment found an account says that it is not hers: the window looks at it, and both sides are told.

    The account's holder in her inbox, who enrols by SMS. Raises StepGone: the same form again finds it done.
    """
    found = await found_account(db, step, now=now)
    claimant = step_of(step, "found", now=now).account
    phone_sealed = await store.phone_of_application(db, claimant)
    if phone_sealed is None:
        raise StepGone
    done = await write(
        db,
        store.disputing(claimant, found.id, found.found, now=now),
        store.dropping_disputed(),
        *(
            audit.record(VISITOR, "identity.dispute_paper", subject=one, reference=claimant, now=now)
            for one in (claimant, found.id)
        ),
        notices.telling(recipient=found.id, title=_ASKED, body=_ASKED_BODY, link="/my/account", now=now),
        notices.texting(
            recipient=claimant,
            phone_sealed=phone_sealed,
            words=_sms("asked"),
            template="identity.dispute",
            now=now,
        ),
    )
    if done is None:
        raise StepGone


async def open_disputes(db: Database, actor: Actor) -> list[Dispute]:
    """The disputes that wait for the window, the oldest first, at most :data:`SHOWN`."""
    POLICY.require(actor, "identity.decide_paper", Relation.ANY)
    return await store.open_disputes(db, limit=SHOWN)


class Decision(msgspec.Struct, frozen=True):
    """What an officer found about a dispute, why, and that she saw the papers."""

    dispute: UUID
    finding: str
    why: str
    seen: bool

    def holding(self) -> Finding:
        """The finding; raises DisputeInvalid with a sentence for each field."""
        faults: dict[str, Words] = {}
        if self.finding not in ("same", "two"):
            faults["finding"] = N_("请选择核实的结果。")
        if not 4 <= len(self.why.strip()) <= 500:
            faults["why"] = N_("请写明怎样核实的，4 至 500 个字。")
        if not self.seen:
            faults["seen"] = N_("请核对双方的证件或者登记机关的书面答复后再勾选。")
        if faults:
            raise DisputeInvalid(faults)
        return "same" if self.finding == "same" else "two"


async def decide(db: Database, actor: Actor, decision: Decision, *, now: datetime) -> Finding:
    """Decide a dispute: one person's, then nothing moves; or two people's, then the claimant's paper finds the account
    no more and may be enrolled. Both sides are told. Raises DisputeInvalid, DisputeUnknown or OwnMatter. Five round
    trips.
    """
    POLICY.require(actor, "identity.decide_paper", Relation.ANY)
    assert actor.id is not None
    finding = decision.holding()
    lies = await store.open_dispute(db, decision.dispute)
    if lies is None:
        raise DisputeUnknown
    account, phone_sealed, hash_ = lies
    # Neither side's officer decides between them: another one's eyes do.
    if (holder := await accounts.person(db, account)) is not None:
        await must_be_another(db, actor, holder, notices.open_phone(phone_sealed, decision.dispute))
    title, body = _DECIDED[finding]
    done = await write(
        db,
        store.deciding(
            decision.dispute,
            finding,
            by=actor.id,
            department=actor.department or "",
            why=decision.why.strip(),
            now=now,
        ),
        *(store.parting(spellings(hash_)) if finding == "two" else ()),
        *(
            audit.record(
                actor,
                "identity.decide_paper",
                subject=one,
                reference=actor.department or "",
                detail={"finding": finding},
                now=now,
            )
            for one in (decision.dispute, account)
        ),
        notices.telling(recipient=account, title=title, body=body, link="/my/account", now=now),
        notices.texting(
            recipient=decision.dispute,
            phone_sealed=phone_sealed,
            words=_sms(finding),
            template="identity.dispute",
            now=now,
        ),
    )
    if done is None:
        raise DisputeUnknown
    return finding
