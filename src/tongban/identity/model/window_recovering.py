"""Recovery at a window 窗口找回: phone and password are gone, the person is there with her paper. Pure rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from tongban.identity.model.cooling import COOLS
from tongban.identity.model.people import Person
from tongban.identity.model.typed import cleaned_phone
from tongban.identity.model.window import at_window
from tongban.kit import clock, papers
from tongban.kit.errors import Conflict, Forbidden, Unavailable, Words
from tongban.kit.i18n import N_, Text

RULES = (at_window("identity.recover_at_window"),)
#: So long she may stand at the window and type her code.
STANDS = timedelta(minutes=15)


class Recovery(msgspec.Struct, frozen=True):
    """A recovery at a window: of whose account, by which officer. ``phone``: the new number, empty once bound."""

    id: UUID
    account: UUID
    phone: str
    begun_at: datetime
    until: datetime
    done_at: datetime | None

    def __repr__(self) -> str:
        return f"Recovery({self.id})"

    @property
    def phone_masked(self) -> str:
        """``138****5001``."""
        return papers.mask_phone(self.phone)

    @property
    def number(self) -> str:
        """The number of its receipt 回执编号: the city's day, then the end of its id."""
        return f"ZH{clock.city_day(self.begun_at):%Y%m%d}{self.id.hex[-8:].upper()}"


class Receipt(msgspec.Struct, frozen=True):
    """What the person takes home: what was done, by whom, and from when on everything works again."""

    recovery: Recovery
    person: Person
    officer: str
    organ: Text
    at: datetime

    @property
    def cools_until(self) -> datetime:
        """When the gravest acts open again."""
        return self.at + COOLS


class OwnMatter(Forbidden):
    """An officer does nothing of this for herself, her kin, her namesake, or whom she acts for."""

    def __init__(self) -> None:
        super().__init__(
            "own-matter",
            N_(
                "不能在窗口为自己、家人、与自己同名的人或者由您监护、代办的人办理身份事项。"
                "请另一位工作人员办理，或者由本人用手机办理。"
            ),
        )


class RecoveryOver(Conflict):
    """Too long ago, begun anew at another window, or none of this officer's."""

    def __init__(self) -> None:
        super().__init__(
            "recovery-over", N_("这次找回已经过了 15 分钟，或者在别的窗口重新开始了。请照证件重新填写。")
        )


class WindowSourceAway(Unavailable):
    """The population register does not answer; nothing was done and what was typed stands."""

    def __init__(self) -> None:
        super().__init__(
            "window-source-away",
            N_("人口库暂时没有应答，还没有办理。填写的内容都在，请过一会儿再提交一次。"),
            retry_after=30,
        )


def phone_typed(text: str) -> tuple[str, dict[str, Words]]:
    """The new number, and what is wrong with it."""
    phone = cleaned_phone(text)
    if papers.phone_holds(phone):
        return phone, {}
    return phone, {"phone": N_("手机号应为 11 位数字，以 1 开头，请核对。")}


#: What the register's answers mean at a window, by reason: the field and the sentence.
REGISTER_SAYS: Mapping[str, tuple[str, Words]] = {
    "unknown": ("number", N_("人口库没有这个证件号码。请照证件核对；刚换发的，请过几天再来。")),
    "name": ("name", N_("人口库登记的姓名与证件不同。请照证件核对；姓名已变更的，请先办理姓名更正。")),
    "phone": (
        "phone",
        N_(
            "这个号码不是以本人的名义实名登记的。请填写本人名下的号码；刚办的新号，运营商登记后过一天再来。"
            "名下没有号码的，窗口可以当面帮办。"
        ),
    ),
    "deceased": ("number", N_("人口库登记的状态不允许办理。请按规定核实来人身份。")),
    "moved_out": ("number", N_("人口库登记的状态不允许办理。请按规定核实来人身份。")),
}
