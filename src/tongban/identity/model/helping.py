"""Help at the window 窗口帮办: who was there with her paper, for which item, signed by her own hand. Pure rules.

For those without a phone or who cannot use one (老年人权益保障法 art. 58). Help is a power of its own kind: for one
item, until the end of the day, standing from the moment in which the person signed the consent 帮办同意书 that the
officer printed. What the officer then does is the person's own act with the officer's name
beside it (民法典 art. 161, 162).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, time, timedelta
from uuid import UUID

import msgspec

from tongban.identity.model.typed import cleaned_name, fifteen_fault, paper_named
from tongban.kit import clock, papers
from tongban.kit.acting import Errand
from tongban.kit.errors import Conflict, Forbidden, Invalid, Unavailable, Words
from tongban.kit.i18n import N_, Message, Text, both, use_language
from tongban.kit.pdf.model import Facts, Heading, Paper, Paragraph, Points, Signature, Table
from tongban.kit.policy import Duty, Relation, Role, Rule

#: What an officer may do for whom she helps.
ERRANDS = frozenset({Errand.APPLY, Errand.FOLLOW, Errand.CORRECT})
#: The level at which she acts: the person is there, and the officer holds her paper.
LEVEL = 3

_RESERVED = N_("帮办由窗口帮办人员办理。请把来办事的人带到帮办窗口。")
RULES = (
    Rule("identity.assist", Role.OFFICER, Relation.ANY, duty=Duty.ASSIST, reserved=_RESERVED),
    # A help that was begun is the officer's own: the action asks, since no row can.
    Rule("identity.help", Role.OFFICER, Relation.DEPARTMENT, duty=Duty.ASSIST, reserved=_RESERVED),
)


class Visitor(msgspec.Struct, frozen=True):
    """Who stands at the window, as the officer typed it from the paper in her hand, and what she came for."""

    paper: papers.Paper
    name: str
    item: str

    def __repr__(self) -> str:
        return f"Visitor({self.item})"


class HelpInvalid(Invalid):
    """What was typed at the window does not hold; ``fields`` says what to put right."""

    def __init__(self, fields: Mapping[str, Words]) -> None:
        super().__init__("help-invalid", N_("请更正下面标出的内容。"), fields=fields)


class OwnHelp(Forbidden):
    """An officer does not help herself, her kin or a namesake at her own window 回避."""

    def __init__(self) -> None:
        super().__init__(
            "own-help",
            N_("不能给自己、家人或者同名的人帮办。请用自己的手机办理，或者请另一位工作人员帮办。"),
        )


class WindowRegisterAway(Unavailable):
    """The population register does not answer, and no account can be opened without it. What was typed stands."""

    def __init__(self) -> None:
        super().__init__(
            "window-register-away",
            N_("人口库暂时没有应答，还不能开户。填写的内容都在，请过一会儿再点一次；着急的，先收纸质申请。"),
            retry_after=30,
        )


class HelpOver(Conflict):
    """The help has ended, or its day is over; the case goes on by a new one."""

    def __init__(self) -> None:
        super().__init__("help-over", N_("这次帮办已经结束。还要帮办的，请重新开始，再请本人签一份同意书。"))


class HelpSheet(msgspec.Struct, frozen=True):
    """What the consent says: who helps whom, for what, until when, under which number."""

    power: UUID
    number: str
    name: str
    id_masked: str
    item: Text
    officer: str
    organ: Text
    at: datetime
    until: datetime
    brand: Text
    note: Text


def number_of(power: UUID, now: datetime) -> str:
    """The number of a consent 同意书编号: the city's day, then the end of the power's id."""
    return f"BB{clock.city_day(now):%Y%m%d}{power.hex[-8:].upper()}"


def ends_at(now: datetime) -> datetime:
    """When help of today ends: with the city's day."""
    return clock.instant_of(clock.city_day(now) + timedelta(days=1), time())


def at_the_window(posted: Mapping[str, str], *, items: Collection[str], now: datetime) -> Visitor:
    """Who came, of a form with ``name``, ``paper_kind``, ``id_number``, ``item`` and ``seen`` (``yes``).

    Raises HelpInvalid with a sentence for each field.
    """
    faults: dict[str, Words] = {}
    name = cleaned_name(posted.get("name", ""))
    if not name:
        faults["name"] = N_("请照证件填写姓名。")
    paper = paper_at_window(posted)
    if not paper.number or paper.fault(today=clock.city_day(now)) is not None:
        faults["id_number"] = fifteen_fault(paper.number) or N_("证件号码不对，请照证件逐位核对。")
    if posted.get("item", "") not in items:
        faults["item"] = N_("请选择要帮办的事项。")
    if posted.get("seen") != "yes":
        faults["seen"] = N_("本人带证件原件到场，并且核对过的，才能帮办。")
    if faults:
        raise HelpInvalid(faults)
    return Visitor(paper, name, posted["item"])


def paper_at_window(posted: Mapping[str, str], prefix: str = "") -> papers.Paper:
    """The paper that a form names, in its one spelling."""
    kind = posted.get(f"{prefix}paper_kind", papers.CITIZEN)
    return paper_named(
        papers.CITIZEN if kind == papers.PASSPORT else kind, posted.get(f"{prefix}id_number", "")
    )


_TITLE = N_("帮办同意书")


def consent_paper(sheet: HelpSheet) -> Paper:
    """The consent to be signed, two copies of one sheet: what the officer may do, and until when."""
    with use_language("zh"):
        return Paper(
            language="zh",
            brand=sheet.brand.zh,
            note=sheet.note.zh,
            organ=sheet.organ.zh,
            other_organ=sheet.organ.en,
            title=both(_TITLE).zh,
            other_title=both(_TITLE).en,
            reference=sheet.number,
            barcode="",
            numbers=((str(N_("同意书编号")), sheet.number),),
            blocks=(*_consent(sheet),),
            signature=Signature(sheet.organ.zh, clock.day_in_words(clock.city_day(sheet.at))),
            code=None,
            made_at=clock.city_time(sheet.at),
        )


def _consent(sheet: HelpSheet) -> tuple[Facts | Heading | Paragraph | Points | Table, ...]:
    last = clock.city_day(sheet.until - timedelta(seconds=1))
    rows: tuple[tuple[Message, str], ...] = (
        (N_("本人"), sheet.name),
        (N_("证件号码"), sheet.id_masked),
        (N_("帮办事项"), str(sheet.item)),
        (N_("帮办人员"), sheet.officer),
        (N_("帮办期限"), str(N_("{day}当日，办完即止", day=clock.day_in_words(last)))),
    )
    return (
        Facts(tuple((str(label), value) for label, value in rows)),
        Heading(str(N_("我同意"))),
        Points(
            tuple(
                str(one)
                for one in (
                    N_("上述工作人员在窗口当着我的面，以我的名义填写和提交上述事项的申请。"),
                    N_("为办理上述事项，查看和调取我的必要信息。"),
                    N_("提交前把填写的内容念给我听或者给我看，我确认无误后再提交。"),
                )
            )
        ),
        Heading(str(N_("我知道"))),
        Points(
            tuple(
                str(one)
                for one in (
                    N_("申请是我自己的，结果由我承担；工作人员的姓名记在办件上，每一步都可以查询。"),
                    N_("不同意或者中途不想办的，随时可以停止，已填写的草稿仍归我所有。"),
                    N_("帮办不收费；帮办人员不参与这件申请的审批。"),
                )
            )
        ),
        Paragraph(str(N_("本同意书一式两份，本人和窗口各留一份。")), indent=False),
        Table(
            (str(N_("本人签名（按指印）")), str(N_("帮办人员签名")), str(N_("日期"))),
            (("　\n　", "　\n　", "　\n　"),),
            (40, 30, 30),
        ),
    )
