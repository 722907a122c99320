"""Letters about a promise 告知承诺 after the grant: its check, what was found, and its entry in the credit register."""

from __future__ import annotations

from tongban.cases.model.commitments import ENTERED, EXPIRED, GIVEN, LIFTED, Turn
from tongban.kit.i18n import N_, Message, Text

#: Title, body and text message.
Words = tuple[Message, Message, Message]

_SAID: dict[str, Message] = {
    GIVEN: N_("已按告知承诺准予。您的承诺最晚 {until} 核查，请保持符合承诺的条件。"),
    Turn.FALL_DUE: N_("您的承诺开始核查，最晚 {until} 完成。需要到现场的，工作人员会与您联系。"),
    Turn.HOLD: N_("核查通过，您的承诺属实。"),
    Turn.FAIL: N_(
        "核查发现：{found}。请在 {until} 前整改并告知部门；到期没有整改的，撤销许可并记入信用记录。"
    ),
    Turn.CURE: N_("整改到位，许可继续有效。"),
    Turn.LAPSE: N_("到期没有整改到位，部门将依法撤销许可，并记入信用记录。"),
    Turn.REVOKE: N_("许可因承诺不实被撤销，{until} 以前不能再用告知承诺；可以按一般程序申请。"),
    ENTERED: N_("承诺不实已记入信用记录，有效至 {until}。已经改正的，可以向部门申请信用修复。"),
    Turn.RESTORE: N_("部门同意信用修复：{found}。信用记录正在移出。"),
    LIFTED: N_("承诺不实的信用记录已移出，可以再用告知承诺。"),
    EXPIRED: N_("承诺不实的信用记录已到期失效，可以再用告知承诺。"),
}


def words_of(what: str, *, code: str, item: Text, mark: str, found: str, until: str) -> Words:
    """The letter of a turn of a promise, or of its entry."""
    said = Message(_SAID[what].msgid, {"found": found.rstrip("。"), "until": until})
    return (
        N_("告知承诺：{item}", item=item),
        N_("受理编码 {code}。{words}", code=code, words=said),
        N_("【{mark}】您的“{item}”，受理编码 {code}：{words}", mark=mark, item=item, code=code, words=said),
    )
