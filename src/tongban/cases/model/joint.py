"""Joint applicants 共同申请人: who must confirm an application beside the one who filled it in, and how far they are.

An item says in its data that it is applied for together (``joint_applicants``). Whom the answers then name, besides the
one who fills in, confirms 确认 from an account of his or her own. A round of confirming begins when the draft is laid
before them and ends with the last signature (the application is filed), or with a refusal, a recall or time (the draft
is open again). What was signed was signed for one round: a draft that is changed is laid before all of them anew.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from tongban.cases.model.refusals import AnswersInvalid
from tongban.catalogue import ItemVersion, JointApplicants, Party
from tongban.kit import forms, papers
from tongban.kit.errors import Conflict, Invalid, Words
from tongban.kit.forms import Form
from tongban.kit.i18n import N_, Message, Text

#: How long the others have; then the draft is open again. No law sets a limit, it is the house's own (realistic).
ASKED_FOR = timedelta(days=30)
#: A reason of a refusal: at least so that it can be understood, at most what one screen shows.
SHORTEST = 4
LONGEST = 300


class Ended(StrEnum):
    """How a round ended without the application being filed."""

    REFUSED = "refused"
    RECALLED = "recalled"
    LAPSED = "lapsed"


ENDED_WORDS: dict[Ended, Message] = {
    Ended.REFUSED: N_("共同申请人没有确认，草稿已退回给您，填写的内容都在。"),
    Ended.RECALLED: N_("您已取回修改，之前的确认作废。改好后重新提交，共同申请人要再确认一次。"),
    Ended.LAPSED: N_("30 天内没有全部确认，草稿已退回给您，填写的内容都在。需要时可以重新提交。"),
}


class Signer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One of the others. ``hash`` (hex) is the keyed hash of the ID number by which her account is found; ``name`` is
    masked; ``person`` her account and ``level`` its real-name level once she has signed, at ``signed_at``;
    ``leaves_at`` when she asked to take back what was filed, where all must."""

    hash: str
    role: Text
    name: str
    person: UUID | None = None
    signed_at: datetime | None = None
    level: int = 0
    leaves_at: datetime | None = None


class Joint(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A round of confirming: the case's version by which it is told from others, from when until when, of whom, and the
    purpose under which they read. ``ended`` and ``said`` (the refusal's words, which the first applicant reads) where
    it came to nothing; ``leaves_at`` is when the first applicant asked to take back what was filed, where all must.
    ``corrected`` is the last round about a correction of what was filed, a round of its own within this one, which
    stands.
    """

    round: int
    asked_at: datetime
    until: datetime
    purpose: UUID
    signers: tuple[Signer, ...]
    ended: Ended | None = None
    refused_by: str = ""
    said: str = ""
    leaves_at: datetime | None = None
    corrected: Joint | None = None

    @property
    def waits(self) -> bool:
        """Whether somebody's word is still waited for."""
        return self.ended is None and bool(self.open)

    @property
    def running(self) -> Joint:
        """The round that is about now: that of a correction while it waits, else this one."""
        return self.corrected if self.corrected is not None and self.corrected.waits else self

    @property
    def open(self) -> tuple[Signer, ...]:
        """Those whose word is still missing."""
        return tuple(one for one in self.signers if one.signed_at is None)

    @property
    def people(self) -> tuple[UUID, ...]:
        """The accounts of those who have signed."""
        return tuple(one.person for one in self.signers if one.person is not None)

    @property
    def all_leave(self) -> bool:
        """Whether every one of them has asked to take back what was filed."""
        return self.leaves_at is not None and all(one.leaves_at is not None for one in self.signers)

    def seat_of(self, person: UUID | None) -> int | None:
        """Which of the signers this account is; None for somebody who has signed nothing."""
        return next((seat for seat, one in enumerate(self.signers) if person and one.person == person), None)

    def at(self, seat: int, signer: Signer) -> Joint:
        """The round with another word of one of them."""
        signers = (*self.signers[:seat], signer, *self.signers[seat + 1 :])
        return msgspec.structs.replace(self, signers=signers)

    def ending(self, how: Ended, *, by: str = "", said: str = "") -> Joint:
        """The round over: nobody's signature counts any more."""
        return msgspec.structs.replace(self, ended=how, refused_by=by, said=said)


class Confirmed(msgspec.Struct, frozen=True):
    """What the step keeps of a correction to which all have given their word: when the first applicant laid it before
    the others, and when each of them signed at which real-name level, by seat."""

    asked_at: datetime
    signed: tuple[datetime, ...]
    levels: tuple[int, ...]

    @classmethod
    def of(cls, round_: Joint) -> Confirmed:
        """A round in which everybody has signed."""
        signed = [(one.signed_at, one.level) for one in round_.signers if one.signed_at]
        return cls(round_.asked_at, tuple(at for at, _ in signed), tuple(level for _, level in signed))


class Named(msgspec.Struct, frozen=True):
    """Somebody whom the answers name as a joint applicant: role, name and number in the clear, and which question."""

    role: Text
    name: str
    number: str
    field: str


def named(joint: JointApplicants | None, form: Form, answers: Mapping[str, Any], *, own: str) -> list[Named]:
    """Everybody whose word an application with these answers needs, each once; ``own`` is the filler's ID number.

    Empty for an item that one applies for alone, and where nobody else is named. Firms are not among them: they have no
    ID number and sign where they come in person. Raises AnswersInvalid for a name without number, and for a spouse or
    parent who is the applicant herself.
    """
    found: dict[str, Named] = {}
    asked = {field.name for field in form.asked(answers)}
    for party in joint.parties if joint else ():
        for one in _in_answers(party, answers):
            if party.field not in asked:
                continue
            if one.number == own:
                if not party.table:
                    raise AnswersInvalid({party.id_number: N_("共同申请人不能是您自己，请填写对方的号码。")})
                continue
            if not one.number:
                raise AnswersInvalid(
                    {party.id_number: N_("写了姓名的，请把公民身份号码也填上，以便请其确认。")}
                )
            found.setdefault(one.number, one)
    return list(found.values())


def _in_answers(party: Party, answers: Mapping[str, Any]) -> Iterator[Named]:
    rows = answers.get(party.table) or [] if party.table else [answers]
    for row in rows:
        name, number = str(row.get(party.name) or ""), str(row.get(party.id_number) or "").upper()
        # A row of a table without a number is a firm; elsewhere a name alone is a fault, and neither is nobody.
        if number or (name and not party.table):
            yield Named(party.role, name, number, party.field)


def signer_of(one: Named, *, hash_: bytes) -> Signer:
    """The signer that somebody named becomes: masked, found by the hash of her number."""
    return Signer(hash=hash_.hex(), role=one.role, name=papers.mask_name(one.name))


def visible(
    version: ItemVersion, form: Form, answers: Mapping[str, Any], *, hers: Callable[[str], bool]
) -> dict[str, Any]:
    """The answers as a joint applicant reads them: her own part in full, of the others' what is no secret.

    Sensitive answers (``x-ui.sensitive``) are masked but for the fields that the item calls hers, and for her name and
    number where the form names her, so that she can check them: ``hers`` says whether a number is hers. What the item
    withholds is left out.
    """
    asks, shown = version.joint_applicants, forms.mask(form, answers)
    if asks is None:
        return shown
    for name in asks.withheld:
        shown.pop(name, None)
    shown |= {name: answers[name] for name in asks.own if name in answers}
    for party in asks.parties:
        told = {party.name, party.id_number}
        if not party.table:
            shown |= _whole(answers, told) if _names(party, answers, hers) else {}
        elif party.table in shown:
            rows = zip(shown[party.table], answers[party.table], strict=True)
            shown[party.table] = [
                masked | _whole(row, told) if _names(party, row, hers) else masked for masked, row in rows
            ]
    return shown


def _names(party: Party, row: Mapping[str, Any], hers: Callable[[str], bool]) -> bool:
    return bool(row.get(party.id_number)) and hers(str(row[party.id_number]).upper())


def _whole(row: Mapping[str, Any], told: Collection[str]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name in told}


def reason_typed(typed: str) -> str:
    """The reason of a refusal, tidied; raises WhyNot."""
    words = " ".join(typed.split())
    if not SHORTEST <= len(words) <= LONGEST:
        raise WhyNot
    return words


class WhyNot(Invalid):
    """A refusal to confirm says why: the other one can only put right what she is told."""

    def __init__(self) -> None:
        words: Words = N_("请写明为什么不确认（4 至 300 个字），对方会看到。")
        super().__init__("why-not-confirmed", words, fields={"reason": words})


class NotAgreed(Invalid):
    """A confirmation without the statement that it makes is none."""

    def __init__(self) -> None:
        words: Words = N_("请阅读声明并勾选，再确认。")
        super().__init__("not-agreed", words, fields={"agree": words})


class NameDiffers(Conflict):
    """The name beside her ID number is not that of her account: nobody signs for somebody else."""

    def __init__(self) -> None:
        super().__init__(
            "name-differs",
            N_("申报的姓名与您实名登记的不一致，不能确认。请点“不确认”并说明，由对方改正后重新提交。"),
        )


class NoLongerHolds(Conflict):
    """What was right when it was laid before the others is not right any more (a day that has passed)."""

    def __init__(self) -> None:
        super().__init__(
            "no-longer-holds",
            N_(
                "申报的内容里有的已经过期（例如预约的日期），现在不能提交。"
                "请点“不确认”并说明，由对方改好后重新提交。"
            ),
        )
