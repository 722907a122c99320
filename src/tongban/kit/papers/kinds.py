"""The papers by which somebody says who she is: one table of their codes, numbers and masks.

Codes are those of GA/T 2000.156-2016 常用证件代码. What is checked is what the shape of a number allows: nobody with a
real paper is turned away for a rule that is not certain. ``mark`` says how sure the row is: R read in a source, K+ well
known, K known, D our own design.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Literal

import msgspec

from tongban.kit.i18n import Text
from tongban.kit.papers import citizens, masks
from tongban.kit.papers.areas import province_known, province_of
from tongban.kit.papers.citizens import IdFault, Sex
from tongban.kit.papers.countries import CHINA, country_named
from tongban.kit.papers.organisations import uscc_holds

#: 居民身份证.
CITIZEN = "111"
#: 港澳台居民居住证: younger than the standard, which has no code for it.
RESIDENT_OF_HK_MACAO_TAIWAN = "HMT"
#: 外国人永久居留证.
PERMANENT_RESIDENCE = "553"
#: 普通护照, of any state.
PASSPORT = "414"
#: 港澳居民来往内地通行证 (回乡证).
HK_MACAO_PERMIT = "516"
#: 台湾居民来往大陆通行证 (台胞证).
TAIWAN_PERMIT = "511"

#: 统一社会信用代码 of a legal person: no paper of a person's, but what a firm's account is known by.
FIRM = "001"

#: Kinds whose number is a 公民身份号码.
NUMBERED_AS_CITIZENS = frozenset({CITIZEN, "112", "113", RESIDENT_OF_HK_MACAO_TAIWAN})

_HK_MACAO = re.compile(r"[HM]\d{8}(\d{2})?", re.ASCII)
_TAIWAN = re.compile(r"\d{8}", re.ASCII)
_FOREIGN_OLD = re.compile(r"[A-Z]{3}\d{12}", re.ASCII)
_FOREIGN = re.compile(r"9\d{16}[\dX]", re.ASCII)
#: Ordinary since 2012 E and eight digits, since 2017 E, a letter but I and O, seven digits; before G. D, P and S are
#: diplomatic and official ones, old and new.
_CN_PASSPORT = re.compile(r"[EG]\d{8}|E[A-HJ-NP-Z]\d{7}|[DPS]E?\d{7,8}", re.ASCII)
_ANY_PASSPORT = re.compile(r"(?=.*\d)[A-Z\d]{5,15}", re.ASCII)

#: Of a number and of today: its first fault, None when it holds.
Checking = Callable[[str, date | None], IdFault | None]


class Told(msgspec.Struct, frozen=True):
    """What a number itself tells of its holder, as far as it does; ``region`` is a province or a state."""

    birth: date | None = None
    sex: Sex | None = None
    region: Text | None = None


class PaperKind(msgspec.Struct, frozen=True):
    """A kind of identity paper 证件类型.

    ``head`` and ``tail``: how many characters a mask leaves. ``lasting``: how many characters stay the holder's when
    the paper is renewed, 0 for all. ``by_country``: numbers are unique only with the state that issued the paper.
    """

    code: str
    name: Text
    shape: Text
    checking: Checking
    mark: Literal["R", "K+", "K", "D"]
    head: int = 4
    tail: int = 4
    lasting: int = 0
    by_country: bool = False
    telling: Callable[[str], Told] = lambda _: Told()
    of_person: bool = True

    def masked(self, number: str) -> str:
        """The number as pages show it; a firm's is public and stays whole."""
        return masks.masked(number, head=self.head, tail=self.tail) if self.of_person else number


def _shaped(*patterns: re.Pattern[str]) -> Checking:
    def check(number: str, _: date | None) -> IdFault | None:
        return None if any(one.fullmatch(number) for one in patterns) else IdFault.SHAPE

    return check


def _citizen_fault(number: str, today: date | None) -> IdFault | None:
    return citizens.id_number_fault(number, today=today)


def _residence_fault(number: str, today: date | None) -> IdFault | None:
    fault = citizens.id_number_fault(number, today=today)
    return fault or (None if number[:2] in ("81", "82", "83") else IdFault.SHAPE)


def _permanent_fault(number: str, today: date | None) -> IdFault | None:
    """Both makings stand side by side: since 2023-12-01 like an ID number with 9 in front, the old one unchecked."""
    if _FOREIGN_OLD.fullmatch(number):
        return None
    if not _FOREIGN.fullmatch(number):
        return IdFault.SHAPE
    if not province_known(number[1:3]):
        return IdFault.AREA
    return citizens.birth_and_check_fault(number, today=today)


def _uscc_fault(number: str, _: date | None) -> IdFault | None:
    return None if uscc_holds(number) else IdFault.SHAPE


def _citizen_told(number: str) -> Told:
    return Told(citizens.birth_in(number), citizens.sex_of(number), province_of(number))


def _permanent_told(number: str) -> Told:
    """The new number: 9, two digits of the province, three of the state, birth, serial, check digit."""
    if _FOREIGN_OLD.fullmatch(number):
        return Told(region=country_named(number[:3]))
    return Told(citizens.birth_in(number), citizens.sex_of(number), country_named(number[3:6]))


def _permit_told(number: str) -> Told:
    return Told(region=province_of("81" if number[0] == "H" else "82"))


def _taiwan_told(_: str) -> Told:
    return Told(region=province_of("83"))


_EIGHTEEN = Text("18 位，末位可能是 X。", "18 characters; the last may be X.")

PAPER_KINDS: dict[str, PaperKind] = {
    kind.code: kind
    for kind in (
        PaperKind(
            CITIZEN,
            Text("居民身份证", "Resident identity card"),
            _EIGHTEEN,
            _citizen_fault,
            "R",
            telling=_citizen_told,
        ),
        PaperKind(
            "112",
            Text("临时居民身份证", "Temporary identity card"),
            _EIGHTEEN,
            _citizen_fault,
            "K+",
            telling=_citizen_told,
        ),
        PaperKind(
            "113", Text("户口簿", "Household book"), _EIGHTEEN, _citizen_fault, "K+", telling=_citizen_told
        ),
        PaperKind(
            RESIDENT_OF_HK_MACAO_TAIWAN,
            Text("港澳台居民居住证", "Residence permit for Hong Kong, Macao and Taiwan residents"),
            Text(
                "18 位，以 81、82 或 83 开头，末位可能是 X。",
                "18 characters beginning with 81, 82 or 83; the last may be X.",
            ),
            _residence_fault,
            "D",
            telling=_citizen_told,
        ),
        PaperKind(
            HK_MACAO_PERMIT,
            Text("港澳居民来往内地通行证", "Mainland Travel Permit for Hong Kong and Macao Residents"),
            Text(
                "字母 H 或 M 加 8 位数字；旧证后面还有 2 位换证次数，可填可不填。",
                "H or M and 8 digits; the 2 digits of renewals behind them may be left out.",
            ),
            _shaped(_HK_MACAO),
            "K+",
            head=1,
            tail=2,
            lasting=9,
            telling=_permit_told,
        ),
        PaperKind(
            TAIWAN_PERMIT,
            Text("台湾居民来往大陆通行证", "Mainland Travel Permit for Taiwan Residents"),
            Text("8 位数字。", "8 digits."),
            _shaped(_TAIWAN),
            "K+",
            head=1,
            tail=2,
            telling=_taiwan_told,
        ),
        PaperKind(
            PERMANENT_RESIDENCE,
            Text("外国人永久居留身份证", "Foreign Permanent Resident ID Card"),
            Text(
                "新证 18 位，以 9 开头；旧证 3 个字母加 12 位数字。",
                "18 characters beginning with 9; on older cards 3 letters and 12 digits.",
            ),
            _permanent_fault,
            "R",
            head=3,
            tail=2,
            telling=_permanent_told,
        ),
        PaperKind(
            PASSPORT,
            Text("护照", "Passport"),
            Text(
                "5 至 15 位字母和数字，照护照资料页填写。", "5 to 15 letters and digits, as on the data page."
            ),
            _shaped(_ANY_PASSPORT),
            "K+",
            head=1,
            tail=2,
            by_country=True,
        ),
        PaperKind(
            FIRM,
            Text("统一社会信用代码", "Unified social credit code"),
            Text("18 位数字和大写字母。", "18 digits and capital letters."),
            _uscc_fault,
            "R",
            of_person=False,
        ),
    )
}
#: In this order a bare number is tried: what has a check digit first, what fits almost anything last.
_TRIED = (*(CITIZEN, PERMANENT_RESIDENCE, HK_MACAO_PERMIT, TAIWAN_PERMIT, PASSPORT),)


class Paper(msgspec.Struct, frozen=True):
    """An identity paper 证件 as somebody carries it: its kind's code, its number, and of a passport the state.

    ``number`` is in its one spelling (:func:`tongban.kit.keys.ring.normalised`), ``country`` of ISO 3166-1 or empty.
    """

    kind: str
    number: str
    country: str = ""

    def __repr__(self) -> str:
        return f"Paper({self.kind})"

    @property
    def of(self) -> PaperKind:
        """The row of the table."""
        return PAPER_KINDS[self.kind]

    @property
    def masked(self) -> str:
        """The number as pages show it."""
        return self.of.masked(self.number)

    @property
    def told(self) -> Told:
        """What the number tells; of a passport the state that issued it."""
        if self.country:
            return Told(region=country_named(self.country))
        return self.of.telling(self.number)

    @property
    def lasting(self) -> str:
        """The part of the number that stays its holder's when the paper is renewed."""
        return self.number[: self.of.lasting or None]

    def fault(self, *, today: date | None = None) -> IdFault | None:
        """What is wrong with the number, None when it holds as far as it can be checked."""
        if self.country == CHINA and not cn_passport_holds(self.number):
            return IdFault.SHAPE
        return self.of.checking(self.number, today)


def paper_shown_by(number: str) -> Paper | None:
    """The paper that a bare number is most likely of, None when it is that of none; a passport's state is unknown.

    Fifteen digits are an ID number of the first generation, which no paper carries any more.
    """
    if citizens.is_fifteen(number):
        return None
    kind = next((one for one in _TRIED if PAPER_KINDS[one].checking(number, None) is None), None)
    if kind == CITIZEN and _residence_fault(number, None) is None:
        kind = RESIDENT_OF_HK_MACAO_TAIWAN
    return Paper(kind, number) if kind else None


def identity_paper_holds(number: str) -> bool:
    """Whether a number can be that of some personal identity paper."""
    return paper_shown_by(number) is not None


def mask_paper(number: str) -> str:
    """A number whose kind stands nowhere, masked as that of the paper that it is most likely of."""
    paper = paper_shown_by(number)
    return paper.masked if paper else masks.masked(number, head=1, tail=2)


def cn_passport_holds(number: str) -> bool:
    """Whether it is shaped like the number of a Chinese passport."""
    return _CN_PASSPORT.fullmatch(number) is not None


def passport_holds(number: str) -> bool:
    """Whether it is shaped like the number of a passport of any state."""
    return _ANY_PASSPORT.fullmatch(number) is not None


def hk_macao_permit_holds(number: str) -> bool:
    """Whether it is shaped like the number of a 港澳居民来往内地通行证."""
    return _HK_MACAO.fullmatch(number) is not None


def taiwan_permit_holds(number: str) -> bool:
    """Whether it is shaped like the number of a 台湾居民来往大陆通行证."""
    return _TAIWAN.fullmatch(number) is not None


def foreign_residence_holds(number: str) -> bool:
    """Whether it is the number of a 外国人永久居留身份证, new or old."""
    return _permanent_fault(number, None) is None
