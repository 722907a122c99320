"""Powers founded at a window 窗口建立授权: the paper that was shown, kept as the ground of the power. Pure rules.

A power of attorney is a document (民法典 art. 165) that the principal signs before the officer, or a notary's; family
is shown by the household register or a certificate; guardianship, where the register of families could not confirm it,
by what the law names: household register, birth certificate, a court's decision (art. 27, 31, 36).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import msgspec

from tongban.identity.model.window import at_window
from tongban.kit.acting import PowerKind
from tongban.kit.errors import Words
from tongban.kit.i18n import N_, Message

#: How the basis of a power begins that rests on a paper seen at a window; the paper follows.
_ON_PAPERS = "window:"
#: Characters of a number or an office.
_LONGEST = 100

#: The papers that found each kind of power.
PAPERS: Mapping[PowerKind, Mapping[str, Message]] = {
    "attorney": {
        "notarised": N_("公证委托书"),
        "signed": N_("委托书（当面签署）"),
    },
    "family": {
        "household": N_("户口簿"),
        "marriage": N_("结婚证"),
        "kinship": N_("亲属关系证明"),
    },
    "guardian": {
        "household": N_("户口簿"),
        "birth": N_("出生医学证明"),
        "court": N_("人民法院裁判文书"),
        "committee": N_("居民委员会、村民委员会或者民政部门的指定监护证明"),
    },
}
#: The papers on which a guardianship ends before the child is of age (民法典 art. 36, 39).
ENDS_GUARDIANSHIP = frozenset({"court", "committee"})
#: Only a notary's paper speaks for who is not there herself.
SPEAKS_ALONE = frozenset({"notarised"})

RULES = (at_window("identity.found_power"), at_window("identity.found_guardian"))


class Shown(msgspec.Struct, frozen=True):
    """The original that an officer saw: what it is, its number, who issued it, on which day, and at which window."""

    paper: str
    number: str
    issuer: str
    on: date
    organ: str = ""

    @property
    def words(self) -> Message:
        """What it is."""
        return next(words[self.paper] for words in PAPERS.values() if self.paper in words)


def on_papers(shown: Shown) -> str:
    """The basis of a power that rests on this paper."""
    return _ON_PAPERS + msgspec.json.encode(shown).decode()


def papers_of(basis: str) -> Shown | None:
    """The paper on which a power rests, None where it rests on something else."""
    if not basis.startswith(_ON_PAPERS):
        return None
    return msgspec.json.decode(basis.removeprefix(_ON_PAPERS), type=Shown)


def shown_in_words(basis: str) -> Message | None:
    """The ground of a power founded at a window, as both sides and who reads its acts are told."""
    shown = papers_of(basis)
    if shown is None:
        return None
    return N_(
        "{paper}（{number}，{issuer}，{day}），窗口核对原件",
        paper=shown.words,
        number=shown.number,
        issuer=shown.issuer,
        day=shown.on.isoformat(),
    )


def shown_typed(
    posted: Mapping[str, str], kinds: Mapping[str, Message], on: date | None, *, organ: str, today: date
) -> tuple[Shown | None, dict[str, Words]]:
    """The paper that a form names (``document``, its ``_number`` and ``_issuer``), and what is wrong with it."""
    paper = posted.get("document", "")
    number, issuer = (posted.get(f"document_{one}", "").strip() for one in ("number", "issuer"))
    faults: dict[str, Words] = {}
    if paper not in kinds:
        faults["document"] = N_("请选择出示的材料。")
    if not 2 <= len(number) <= _LONGEST:
        faults["document_number"] = N_("请照材料填写编号；没有编号的，填“无编号”。")
    if not 2 <= len(issuer) <= _LONGEST:
        faults["document_issuer"] = N_("请填写出具材料的单位；当面签署的，填本窗口名称。")
    if on is None or on > today:
        faults["document_on"] = N_("请填写材料上的日期，不能晚于今天。")
    if faults or on is None:
        return None, faults
    return Shown(paper, number, issuer, on, organ), {}
