"""Why a department looks at a case again after its end: a reason that the applicant reads, asked each time."""

from __future__ import annotations

from tongban.kit.errors import Forbidden
from tongban.kit.i18n import N_, Message

#: The grounds 事由, by the code that the ledger keeps.
GROUNDS: dict[str, Message] = {
    "asked": N_("申请人来电或者来访询问"),
    "licence": N_("变更、挂起或者注销证照"),
    "complaint": N_("处理投诉、复议或者诉讼"),
    "inspection": N_("监督检查、抽查"),
}


class GroundMissing(Forbidden):
    """The case has ended, and with it the purpose of reading it: another look needs a ground of its own."""

    def __init__(self) -> None:
        super().__init__(
            "case-ground-missing", N_("这个办件已经结束。再次查看个人信息要有事由，申请人会看到。")
        )
