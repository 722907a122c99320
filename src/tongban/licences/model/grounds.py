"""On what a licence is ended, taken back or suspended by its issuer, each a ground that the law names 法定情形.

撤销 (行政许可法 art. 69): it should not have been granted. 注销 (art. 70): what it allowed has come to its end. 撤回
(art. 8(2)): it was lawful, but the law or the facts have changed and the public interest asks for it; losses are made
good. 暂停使用: no general statute; what the law of a kind of licence names (``suspended_on`` of its type, from the
city's ``licence_types.yaml``) or that of what it is about, else the organ's own words with the law behind them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

import msgspec

from tongban.kit.errors import Invalid, Words
from tongban.kit.i18n import N_, Text
from tongban.licences.model.states import TAKEN, Move, State


class Ground(msgspec.Struct, frozen=True):
    """One ground: its words and its article. The row keeps both in Chinese, as officers' words are."""

    words: Text
    article: Text

    @property
    def kept(self) -> str:
        """How it stands in the licence's reason."""
        return f"{self.words.zh}（{self.article.zh}）。"


class TypeGround(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A ground to suspend licences of one type alone, as the city's file names it: its code, words and article.

    ``mark`` is real: what no law names is no ground of the law, and goes by the officer's own words (``OWN``).
    """

    code: Annotated[str, msgspec.Meta(pattern="^[a-z][a-z_]{1,39}$")]
    words: Text
    article: Text
    mark: Literal["real"]


def _of(article: str, english: str, zh: str, en: str) -> Ground:
    return Ground(Text(zh, en), Text(f"《行政许可法》{article}", f"Administrative Licensing Law, {english}"))


#: The ground of which the officer names the law herself.
OWN = "own"

#: Those that hold for licences of every type.
GROUNDS: dict[Move, dict[str, Ground]] = {
    Move.SUSPEND: {
        "hazard": _of(
            *("第六十八条第二款", "art. 68(2)"),
            *(
                "直接关系公共安全、人身健康、生命财产安全的重要设备、设施存在安全隐患，责令停止使用",
                "Equipment on which safety or health depends is a hazard and may not be used",
            ),
        ),
        "withheld": Ground(
            Text("依法给予暂扣许可证件的行政处罚", "The licence is withheld as an administrative penalty"),
            Text("《行政处罚法》第九条第三项", "Administrative Penalty Law, art. 9(3)"),
        ),
        OWN: Ground(
            Text("法律、法规规定的其他情形", "Another case that a law or regulation names"),
            Text("依据见理由", "The law stands in the reason"),
        ),
    },
    Move.REVOKE: {
        "abuse": _of(
            *("第六十九条第一款第一项", "art. 69(1)(1)"),
            *("工作人员滥用职权、玩忽职守作出准予许可决定", "Granted by abuse of power or neglect of duty"),
        ),
        "beyond_powers": _of(
            *("第六十九条第一款第二项", "art. 69(1)(2)"),
            *("超越法定职权作出准予许可决定", "Granted beyond the organ's powers"),
        ),
        "procedure": _of(
            *("第六十九条第一款第三项", "art. 69(1)(3)"),
            *("违反法定程序作出准予许可决定", "Granted against the procedure that the law sets"),
        ),
        "not_qualified": _of(
            *("第六十九条第一款第四项", "art. 69(1)(4)"),
            *("申请人不具备资格或者不符合法定条件", "The applicant did not qualify or meet the conditions"),
        ),
        "other_revocable": _of(
            *("第六十九条第一款第五项", "art. 69(1)(5)"),
            *("依法可以撤销行政许可的其他情形", "Another case in which the law lets a licence be revoked"),
        ),
        "deceit": _of(
            *("第六十九条第二款", "art. 69(2)"),
            *("以欺骗、贿赂等不正当手段取得许可", "Had by deceit, bribery or other unfair means"),
        ),
    },
    Move.CANCEL: {
        "expired": _of(
            *("第七十条第一项", "art. 70(1)"), *("有效期届满未延续", "It ended and was not renewed")
        ),
        "deceased": _of(
            *("第七十条第二项", "art. 70(2)"),
            *("持证的公民死亡或者丧失行为能力", "Its holder has died or lost legal capacity"),
        ),
        "dissolved": _of(
            *("第七十条第三项", "art. 70(3)"),
            *("持证的法人或者其他组织依法终止", "The firm or organisation that held it is dissolved"),
        ),
        "taken": _of(
            *("第七十条第四项", "art. 70(4)"),
            *("许可依法被撤销、撤回，或者证件依法被吊销", "It was revoked, withdrawn or taken away"),
        ),
        "barred": _of(
            *("第七十条第五项", "art. 70(5)"),
            *("因不可抗力导致许可事项无法实施", "Force majeure makes what it allows impossible"),
        ),
        "other_law": _of(
            *("第七十条第六项", "art. 70(6)"),
            *("法律、法规规定的其他情形", "Another case that a law or regulation names"),
        ),
    },
    Move.RETRACT: {
        "law_changed": _of(
            *("第八条第二款", "art. 8(2)"),
            *("所依据的法律、法规、规章修改或者废止", "The law that it rests on was amended or repealed"),
        ),
        "facts_changed": _of(
            *("第八条第二款", "art. 8(2)"),
            *("准予所依据的客观情况发生重大变化", "The facts that it rests on have changed greatly"),
        ),
    },
}


def grounds_of(move: Move, own: Iterable[TypeGround], *, state: State | None = None) -> dict[str, Ground]:
    """The grounds of this act, by code, for licences of a type: to suspend them, those of its ``own`` law first.

    One that was taken (``state``) is cancelled for that alone.
    """
    if move is Move.CANCEL and state in TAKEN:
        return {"taken": GROUNDS[move]["taken"]}
    named = {one.code: Ground(one.words, one.article) for one in own} if move is Move.SUSPEND else {}
    return named | GROUNDS.get(move, {})


Missing = Literal["ground", "basis", "compensation", "heard", "unheard"]


class GroundNotNamed(Invalid):
    """What a decision about a licence must name: a ground of the law (or the law itself, where the ground is the
    organ's own), the compensation, whether its holder was heard.

    Told at once by field.

    ``more`` is what else is missing of the same form.
    """

    def __init__(self, *names: Missing, more: Mapping[str, Words] | None = None) -> None:
        fields: dict[str, Words] = {}
        if "ground" in names:
            fields["ground"] = N_("请选择法定情形。")
        if "basis" in names:
            fields["basis"] = N_("请写明依据哪部法律、法规的哪一条（5 至 200 个字），持证人会看到。")
        if "heard" in names:
            fields["heard"] = N_("请选择是否听取了持证人的陈述、申辩。")
        if "unheard" in names:
            fields["unheard"] = N_("请写明没有听取的原因（5 至 200 个字），持证人会看到。")
        fields |= more or {}
        if "compensation" in names:
            fields["compensation"] = N_("请写明给予持证人的补偿（5 至 200 个字）。")
        super().__init__("licence-ground-missing", next(iter(fields.values())), fields=fields)
