"""What this room's codes are called in a person's copy of her data (PIPL art. 45); what pages say, they say alike."""

from __future__ import annotations

from tongban.kit.i18n import Text
from tongban.kit.personal import Spoken
from tongban.licences.model.afterwards import ACT_WORDS
from tongban.licences.model.states import STATE_WORDS

WORDS: dict[str, Spoken] = {
    "state": STATE_WORDS,
    "asked.act": ACT_WORDS,
    "decisions.act": {
        "suspend": Text("挂起", "Suspended"),
        "resume": Text("恢复使用", "Back in use"),
        "cancel": Text("注销", "Cancelled"),
        "revoke": Text("撤销", "Revoked"),
        "withdraw": Text("吊销", "Withdrawn"),
        "abolish": Text("废止", "Abolished"),
        "retract": Text("撤回", "Retracted"),
        "reinstate": Text("经行政复议改变", "Changed after reconsideration"),
    },
    "card_orders.state": {
        "waiting": Text("等待制卡", "Waits to be made"),
        "batched": Text("制卡中", "Being made"),
        "made": Text("已制卡", "Made"),
        "halted": Text("暂停制卡", "Halted"),
    },
    "reminders.kind": {
        "opens": Text("可以延续", "Renewal is open"),
        "closes": Text("延续快要截止", "Renewal closes soon"),
    },
}
