"""What a draft must keep of a decision to adjust its approval 调整审批, from the day of the decision."""

from __future__ import annotations

from collections.abc import Iterator

from tongban.catalogue.model.adjusting import Adjustment, Change
from tongban.catalogue.model.item import ItemVersion

#: Where in the item the change is seen.
_FIELDS: dict[Change, str] = {
    "commitment": "commitment",
    "filing": "kind",
    "shorter": "clock.promise_days",
    "districts": "level",
}
_ASKED: dict[Change, tuple[str, str]] = {
    "commitment": ("应写明告知承诺（commitment）", "it says by which commitment it is granted (commitment)"),
    "filing": ("不再是行政许可（kind 不为 01）", "it is no approval any more (kind is not 01)"),
    "shorter": ("承诺办结时限不超过 {days} 个工作日", "it promises at most {days} working days"),
    "districts": ("由区级以下办理（level 为 4 至 6）", "a district or lower handles it (level 4 to 6)"),
}


def broken_adjusted(item: ItemVersion, decided: Adjustment | None) -> Iterator[tuple[str, str, str, str]]:
    """The broken rule of a draft that is not adjusted as ``decided``: rule, field, Chinese and English."""
    if decided is None or decided.carried(item):
        return
    zh, en = (one.format(days=decided.days) for one in _ASKED[decided.change])
    yield (
        *("ADJUST-1", _FIELDS[decided.change]),
        f"已决定调整这个事项（{decided.basis.zh}：{decided.instead.zh}）：{zh}。",
        f"It is decided to adjust this item ({decided.basis.en}: {decided.instead.en}): {en}.",
    )
