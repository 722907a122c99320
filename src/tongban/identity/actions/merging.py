"""One person, one account 一人一户: a second account of hers is merged 合并, looked into, and the merge undone."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from tongban import audit, notices
from tongban.identity.actions.codes import try_code
from tongban.identity.actions.logging_in import Opened, check_password
from tongban.identity.actions.seeing import must_be_another
from tongban.identity.actions.stepping_up import require_fresh
from tongban.identity.actions.steps import step_of
from tongban.identity.actions.telling import text_deed
from tongban.identity.model import Person
from tongban.identity.model.hashes import number_hash, spellings
from tongban.identity.model.merging import (
    UNDO_WITHIN,
    Alias,
    MergedAlready,
    MergeNotSame,
    MergeUnknown,
    Proof,
    UnmergeInvalid,
    must_be_few,
    must_be_one,
)
from tongban.identity.model.people import paper_hash
from tongban.identity.model.refusals import PersonUnknown
from tongban.identity.model.rights import POLICY
from tongban.identity.model.typed import ENROLLING
from tongban.identity.store import accounts, closing, corrections, duplicates, phone_only
from tongban.identity.store import merging as store
from tongban.kit import papers
from tongban.kit.db import Database, Part, write
from tongban.kit.errors import Words
from tongban.kit.i18n import N_, Text
from tongban.kit.keys.ring import normalised
from tongban.kit.policy import Actor, Relation, Role
from tongban.kit.web.belonging import joining, parting
from tongban.kit.web.sessions import ending_others, ending_own, making_room, passing_on, taken

#: Where a person sees and undoes nothing herself: both notices lead there.
PAGE = "/account/merge"
_MERGED = Text("两个账户已合并", "Two accounts were merged")
_MERGED_BODY = Text(
    "您的另一个账户已合并到这里：它的手机号和证件号码现在登录这个账户，它的办件、证照和消息和这里的列在一起，"
    "可以照常办理。90 天内可以在窗口撤销。如果不是您本人操作，请立即拨打热线。",
    "Another account of yours was merged into this one: its phone and documents open this account now. Its cases, "
    "licences and messages are listed together with those here, and you deal with them as before. A window can undo "
    "this within 90 days. If this was not you, call the hotline at once.",
)
_GONE = Text("这个账户已合并", "This account was merged")
_GONE_BODY = Text(
    "这个账户已合并到您的另一个账户，各设备上的登录和通行密钥已停用。90 天内可以在窗口撤销。"
    "如果不是您本人操作，请立即拨打热线。",
    "This account was merged into another one of yours; you were logged out everywhere and its passkeys have ended. "
    "A window can undo this within 90 days. If this was not you, call the hotline at once.",
)
_TO_PHONE = N_(
    "【{mark}】您的两个账户刚刚凭密码和短信验证码在网上合并，90 天内可以在窗口撤销。"
    "如果不是您本人操作，请立即拨打 {hotline}。"
)
_UNDONE = Text("账户合并已撤销", "The merge of your accounts was undone")
_UNDONE_BODY = Text(
    "两个账户重新分开，手机号和证件号码各自登录原来的账户；停用的通行密钥需要重新添加。",
    "The two accounts are apart again, and phones and documents open the accounts that they did before; passkeys that "
    "ended have to be added anew.",
)


class MergedAccount(msgspec.Struct, frozen=True):
    """An account that was merged into one's own, as its owner sees it."""

    alias: Alias
    person: Person

    @property
    def undoable_until(self) -> datetime:
        """Until when a window can undo it."""
        return self.alias.undo_until


class Merges(msgspec.Struct, frozen=True):
    """What the page of merging shows: what was merged into this account, or that it is itself merged."""

    merged: tuple[MergedAccount, ...]
    lasting: bool


async def merges(db: Database, actor: Actor) -> Merges:
    """The accounts merged into the actor's; ``lasting`` is false where hers is itself a merged one that she opened."""
    POLICY.require(actor, "identity.merge", Relation.OWN)
    assert actor.id is not None
    own = await store.standing(db, actor.id)
    if own is not None and own.merged_into is not None:
        return Merges((), False)
    found = []
    for alias in await store.merged_into(db, actor.id):
        person = await accounts.person(db, alias.from_id)
        if person is not None:
            found.append(MergedAccount(alias, person))
    return Merges(tuple(found), True)


async def prove_other(
    db: Database, actor: Actor, *, account: str, password: str, address: str = "", now: datetime
) -> str:
    """First step: the other account's password; a code goes to its phone. Gives the next step's token.

    What a log-in there would refuse is refused here in the same words (``check_password``), and FreshProofNeeded. What
    cannot be merged, one's own account or a stranger's, is refused before a code goes out: MergeNotSame.
    """
    POLICY.require(actor, "identity.merge", Relation.OWN)
    assert actor.id is not None
    await require_fresh(db, actor, now=now)
    lasting = actor.id

    async def mergeable(other: UUID) -> None:
        await _mergeable(db, lasting, other, at_window=False)

    return await check_password(
        db,
        "merge",
        account=account,
        password=password,
        address=address,
        judge=mergeable,
        now=now,
    )


async def is_done(db: Database, actor: Actor, *, step: str, now: datetime) -> bool:
    """Whether the account of this step is merged into the actor's already, in another window. Raises StepGone."""
    POLICY.require(actor, "identity.merge", Relation.OWN)
    other = await store.standing(db, step_of(step, "merge", now=now).account)
    return other is not None and other.merged_into is not None and other.merged_into == actor.id


async def merge(db: Database, actor: Actor, *, step: str, code: str, now: datetime) -> None:
    """Last step: the other account's code merges it into the actor's. All or nothing, in one statement.

    No row moves but what finds the account: its phone and papers find the actor's from now on; its sessions and
    passkeys end; both are told, both phones by SMS too. Chains are flattened. Raises StepGone and the code's sentences,
    MergeNotSame, MergedAlready. The same form again changes nothing and is told as done.
    """
    POLICY.require(actor, "identity.merge", Relation.OWN)
    assert actor.id is not None
    await require_fresh(db, actor, now=now)
    if await is_done(db, actor, step=step, now=now):
        return
    other_id = step_of(step, "merge", now=now).account
    owner, code_hash = await try_code(db, other_id, "log_in", code, now=now)
    phones = [await _person(db, one) for one in (actor.id, owner.id)]
    await carry_out(
        db,
        actor,
        actor.id,
        owner.id,
        proof="codes",
        more=(
            store.using_code(owner.id, code_hash, now=now),
            *(
                part
                for one in phones
                for part in text_deed(one, _TO_PHONE, template="identity.merged", now=now)
            ),
        ),
        now=now,
    )


async def carry_out(
    db: Database,
    actor: Actor,
    lasting_id: UUID,
    other_id: UUID,
    *,
    proof: Proof,
    more: tuple[Part, ...],
    now: datetime,
) -> None:
    """Merge one account into another, once both are proved; ``more`` is written with it. Raises as :func:`merge`."""
    assert actor.id is not None
    lasting, other = await store.standing(db, lasting_id), await store.standing(db, other_id)
    if lasting is None or other is None:
        raise PersonUnknown
    here, there, earlier = await _mergeable(db, lasting_id, other_id, at_window=proof == "window")
    own = await _hashes(db, there)
    others = [other_id, *(one.from_id for one in earlier)]
    same_phone = spellings(number_hash("phone", here.phone))
    done = await write(
        db,
        store.merging(lasting, other),
        store.marking_other(),
        store.marking_lasting(lasting.id, others),
        joining(lasting.id, others),
        store.keeping(
            other_id, [one for one in own if one not in same_phone], proof=proof, by=actor.id, now=now
        ),
        store.pointing_on(spellings(*own, *(one for alias in earlier for one in alias.hashes))),
        store.flattening(),
        *((store.remarking(others[1:]),) if earlier else ()),
        *more,
        ending_others(Actor(Role.RESIDENT, other_id), now=now),
        closing.ending_passkeys(other_id, now=now),
        *_both(actor, "identity.merge", other_id, lasting_id, reference=lasting_id, now=now),
        notices.telling(recipient=lasting_id, title=_MERGED, body=_MERGED_BODY, link=PAGE, now=now),
        notices.telling(recipient=other_id, title=_GONE, body=_GONE_BODY, link=PAGE, now=now),
    )
    if done is None:
        raise MergedAlready


async def _mergeable(
    db: Database, lasting_id: UUID, other_id: UUID, *, at_window: bool
) -> tuple[Person, Person, list[Alias]]:
    """Both people and what was merged into the other; raises MergeNotSame where they are not one, or it is too much."""
    if await phone_only.living(db, other_id) is not None:
        raise MergeNotSame(
            N_(
                "那个账户只登记了手机号，还没有实名，没有可以合并的内容。请登录那个账户后注销，再把手机号换到这里。"
            )
        )
    here, there = await _person(db, lasting_id), await _person(db, other_id)
    must_be_one(here, there, at_window=at_window)
    earlier = await store.merged_into(db, other_id)
    must_be_few(len(earlier) + len(await store.merged_into(db, lasting_id)), at_window=at_window)
    return here, there, earlier


async def _person(db: Database, who: UUID) -> Person:
    found = await accounts.person(db, who)
    if found is None:
        raise PersonUnknown
    return found


async def _hashes(db: Database, person: Person) -> list[bytes]:
    """What finds an account in the global index: its phone, its papers, and the papers that it had."""
    former, others = await corrections.former(db, person.id), await duplicates.others(db, person.id)
    known = [paper_hash(paper) for paper in (person.paper, *(one.paper for one in former))]
    known += [one.hash for one in others]
    return [*dict.fromkeys((number_hash("phone", person.phone), *known))]


def _both(
    actor: Actor, action: str, one: UUID, other: UUID, *, reference: UUID | str, now: datetime
) -> tuple[Part, Part]:
    """A ledger row in the bucket of each of both accounts."""
    return (
        audit.record(actor, action, subject=one, reference=reference, now=now),
        audit.record(actor, action, subject=other, reference=reference, now=now),
    )


async def open_merged(db: Database, actor: Actor, *, account: UUID, now: datetime) -> Opened:
    """Go into an account that was merged into the actor's, for what is its own alone: passkeys, the account itself.

    A new session takes the place of the old, without a cookie where that was done a moment ago. Raises MergeUnknown.
    """
    POLICY.require(actor, "identity.open_merged", Relation.OWN)
    assert actor.id is not None
    alias = next((one for one in await store.merged_into(db, actor.id) if one.from_id == account), None)
    return await _into(db, actor, alias, account, now=now)


async def leave_merged(db: Database, actor: Actor, *, now: datetime) -> Opened:
    """Go back from a merged account to the lasting one. Raises MergeUnknown."""
    POLICY.require(actor, "identity.open_merged", Relation.OWN)
    assert actor.id is not None
    own = await store.standing(db, actor.id)
    if own is None or own.merged_into is None:
        raise MergeUnknown
    into = await store.merged_into(db, own.merged_into)
    alias = next((one for one in into if one.from_id == actor.id), None)
    return await _into(db, actor, alias, own.merged_into, now=now)


async def _into(db: Database, actor: Actor, alias: Alias | None, account: UUID, *, now: datetime) -> Opened:
    found = None if alias is None else await accounts.account_of_id(db, account)
    if alias is None or found is None:
        raise MergeUnknown
    # Whoever comes from one of her accounts has proved in the other no more than she has here.
    entering = msgspec.structs.replace(found.actor(), level=min(found.level, actor.level))
    cookie, opening = passing_on(actor, entering, now=now)
    done = await write(
        db,
        store.reaching(alias),
        ending_own(actor, now=now),
        opening,
        making_room(entering, now=now),
        *_both(actor, "identity.open_merged", alias.from_id, alias.to_id, reference=account, now=now),
    )
    if done is None:
        raise MergeUnknown
    return Opened(entering, await taken(db, cookie))


class Undoing(msgspec.Struct, frozen=True):
    """What is entered to undo a merge: a paper of the merged account, and why."""

    paper_kind: str
    number: str
    country: str
    reason: str
    seen: bool = False

    def __repr__(self) -> str:
        return "Undoing(…)"

    @property
    def paper(self) -> papers.Paper:
        """The paper in its one spelling."""
        kind = self.paper_kind if self.paper_kind in ENROLLING else papers.CITIZEN
        number = normalised(self.number)
        if kind == papers.CITIZEN and papers.is_fifteen(number):
            number = papers.eighteen_digits(number)
        if kind == papers.CITIZEN and number[:2] in ("81", "82", "83"):
            kind = papers.RESIDENT_OF_HK_MACAO_TAIWAN
        return papers.Paper(kind, number, self.country if kind == papers.PASSPORT else "")


async def unmerge(db: Database, actor: Actor, *, typed: Undoing, now: datetime) -> str:
    """Undo a merge within 90 days: index entries go back, both accounts are told. Gives the masked name.

    At a window, or by the security administrator. Raises UnmergeInvalid, OwnMatter or MergeUnknown (undone
    meanwhile).
    """
    POLICY.require(actor, "identity.unmerge", Relation.ANY)
    assert actor.id is not None
    paper = typed.paper
    faults: dict[str, Words] = {}
    if not paper.number:
        faults["number"] = N_("请填写合并掉的账户的证件号码。")
    if not 4 <= len(typed.reason.strip()) <= 500:
        faults["reason"] = N_("请写明撤销的理由，4 至 500 个字。")
    if not typed.seen:
        faults["seen"] = N_("请核对本人和原件后再勾选；安全管理员核对书面材料。")
    if faults:
        raise UnmergeInvalid(faults)
    hash_ = paper_hash(paper)
    lasting = (await accounts.residents_by_claims(db, [hash_])).get(hash_)
    known = {*spellings(hash_)}
    into = [] if lasting is None else await store.merged_into(db, lasting)
    alias = next((one for one in into if not known.isdisjoint(one.hashes)), None)
    if alias is None:
        raise UnmergeInvalid({"number": N_("没有用这个证件号码合并过的账户。请填写合并掉的那个账户的证件。")})
    if alias.undo_until <= now:
        raise UnmergeInvalid({"number": N_("合并已经超过 90 天，不能撤销。")})
    other = await _person(db, alias.from_id)
    await must_be_another(db, actor, await _person(db, alias.to_id), other.phone)
    done = await write(
        db,
        store.undoing(alias, by=actor.id, why=typed.reason.strip(), after=now - UNDO_WITHIN, now=now),
        store.pointing_back(spellings(*alias.hashes)),
        store.unmarking(alias.to_id),
        parting(alias.to_id, alias.from_id),
        ending_others(Actor(Role.RESIDENT, alias.from_id), now=now),
        closing.ending_passkeys(alias.from_id, now=now),
        *_both(
            actor, "identity.unmerge", alias.from_id, alias.to_id, reference=actor.department or "", now=now
        ),
        notices.telling(recipient=alias.to_id, title=_UNDONE, body=_UNDONE_BODY, link=PAGE, now=now),
        notices.telling(recipient=alias.from_id, title=_UNDONE, body=_UNDONE_BODY, link=PAGE, now=now),
    )
    if done is None:
        raise MergeUnknown
    return other.name_masked
