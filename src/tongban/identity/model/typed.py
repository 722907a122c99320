"""What people type into the log-in and enrolment pages, cleaned and checked. Pure rules."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from ipaddress import ip_address

import msgspec

from tongban.identity.model.ages import needs_consent
from tongban.identity.model.hashes import number_hash
from tongban.identity.model.people import paper_hash
from tongban.identity.model.refusals import TypedInvalid
from tongban.kit import keys, papers
from tongban.kit.errors import Words
from tongban.kit.i18n import N_
from tongban.kit.keys.ring import normalised, seen
from tongban.kit.papers import IdFault

_FAULTS: dict[IdFault, Words] = {
    IdFault.LENGTH: N_("身份号码应为 18 位，请核对。"),
    IdFault.LETTERS: N_("身份号码前 17 位是数字，最后一位是数字或 X，请核对。"),
    IdFault.AREA: N_("身份号码的前两位不是有效的地区代码，请核对。"),
    IdFault.BIRTH: N_("身份号码中的出生日期不存在，请核对。"),
    IdFault.CHECK: N_("身份号码有误（末位校验不符），请逐位核对。"),
}
#: Of other papers' numbers; what is not named is a matter of their shape.
_PAPER_FAULTS: dict[IdFault, Words] = {
    IdFault.BIRTH: N_("号码中的出生日期不存在，请照证件核对。"),
    IdFault.CHECK: N_("号码有误（末位校验不符），请照证件逐位核对。"),
}
#: The kinds of paper that an account can be opened with, the usual one first.
ENROLLING = (
    papers.CITIZEN,
    papers.HK_MACAO_PERMIT,
    papers.TAIWAN_PERMIT,
    papers.RESIDENT_OF_HK_MACAO_TAIWAN,
    papers.PERMANENT_RESIDENCE,
    papers.PASSPORT,
)
PASSWORD_LENGTH = range(8, 129)
#: Passports carry up to 60 letters of a name, in capitals (ICAO Doc 9303); it is not split.
#: A letter; of the youngest extensions of Han (G to I) this Python's tables know no category yet.
_LETTER = r"(?:[^\W\d_]|[\U00020000-\U000323af])"
#: One character is a name too; the last may carry the selector of its variant (UTS #37).
_NAME = re.compile(rf"{_LETTER}(?:[^\d_<>]{{0,58}}{_LETTER})?[\U000e0100-\U000e01ef]?\.?")
_DOTS = str.maketrans("•・．‧", "····")
#: A blank that only sets a Chinese name wide: 张　三.
_HAN_GAP = re.compile(r"(?<=[\u3400-\u9fff\U00020000-\U0003ffff]) (?=[\u3400-\u9fff\U00020000-\U0003ffff])")
_SEPARATORS = re.compile(r"[\s\-()]")


class Typed(msgspec.Struct, frozen=True):
    """An enrolment form that holds, cleaned; ``id_number`` is that of the paper ``paper_kind``."""

    name: str
    id_number: str
    phone: str
    password: str
    paper_kind: str = papers.CITIZEN
    country: str = ""

    def __repr__(self) -> str:
        return "Typed(…)"

    @property
    def paper(self) -> papers.Paper:
        """The paper that was typed."""
        return papers.Paper(self.paper_kind, self.id_number, self.country)


def cleaned_phone(text: str) -> str:
    """Digits only; the prefix +86 is dropped."""
    digits = _SEPARATORS.sub("", normalised(text)).removeprefix("+")
    return digits[2:] if len(digits) == 13 and digits.startswith("86") else digits


def cleaned_name(text: str) -> str:
    """Without outer blanks, blanks between Han characters or what nobody sees; dot and letters in their one spelling.

    Variants of ideographs stay what they are: they are somebody's name.
    """
    return papers.composed(_HAN_GAP.sub("", " ".join(seen(text).translate(_DOTS).split())))


def network_of(address: str) -> bytes:
    """The network that an address stands for: itself, of IPv6 the 64 bits that one subscriber has (RFC 6177)."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return b""
    return parsed.packed if parsed.version == 4 else parsed.packed[:8]


def login_hash(account: str) -> bytes:
    """The hash by which a resident's account is found: of a paper's number by its shape, else of a phone.

    Who remembers the 15 digits of the first generation of cards is found by the number that they have become. The
    number of a passport finds nobody without its state: its holder comes by phone.
    """
    number = normalised(account)
    if papers.is_fifteen(number):
        number = papers.eighteen_digits(number)
    phone = cleaned_phone(account)
    paper = None if papers.phone_holds(phone) else papers.paper_shown_by(number)
    if paper is not None and not paper.of.by_country:
        return paper_hash(paper)
    if len(number) == 18:
        return number_hash("id_number", number)
    return number_hash("phone", phone)


def staff_hash(username: str) -> bytes:
    """The HMAC by which an officer's account is found."""
    return keys.current().blind_index("username", username)


def checked(
    *,
    name: str,
    id_number: str,
    phone: str | None,
    password: str | None,
    agreed: bool,
    paper_kind: str = papers.CITIZEN,
    country: str = "",
    today: date | None = None,
) -> Typed:
    """The enrolment as it may be asked for; raises TypedInvalid with a sentence for each field.

    ``phone`` and ``password`` are None where the account has both already, and empty in the answer then.
    A number that begins like that of a residence permit of Hong Kong, Macao and Taiwan residents is one, whichever
    of the two kinds of 18 characters was chosen.
    """
    paper = paper_named(paper_kind, normalised(id_number), country)
    typed = Typed(
        _name(cleaned_name(name), paper),
        paper.number,
        cleaned_phone(phone or ""),
        password or "",
        paper.kind,
        paper.country,
    )
    faults: dict[str, Words] = {}
    if words := name_fault(typed.name, paper):
        faults["name"] = words
    if words := _country_fault(paper):
        faults["country"] = words
    if words := _number_fault(paper, today=today):
        faults["id_number"] = words
    elif _needs_guardian(paper, today):
        faults["id_number"] = N_("未满 14 周岁的，由父母登录后在“我的—代办与授权”里添加孩子。")
    if phone is not None and (words := phone_fault(typed.phone)):
        faults["phone"] = words
    if password is not None and (words := password_fault(password, own=(typed.id_number, typed.phone))):
        faults["password"] = words
    if not agreed:
        faults["agree"] = N_("需要您同意后才能向人口库核验身份。")
    if faults:
        raise TypedInvalid(faults)
    return typed


def name_and_number_faults(name: str, paper: papers.Paper, *, today: date) -> tuple[str, dict[str, Words]]:
    """A name cleaned for its paper; what is wrong with ``name``, ``country``, ``number``, each with its sentence."""
    clean = _name(cleaned_name(name), paper)
    told = {
        "name": name_fault(clean, paper),
        "country": _country_fault(paper),
        "number": _number_fault(paper, today=today),
    }
    return clean, {field: words for field, words in told.items() if words is not None}


def paper_named(kind: str, number: str, country: str = "") -> papers.Paper:
    """The paper that a form names, in its one spelling; ``country`` counts for a passport alone."""
    number = normalised(number)
    if kind not in ENROLLING:
        kind = papers.CITIZEN
    if kind == papers.CITIZEN and number[:2] in ("81", "82", "83"):
        kind = papers.RESIDENT_OF_HK_MACAO_TAIWAN
    return papers.Paper(kind, number, country if kind == papers.PASSPORT else "")


def _name(name: str, paper: papers.Paper) -> str:
    """A foreign name as passports write it, in capitals: how it was typed does not matter."""
    return name.upper() if paper.kind != papers.CITIZEN and papers.is_latin(name) else name


def name_fault(name: str, paper: papers.Paper) -> Words | None:
    """What is wrong with a name that was typed beside a number, by its shape alone: nobody is looked for."""
    if not name:
        return N_("请填写姓名。")
    if sign := papers.private(name):
        return N_(
            "姓名中有一个自造字（{code}），别的机器认不出。请用国家标准（GB 18030）里的字填写；"
            "打不出来的，请到窗口办理。",
            code=papers.code_of(sign),
        )
    if found := papers.stranger(name):
        return N_(
            "姓名中的“{sign}”（{code}）只是看起来像“{like}”。请用输入法重新打“{like}”。",
            sign=found[0],
            code=papers.code_of(found[0]),
            like=found[1],
        )
    if _NAME.fullmatch(name) and (len(name) > 1 or papers.is_han(name)):
        return None
    if paper.kind == papers.CITIZEN:
        return N_("请按身份证填写姓名，不含数字和符号。")
    return N_("请按证件填写姓名，不含数字和符号，最多 60 个字。")


def _country_fault(paper: papers.Paper) -> Words | None:
    if not paper.of.by_country or paper.country == papers.CHINA or papers.country_named(paper.country):
        return None
    return N_("请选择护照的签发国家。")


def fifteen_fault(number: str) -> Words | None:
    """What to type instead of the 15 digits of the first generation of cards, None where it is another number."""
    if not papers.is_fifteen(number):
        return None
    return N_(
        "这是 15 位的旧号码，已于 2013 年停用，对应的 18 位号码是 {number}。请照身份证核对后填写。",
        number=papers.eighteen_digits(number),
    )


def _needs_guardian(paper: papers.Paper, today: date | None) -> bool:
    """Whether who enrols is too young to consent by herself."""
    born = paper.told.birth
    return today is not None and born is not None and needs_consent(born, today)


def _number_fault(paper: papers.Paper, *, today: date | None) -> Words | None:
    citizen = paper.kind == papers.CITIZEN
    if not paper.number:
        return N_("请填写身份号码。") if citizen else N_("请填写证件号码。")
    fault = paper.fault(today=today)
    if fault is None:
        return None
    if citizen:
        return fifteen_fault(paper.number) or _FAULTS[fault]
    if fault in _PAPER_FAULTS:
        return _PAPER_FAULTS[fault]
    return N_("号码格式不对。{paper}的号码：{shape}", paper=paper.of.name, shape=paper.of.shape)


def phone_fault(phone: str) -> Words | None:
    """What is wrong with a phone number that was cleaned."""
    if not phone:
        return N_("请填写手机号。")
    return None if papers.phone_holds(phone) else N_("手机号应为 11 位数字，以 1 开头，请核对。")


def password_fault(word: str, *, own: Iterable[str]) -> Words | None:
    """What is wrong with a password; ``own`` are numbers of its owner that anybody may know."""
    if len(word) not in PASSWORD_LENGTH:
        return N_("密码应为 8 至 128 个字符。")
    if len(set(word)) < 4 or word in "01234567890123456789" or word.lower().startswith("password"):
        return N_("这个密码太容易被猜到，请换一个。")
    if any(word.upper() in {number, number[-8:]} for number in own):
        return N_("密码不能是身份号码或手机号的一部分，请换一个。")
    return None
