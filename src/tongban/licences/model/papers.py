"""What a check of a sealed paper finds, in words; and why a paper is not sealed now."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec

from tongban.kit.i18n import N_, Message
from tongban.kit.pades.model import Checked, Failed, Fault, Holding, Sealed, Signature

#: What a paper may be that is uploaded to be checked: ours are some hundred KB.
PAPER_BYTES = 5_000_000


class SealAway(Exception):  # noqa: N818 - it is away, not at fault
    """The certificate authority or its time stamps did not answer: the paper is sealed later."""


class SealRefused(Exception):  # noqa: N818 - named as the answer
    """The organ's seal cannot be used: its certificate does not lead to whom we trust, or was not given at all."""


class SealRevoked(SealRefused):
    """The authority has taken the seal's certificate back: somebody has to ask for another."""


class SealedPaper(msgspec.Struct, frozen=True):
    """A sealed paper: the PDF, the instant of its time stamp, and the seal that it carries."""

    content: bytes
    at: datetime
    seal: str


class PaperFinding(StrEnum):
    """The answer to "is this paper whole, and whose is it?" 核验结论."""

    GOOD = "good"
    AGED = "aged"
    ALTERED = "altered"
    UNTRUSTED = "untrusted"
    REVOKED = "revoked"
    WITHOUT_PROOF = "without-proof"
    UNSEALED = "unsealed"
    UNREADABLE = "unreadable"


PAPER_TITLES: dict[PaperFinding, Message] = {
    PaperFinding.GOOD: N_("真实完整"),
    PaperFinding.AGED: N_("内容完整，时间戳证书已到期"),
    PaperFinding.ALTERED: N_("内容被改动"),
    PaperFinding.UNTRUSTED: N_("印章不可信"),
    PaperFinding.REVOKED: N_("印章在盖章时已被撤销"),
    PaperFinding.WITHOUT_PROOF: N_("证明材料不全"),
    PaperFinding.UNSEALED: N_("没有电子印章"),
    PaperFinding.UNREADABLE: N_("不是完整的 PDF 文件"),
}

PAPER_DETAILS: dict[PaperFinding, Message] = {
    PaperFinding.GOOD: N_("盖章以来没有一个字节被改动；印章证书在盖章时有效，证明材料都在文件里。"),
    PaperFinding.AGED: N_(
        "盖章以来没有改动，但时间戳的证书已经到期，文件自身不再足以证明盖章时间。请向出具机关或档案馆核实。"
    ),
    PaperFinding.ALTERED: N_("文件与盖章时不一致。请勿采信，请向出具机关索取原件。"),
    PaperFinding.UNTRUSTED: N_("文件上的签名不是由本市认可的电子认证服务机构证明的。请勿采信。"),
    PaperFinding.REVOKED: N_("盖章之前，印章证书已经被撤销。请勿采信，请联系印章上的机关。"),
    PaperFinding.WITHOUT_PROOF: N_(
        "文件里缺少时间戳、证书链或者证书状态，无法证明盖章时印章有效。请向出具机关索取完整的文件。"
    ),
    PaperFinding.UNSEALED: N_(
        "这份文件没有电子印章，可能是盖章以前打印的。请到“我的办件”重新下载，或者凭受理编码核对。"
    ),
    PaperFinding.UNREADABLE: N_("文件不是 PDF，或者没有下载完整。请重新下载后再核验。"),
}

#: The worse comes first: a paper stands as its worst signature does.
_WORST = (
    PaperFinding.ALTERED,
    PaperFinding.REVOKED,
    PaperFinding.UNTRUSTED,
    PaperFinding.WITHOUT_PROOF,
    PaperFinding.AGED,
    PaperFinding.GOOD,
)
_OF_HOLDING = {
    Holding.HOLDS: PaperFinding.GOOD,
    Holding.AGED: PaperFinding.AGED,
    Holding.ALTERED: PaperFinding.ALTERED,
    Holding.UNTRUSTED: PaperFinding.UNTRUSTED,
    Holding.REVOKED: PaperFinding.REVOKED,
    Holding.WITHOUT_PROOF: PaperFinding.WITHOUT_PROOF,
}


class PaperVerdict(msgspec.Struct, frozen=True):
    """文书核验结论. ``organ`` and ``identifier`` are as the seal's certificate names them, believed from GOOD alone.

    ``sealed_at`` is what the time stamp says, ``guarded_until`` when that stamp's certificate runs out;
    ``paper`` is what it is called by whoever sealed it; ``applicant`` who signed it before as its applicant, masked,
    or all of them in the order in which they signed.
    """

    finding: PaperFinding
    organ: str = ""
    identifier: str = ""
    paper: str = ""
    sealed_at: datetime | None = None
    guarded_until: datetime | None = None
    applicant: str = ""

    @property
    def title(self) -> Message:
        """The finding in words."""
        return PAPER_TITLES[self.finding]

    @property
    def detail(self) -> Message:
        """What it means, and what to do."""
        return PAPER_DETAILS[self.finding]

    @property
    def uscc(self) -> str:
        """The organ's code (GB 32100) without the kind that ETSI EN 319 412-1 writes before it."""
        return self.identifier.rpartition("-")[2]

    @property
    def is_proven(self) -> bool:
        """Whether organ and instant are proven, if not for ever."""
        return self.finding in {PaperFinding.GOOD, PaperFinding.AGED}

    @property
    def holds(self) -> bool:
        """Whether whoever holds the paper may rely on it."""
        return self.finding is PaperFinding.GOOD


def verdict_of(found: Checked | Failed) -> PaperVerdict:
    """The verdict on a paper; a signature that names no organ is none of an organ's seal."""
    if isinstance(found, Failed):
        return PaperVerdict(PaperFinding.UNREADABLE)
    seals = [one for one in found.signatures if one.identifier]
    if not seals:
        altered = any(one.holding is Holding.ALTERED for one in found.signatures)
        return PaperVerdict(PaperFinding.ALTERED if altered else PaperFinding.UNSEALED)
    if not found.signatures[-1].identifier:
        # Behind an organ's seal nobody else has anything to sign: what is put there may cover what stands below.
        return PaperVerdict(PaperFinding.ALTERED)
    findings = {_OF_HOLDING[one.holding] for one in found.signatures}
    worst = next(finding for finding in _WORST if finding in findings)
    signed = "、".join(one.signer for one in found.signatures if not one.identifier)
    return _told(worst, seals[-1], signed)


def _told(finding: PaperFinding, seal: Signature, applicant: str) -> PaperVerdict:
    return PaperVerdict(
        *(finding, seal.organisation, seal.identifier, seal.reason, seal.at, seal.guarded_until),
        applicant=applicant,
    )


def taken(answer: Sealed | Failed, seal: str) -> SealedPaper:
    """The sealed paper, or the reason why there is none: SealAway, SealRefused, SealRevoked."""
    if isinstance(answer, Sealed):
        return SealedPaper(answer.content, answer.at, seal)
    if answer.fault is Fault.REVOKED:
        raise SealRevoked(answer.words)
    if answer.fault is Fault.REFUSED:
        raise SealRefused(answer.words)
    raise SealAway(answer.words)
