"""One person, one account over all her papers 一人多证: what an enrolment finds by another paper. Pure rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from tongban.identity.model.people import paper_hash
from tongban.identity.model.window import at_window
from tongban.kit import papers
from tongban.kit.errors import Conflict, Invalid, NotFound, Words
from tongban.kit.i18n import N_
from tongban.kit.policy import Relation, Role, Rule

#: What an officer finds: both are one person's, or two people's.
Finding = Literal["same", "two"]

RULES = (
    Rule("identity.add_paper", Role.RESIDENT, Relation.OWN),
    at_window("identity.decide_paper"),
)


class OtherPapers(msgspec.Struct, frozen=True):
    """The other papers of an enrolling person, as its row keeps them: hashes, each with its kind; no number."""

    hashes: tuple[bytes, ...] = ()
    kinds: tuple[str, ...] = ()


def others_kept(own: papers.Paper, told: Iterable[papers.Paper]) -> OtherPapers:
    """What is kept of the papers that the register told beside the one that was typed."""
    found = {paper_hash(one): one.kind for one in told}
    found.pop(paper_hash(own), None)
    return OtherPapers(tuple(found), tuple(found.values()))


class OtherPaper(msgspec.Struct, frozen=True):
    """A paper by which an account is found beside its own; ``as_of``: when the register said so."""

    hash: bytes
    paper_kind: str
    as_of: datetime

    @property
    def of(self) -> papers.PaperKind:
        """The kind, with its name."""
        return papers.PAPER_KINDS[self.paper_kind]


class FoundAccount(msgspec.Struct, frozen=True):
    """The account that an enrolment found by another paper of the same person.

    ``paper_kind`` is the kind of the account's own paper, ``typed_kind`` of the one that was typed. ``used``: its
    holder has a password of her own. ``found`` are the entries of the index that led there.
    """

    id: UUID
    paper_kind: str
    typed_kind: str
    used: bool
    found: tuple[bytes, ...]

    @property
    def of(self) -> papers.PaperKind:
        """The kind of the account's paper, with its name."""
        return papers.PAPER_KINDS[self.paper_kind]

    @property
    def typed(self) -> papers.PaperKind:
        """The kind of the paper that was typed, with its name."""
        return papers.PAPER_KINDS[self.typed_kind]


class Dispute(msgspec.Struct, frozen=True):
    """An open dispute as the officer sees it: both sides, masked."""

    id: UUID
    at: datetime
    name: str
    paper: papers.Paper
    phone: str
    account: UUID
    account_name: str
    account_paper: papers.Paper
    opened_at: datetime
    level: int

    def __repr__(self) -> str:
        return f"Dispute({self.id})"

    @property
    def name_masked(self) -> str:
        """The claimant's name."""
        return papers.mask_name(self.name)

    @property
    def phone_masked(self) -> str:
        """The claimant's phone."""
        return papers.mask_phone(self.phone)

    @property
    def account_name_masked(self) -> str:
        """The name of the account's holder."""
        return papers.mask_name(self.account_name)


class EnrolledByOtherPaper(Conflict):
    """This person has an account by another paper: told only to somebody who has just proved to be her.

    ``step`` leads on: to add this paper once she has logged in, or to say that the account is not hers.
    """

    def __init__(self, step: str) -> None:
        super().__init__(
            "enrolled-by-other-paper",
            N_("您用另一种证件注册过账户，一人只有一个账户。请登录那个账户，再把这个证件加上。"),
        )
        self.step = step


class NotThatAccount(Conflict):
    """Who logged in is not the account that the enrolment found."""

    def __init__(self) -> None:
        super().__init__(
            "not-that-account",
            N_("现在登录的不是登记机关说的那个账户，证件没有加上。请退出后登录那个账户，再打开这一页。"),
        )


class DisputeUnknown(NotFound):
    """There is no such open dispute: somebody has decided it, or it never was."""

    def __init__(self) -> None:
        super().__init__(
            "dispute-unknown", N_("没有找到这项异议，可能已经有人处理。请重新打开待核实的列表。")
        )


class DisputeInvalid(Invalid):
    """What an officer entered does not hold."""

    def __init__(self, fields: Mapping[str, Words]) -> None:
        super().__init__("dispute-invalid", N_("请更正下面标出的内容。"), fields=fields)
