"""Children 未成年子女: whose guardian may act for them, until when, and what is refused. Pure rules.

Parents are the guardians of their minor children (民法典 art. 27) and act for them (art. 23, 34); who is eighteen is of
age (art. 17, 18). What is held about a child under fourteen is sensitive, and is taken up with the consent of a parent
or other guardian alone (个人信息保护法 art. 28, 31).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from tongban.identity.model.ages import OF_AGE, age, needs_consent
from tongban.identity.model.consent import GUARDIANSHIP
from tongban.identity.model.kin import Named
from tongban.identity.model.typed import cleaned_name, fifteen_fault
from tongban.kit import clock, papers
from tongban.kit.errors import Conflict, Invalid, TooMany, Words
from tongban.kit.i18n import N_
from tongban.kit.keys.ring import normalised
from tongban.kit.papers import IdFault
from tongban.kit.policy import Relation, Role, Rule

#: So long a claim waits for a register that does not answer. Ours.
KEPT = timedelta(days=7)
#: So long after each try in vain the register is asked again. Ours.
ASK_AGAIN = timedelta(minutes=2)
#: The version of the words to which the guardian of a child under fourteen agrees now.
CONSENT = GUARDIANSHIP.version

RULES = (
    # In one's own name only: nobody becomes a guardian by acting for one.
    Rule("identity.guard", Role.RESIDENT, Relation.OWN),
)

_FAULT = N_("请填写孩子户口簿或者身份证上的 18 位公民身份号码。")


class Child(msgspec.Struct, frozen=True):
    """A child as her parent typed it, cleaned; ``consent``: the version that was agreed to, None where none is due."""

    name: str
    id_number: str
    consent: str | None

    def __repr__(self) -> str:
        return "Child(…)"

    @property
    def named(self) -> Named:
        """As a register is asked."""
        return Named(self.name, self.id_number)

    @property
    def paper(self) -> papers.Paper:
        """By which the account is found."""
        return papers.Paper(papers.CITIZEN, self.id_number)


class Grounds(msgspec.Struct, frozen=True):
    """Why registers may be asked about a claim: their fields, by what law, how long the purpose lasts."""

    fields: tuple[str, ...]
    basis: str
    lasts: timedelta


class Claim(msgspec.Struct, frozen=True):
    """A parent's word that a child is hers 监护关系核验, while the register of families is asked.

    ``consent``: the version of the words to which she agreed for a child under fourteen, else None.
    """

    id: UUID
    guardian: UUID
    child: UUID
    name: str
    id_number: str
    waits: bool
    purpose: UUID
    claimed_at: datetime
    until: datetime
    consent: str | None = None

    @property
    def name_masked(self) -> str:
        """李*诺."""
        return papers.mask_name(self.name)


class ChildInvalid(Invalid):
    """What was typed of a child does not hold; ``fields`` says what to put right."""

    def __init__(self, fields: Mapping[str, Words]) -> None:
        super().__init__("child-invalid", N_("请更正下面标出的内容。"), fields=fields)


class ParentNotConfirmed(Invalid):
    """The register of families does not confirm it. Which part is wrong is not told: it would tell of a stranger."""

    def __init__(self) -> None:
        words = N_("没有核对上。请核对孩子的姓名和号码；确认无误的，请带户口簿或者出生医学证明到窗口办理。")
        super().__init__("parent-not-confirmed", words, fields={"id_number": words})


class TooManyClaims(TooMany):
    """Too many children in a short time: nobody finds out by trying whose child somebody is."""

    def __init__(self) -> None:
        super().__init__(
            "too-many-claims",
            N_("核对次数过多，请 15 分钟后再试。着急办理的，请带户口簿到窗口办理。"),
            retry_after=900,
        )


class GuardianStays(Conflict):
    """Guardianship is not taken back like a power: it rests on the law (民法典 art. 27, 36, 39)."""

    def __init__(self) -> None:
        super().__init__(
            "guardian-stays",
            N_(
                "监护关系由法律规定，不能在网上解除。变更监护人的，请带人民法院的裁判文书或者其他证明到窗口办理。"
            ),
        )


class GuardianStands(Conflict):
    """A window decides on a guardian who stands already: on another paper, at another window, or by the register."""

    def __init__(self, guardian: str, child: str, *, basis: Words | str, organ: Words, since: str) -> None:
        super().__init__(
            "guardian-stands",
            N_(
                "{guardian}已经是{child}登记的监护人：依据{basis}，{organ}于 {since} 登记。"
                "这次没有再登记，也没有改变。登记有误的，请凭文书选择“终止”。",
                guardian=guardian,
                child=child,
                basis=basis,
                organ=organ,
                since=since,
            ),
        )


class GuardianDecidedElsewhere(Conflict):
    """Another window took the same matter up while this one decided; nothing was done here."""

    def __init__(self) -> None:
        super().__init__(
            "guardian-decided-elsewhere",
            N_(
                "另一个窗口正在办理同一个人对同一个孩子的监护登记，这次没有登记。"
                "请过一会儿再提交一次，页面会告诉您那边登记了什么。"
            ),
        )


def claimed(posted: Mapping[str, str], *, now: datetime) -> Child:
    """The child that a form names; raises ChildInvalid with a sentence for each field.

    Fields: ``name``, ``id_number``, ``consent`` (``yes``), which only a child under fourteen needs.
    """
    today = clock.city_day(now)
    faults: dict[str, Words] = {}
    name = cleaned_name(posted.get("name", ""))
    if not name:
        faults["name"] = N_("请填写孩子的姓名，与户口簿一致。")
    number = normalised(posted.get("id_number", ""))
    fault = papers.id_number_fault(number, today=today)
    consent = None
    if fault is not None:
        wrong = N_("号码有误，请照证件逐位核对。") if fault is IdFault.CHECK else _FAULT
        faults["id_number"] = fifteen_fault(number) or wrong
    else:
        born = papers.birth_of(number)
        if age(born, today) >= OF_AGE:
            faults["id_number"] = N_("对方已满 18 周岁，不需要监护人。请由其本人授权您代办。")
        elif needs_consent(born, today):
            consent = CONSENT
            if posted.get("consent") != "yes":
                faults["consent"] = N_("孩子未满 14 周岁，需要您单独同意后才能办理。")
    if faults:
        raise ChildInvalid(faults)
    return Child(name, number, consent)
