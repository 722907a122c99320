"""What a draft must keep of how it is handled: who examines it in which order, and what is looked at on the spot."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tongban.catalogue.model.item import ItemVersion

#: It stands in the address of the point's page, beside the record's two pages that are no point.
_POINT_KEY = re.compile(r"(?!(about|end)$)[a-z][a-z_]{1,39}")
#: The duties of an item's chain in their order (行政许可法 art. 34: examined and decided by different people).
_IN_CHAIN = ("examine", "review", "approve")
#: A rule's id, the field, and what to do about it in Chinese and English.
Broken = tuple[str, str, str, str]


def broken_handling(item: ItemVersion) -> Iterator[Broken]:
    """What does not hold of the item's chain 审查链, of the points of its inspection 现场核查, of its hearing 听证."""
    in_order = [duty for duty in _IN_CHAIN if duty in item.chain]
    if item.chain and (item.chain[-1] != _IN_CHAIN[-1] or list(item.chain) != in_order):
        yield (
            *("CHAIN-1", "chain"),
            "审查链按审查（examine）、复核（review）、审批（approve）的顺序，每步至多一次，以审批结束。",
            "A chain takes examine, review and approve in this order, each once at most, and ends with approve.",
        )
    keys = [point.key for point in item.inspection]
    for place, key in enumerate(keys):
        if not _POINT_KEY.fullmatch(key) or keys.index(key) != place:
            yield (
                *("INSPECT-1", f"inspection.{place}.key"),
                f"现场核查项目的代码应为小写字母和下划线，各不相同，不用 about 和 end：{key}。",
                f"The key of a point is lower case letters and underscores, once each, not about or end: {key}.",
            )
    yield from _afterwards(item)
    if keys and not any(one.kind == "2" for one in item.special_procedures):
        yield "INSPECT-2", "inspection", "应把现场核查列为特别程序。", "List it as a special procedure."
    yield from _broken_hearing(item)
    yield from _broken_first_review(item)
    yield from _broken_conditions(item)


def _broken_first_review(item: ItemVersion) -> Iterator[Broken]:
    """What does not hold of an item that the organ above decides after a first review 初审."""
    one, days = item.first_review, item.clock.first_review_days
    if one is None and not days:
        return
    if one is None or not days:
        yield (
            *("FIRST-1", "first_review"),
            "初审后报上级机关决定的事项，first_review 和初审的期限（clock.first_review_days）要一起写。",
            "What an organ above decides has both: first_review, and clock.first_review_days for the first review.",
        )
        return
    if item.chain != _IN_CHAIN:
        yield (
            *("FIRST-2", "chain"),
            "初审后报送的事项，审查链应为审查、复核（报送）、审批三步。",
            "Its chain has all three steps: examine, review (which reports it upwards), approve.",
        )
    question = item.form.get("properties", {}).get(one.field, {})
    sealed = question.get("x-ui", {}).keys() & {"sensitive", "prefill"}
    if not one.answers or sealed or not set(one.answers) <= set(question.get("enum", ())):
        yield (
            *("FIRST-3", "first_review.answers"),
            "field 应是表单里的选择题，不涉敏感、不从登记库带入，answers 是它的选项。",
            "Its field is a choice of the form, neither sensitive nor filled from a register, answers are its options.",
        )
    limits = item.clock
    if limits.statutory_days is None or not days < limits.promise_days <= limits.statutory_days:
        yield (
            *("FIRST-4", "clock"),
            "承诺期限和法定期限都从受理起算，包括初审：初审的天数应少于承诺的天数。",
            "Promise and law count from acceptance, the first review included: its days are fewer than those promised.",
        )


def _broken_conditions(item: ItemVersion) -> Iterator[Broken]:
    """What does not hold of the special procedures that the law makes a condition of the approval 法定前置程序."""
    for place, one in enumerate(item.special_procedures):
        if (one.condition and one.mark != "real") or (
            (one.condition == "time" and not one.calendar_days)
            or (one.ask_within and one.condition != "time")
        ):
            yield (
                *("SPECIAL-1", f"special_procedures.{place}.condition"),
                "法定前置（condition）的依据应核实（mark: real）；time 要写 calendar_days，ask_within 只用于 time。",
                "A condition rests on a law looked up (mark: real); time needs calendar_days, alone has ask_within.",
            )


def _broken_hearing(item: ItemVersion) -> Iterator[Broken]:
    """What does not hold of the hearing 听证 that the item owes."""
    if not item.clock.hearing:
        return
    if item.case_kind == "1" or item.clock.promise_days == 0:
        yield (
            *("HEARING-1", "clock.hearing"),
            "即办件当场决定，不能在决定前告知或者举行听证；请改为承诺件，或者去掉 hearing。",
            "What is decided on the spot leaves no time for a hearing: make it one by promise, or leave hearing out.",
        )
    if "hearing" not in item.clock.basis:
        yield (
            *("HEARING-2", "clock.basis"),
            "要求听证的事项，应在 clock.basis.hearing 写明依据（时限规则里没有的，由事项写）。",
            "An item that owes a hearing says on what law, in clock.basis.hearing, where its clock profile does not.",
        )


def _afterwards(item: ItemVersion) -> Iterator[Broken]:
    """What does not hold of life after the decision 许可后续办理 (行政许可法 art. 50)."""
    window = item.after.window if item.after is not None else None
    if window is not None and not 0 <= window.closes < window.opens:
        yield (
            *("AFTER-1", "after.window"),
            "延续申请的开始日应早于截止日：opens 大于 closes，都不小于 0。",
            "A renewal opens before it closes: opens is more than closes, neither below 0.",
        )
    if item.after is not None and item.about != "licence":
        yield (
            "AFTER-2",
            "about",
            "后续办理事项应针对所持证照。",
            "An item for a held licence is about a licence.",
        )
