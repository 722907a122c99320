"""Two accounts of one person 一人一户: merging them is an alias 合并, and can be undone. Pure rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec

from tongban.identity.model.people import Person
from tongban.kit import papers
from tongban.kit.errors import Conflict, Invalid, NotFound, Words
from tongban.kit.i18n import N_
from tongban.kit.policy import Duty, Relation, Role, Rule

#: How it is proved that both are one person's 证明方式: by the codes of both, or at a window by both papers.
Proof = Literal["codes", "window"]
#: How long a merge can be undone 撤销期限.
UNDO_WITHIN = timedelta(days=90)
#: So many accounts at most are merged into one; more are for a window to look at.
MOST = 10

_WINDOW = N_("撤销合并由窗口核验人员或安全管理员办理。请把来办理的人带到核验窗口。")

RULES = (
    *(Rule(action, Role.RESIDENT, Relation.OWN) for action in ("identity.merge", "identity.open_merged")),
    Rule("identity.unmerge", Role.OFFICER, Relation.ANY, duty=Duty.VET, reserved=_WINDOW),
    Rule("identity.unmerge", Role.ADMINISTRATOR, Relation.ANY, duty=Duty.SECURITY_ADMIN, reserved=_WINDOW),
)


class Alias(msgspec.Struct, frozen=True):
    """A merge that stands: the account ``from_id`` is the person's whose lasting account is ``to_id``.

    ``hashes`` are the entries of the global index that the merged account had.
    """

    id: UUID
    from_id: UUID
    to_id: UUID
    hashes: tuple[bytes, ...]
    at: datetime

    @property
    def undo_until(self) -> datetime:
        """Until when it can be undone."""
        return self.at + UNDO_WITHIN


class MergeNotSame(Invalid):
    """Both were proved, but are not one person's: other name, other day of birth, a firm; or it is one account."""

    def __init__(self, words: Words, *, field: str = "account") -> None:
        super().__init__("merge-not-same", words, fields={field: words})


class MergedAlready(Conflict):
    """One of both is merged already, or what finds it has changed since it was read."""

    def __init__(self) -> None:
        super().__init__(
            "merged-already",
            N_("其中一个账户刚刚变更过：已经合并，或者换了手机号、姓名或证件。什么也没有合并，请重新开始。"),
        )


class InMergedAccount(Conflict):
    """She is inside an account that was merged into another, and asks for what is done in the lasting one alone."""

    def __init__(self) -> None:
        super().__init__(
            "in-merged-account",
            N_(
                "这是合并前的账户，扫码登录、登录其他系统、更换手机号和添加证件都在合并后的账户里办。"
                "请先打开“合并账户”，回到合并后的账户。"
            ),
        )


class MergeUnknown(NotFound):
    """No merge of this account stands."""

    def __init__(self) -> None:
        super().__init__("merge-unknown", N_("没有找到这项合并，可能已经撤销。"))


class UnmergeInvalid(Invalid):
    """What was entered to undo a merge does not hold."""

    def __init__(self, fields: Mapping[str, Words]) -> None:
        super().__init__("unmerge-invalid", N_("请更正下面标出的内容。"), fields=fields)


def must_be_few(accounts: int, *, at_window: bool) -> None:
    """Raise MergeNotSame where so many accounts are merged into either already."""
    if accounts < MOST:
        return
    if at_window:
        raise MergeNotSame(
            N_("合并进来的账户已经有 10 个，不能再合并。请核对证件，并请安全管理员查看这些账户。"),
            field="other_number",
        )
    raise MergeNotSame(N_("合并的账户太多，请到社区事务受理服务中心办理。"))


def must_be_one(lasting: Person, other: Person, *, at_window: bool) -> None:
    """Raise MergeNotSame unless both are accounts of one natural person: the same name and, where both papers tell it,
    the same day of birth. Both were proved before; this keeps two people with each other's passwords apart.

    ``at_window``: an officer reads the sentence, not the person.
    """
    if lasting.id == other.id:
        raise MergeNotSame(N_("这就是您现在登录的账户。请填写另一个账户的手机号或证件号码。"))
    if lasting.is_firm or other.is_firm:
        raise MergeNotSame(N_("单位账户不能合并。一个单位只有一个账户，由它的代表人管理。"))
    same_name = lasting.name == other.name or (
        papers.is_latin(lasting.name) and lasting.name.upper() == other.name.upper()
    )
    births = {one.birth for one in (lasting, other) if one.birth is not None}
    if same_name and len(births) <= 1:
        return
    if at_window:
        raise MergeNotSame(
            N_(
                "两个账户登记的姓名或出生日期不同，不能合并。两份证件都是来人本人的，"
                "请先在“姓名和证件号码更正”里登记更正，再来合并。"
            ),
            field="other_number",
        )
    raise MergeNotSame(
        N_(
            "两个账户登记的姓名或出生日期不同，不能在网上合并。都是您本人的，请带两份证件到社区事务受理服务中心，"
            "先更正姓名或证件号码。"
        )
    )
