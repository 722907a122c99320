"""Why somebody at the desk looks: at a case after its end, at masked answers in full. The applicant reads it."""

from __future__ import annotations

from tongban.kit.errors import Forbidden, Invalid
from tongban.kit.i18n import N_, Message

#: The grounds 事由, by the code that the ledger keeps.
GROUNDS: dict[str, Message] = {
    "asked": N_("申请人来电或者来访询问"),
    "licence": N_("变更、挂起或者注销证照"),
    "complaint": N_("处理投诉、复议或者诉讼"),
    "inspection": N_("监督检查、抽查"),
}
#: Why the masked answers of a running case are shown in full 查看理由, by the code that the ledger keeps. A closed
#: list: the ledger is kept for good, and what an officer would type into it may hold a name.
SHOWN_FOR: dict[str, Message] = {
    "materials": N_("与材料或者登记核对"),
    "identity": N_("核对是不是本人"),
    "contact": N_("联系申请人核实"),
    "decide": N_("审查、复核或者作出决定"),
    "asked": N_("申请人来电或者来访询问"),
    "complaint": N_("处理投诉、复议或者诉讼"),
}


class GroundMissing(Forbidden):
    """The case has ended, and with it the purpose of reading it: another look needs a ground of its own."""

    def __init__(self) -> None:
        super().__init__(
            "case-ground-missing", N_("这个办件已经结束。再次查看个人信息要有事由，申请人会看到。")
        )


class ShownForNothing(Invalid):
    """The masked answers of a case were asked for without a reason of the list; nothing was shown, nothing noted."""

    def __init__(self) -> None:
        words = N_("请选择查看完整内容的理由，申请人会看到。")
        super().__init__("reason-to-show-missing", words, fields={"why": words})
