"""Delivery 送达: the ways in which a result reaches its applicant (民事诉讼法 ch. 7, which 行政许可法 leaves it to)."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from tongban.cases.model.refusals import DeliveryIncomplete
from tongban.kit.errors import Words
from tongban.kit.i18n import N_, Message

#: How it reached her 送达方式, by the code that the step keeps.
DELIVERY_WAYS: dict[str, Message] = {
    "counter": N_("窗口领取"),
    "courier": N_("邮寄送达"),
    "electronic": N_("电子送达"),
    "left": N_("留置送达"),
}
LONGEST_NAME = 60
LONGEST_NOTE = 200


class Delivery(msgspec.Struct, frozen=True, omit_defaults=True):
    """One delivery 送达: its way by code, who took it (or the courier's number), and the officer's words."""

    way: str
    receiver: str
    note: str = ""


def delivery_typed(posted: Mapping[str, str]) -> Delivery:
    """The delivery that a form tells. Raises DeliveryIncomplete with a sentence per field."""
    way = posted.get("way", "")
    receiver, note = (" ".join(posted.get(name, "").split()) for name in ("receiver", "note"))
    faults: dict[str, Words] = {}
    if way not in DELIVERY_WAYS:
        faults["way"] = N_("请选择送达方式。")
    if not 2 <= len(receiver) <= LONGEST_NAME:
        faults["receiver"] = N_("请填写签收人姓名或者快递单号（2 至 60 个字）。")
    if len(note) > LONGEST_NOTE:
        faults["note"] = N_("说明不能超过 200 个字。")
    elif way == "left" and not note:
        faults["note"] = N_("留置送达的，请写明拒收的情形和见证人。")
    if faults:
        raise DeliveryIncomplete(faults)
    return Delivery(way, receiver, note)
