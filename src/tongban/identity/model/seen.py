"""What an officer saw at a window 当面所见: a person and the original of her paper, as typed from it. Pure rules."""

from __future__ import annotations

from datetime import date

import msgspec

from tongban.identity.model.typed import cleaned_name, fifteen_fault, paper_named
from tongban.kit import papers
from tongban.kit.errors import Words
from tongban.kit.i18n import N_


class Seen(msgspec.Struct, frozen=True):
    """What an officer saw: the paper's kind, number and name, its last day or that it has none (``for_good``), and that
    picture and person are one.
    """

    paper_kind: str
    number: str
    name: str
    ends: date | None
    country: str = ""
    same_face: bool = False
    genuine: bool = False
    for_good: bool = False

    def __repr__(self) -> str:
        return "Seen(…)"

    @property
    def paper(self) -> papers.Paper:
        """The paper in its one spelling."""
        return paper_named(self.paper_kind, self.number, self.country)


def faults_of(seen: Seen, *, today: date) -> dict[str, Words]:
    """What of it does not hold, a sentence for each field; nothing that an account would have to be read for."""
    faults: dict[str, Words] = {}
    if words := country_fault(seen.paper):
        faults["country"] = words
    if not seen.paper.number or seen.paper.fault(today=today) is not None:
        faults["number"] = fifteen_fault(seen.paper.number) or N_("证件号码不对，请照证件逐位核对。")
    if not seen.name.strip():
        faults["name"] = N_("请填写证件上的姓名。")
    if seen.ends is None and not seen.for_good:
        faults["ends"] = N_("请填写证件有效期的最后一天；长期有效的，勾选“长期”。")
    elif seen.ends is not None and not seen.for_good and seen.ends < today:
        faults["ends"] = N_("证件已经过期，不能据以核验。请本人换领证件后再来。")
    if not seen.same_face:
        faults["same_face"] = N_("请当面比对本人与证件照片，一致的再勾选。")
    if not seen.genuine:
        faults["genuine"] = N_("请查验证件真伪，是真的再勾选。")
    return faults


def country_fault(paper: papers.Paper) -> Words | None:
    """Where a paper's number is unique only with the state that issued it, and none was chosen."""
    return N_("请选择护照的签发国家。") if paper.of.by_country and not paper.country else None


def no_account() -> Words:
    """Of a number that finds nobody's account."""
    return N_("没有这个证件号码的账户。请核对号码；没有账户的，请先协助本人注册。")


def name_fault(shown: str, known: str) -> Words | None:
    """How the name on a paper is not the account's, None where it is."""
    name = cleaned_name(shown)
    if name == known or (papers.is_latin(known) and name.upper() == known.upper()):
        return None
    if apart := papers.unlike(name, known):
        return N_(
            "第 {place} 个字看起来一样，其实不是同一个字：您填的是“{typed}”（{code}），账户里是“{known}”（{other}）。"
            "请把证件放大核对：证件上是账户里的字，就照它填写；不是，请先办理姓名更正。",
            place=apart.place,
            typed=apart.one,
            known=apart.other,
            code=apart.codes[0],
            other=apart.codes[1],
        )
    return N_("姓名与这个证件号码的账户不一致。请核对证件；姓名已变更的，请走姓名更正。")
