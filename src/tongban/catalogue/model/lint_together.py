"""What an item that several apply for must say, so that the others can be found and asked."""

from __future__ import annotations

from collections.abc import Iterator

from tongban.catalogue.model.item import ItemVersion, Party
from tongban.kit.forms import Form

#: A broken rule: its id, the field, what to do about it in Chinese and in English.
Broken = tuple[str, str, str, str]


def broken_together(item: ItemVersion, form: Form) -> Iterator[Broken]:
    """The broken rules JOINT of an item; whom it asks to confirm must be findable by an ID number in the form."""
    joint = item.joint_applicants
    if joint is None:
        return
    if not joint.parties or not joint.why.zh or not joint.basis.zh:
        yield (
            *("JOINT-1", "joint_applicants"),
            "共同申请的事项应写明由谁确认、为什么和依据。",
            "An item that is applied for together says who confirms, why, and on what basis.",
        )
    for place, party in enumerate(joint.parties):
        if not _findable(party, form):
            yield (
                *("JOINT-2", f"joint_applicants.parties.{place}"),
                "应指明表单中填写共同申请人姓名和公民身份号码（cn-id）的字段。",
                "Name the questions of the form that ask the joint applicant's name and ID number (cn-id).",
            )
    for key in sorted(set(joint.titles) - {section.key for section in form.sections}):
        yield (
            *("JOINT-3", "joint_applicants.titles"),
            f"表单中没有这一部分：{key}。",
            f"The form has no such section: {key}.",
        )
    for name in sorted({*joint.own, *joint.withheld} - set(form.by_name)):
        yield (
            *("JOINT-3", f"joint_applicants.{'own' if name in joint.own else 'withheld'}"),
            f"表单中没有这个字段：{name}。",
            f"The form has no such question: {name}.",
        )


def _findable(party: Party, form: Form) -> bool:
    table = form.by_name.get(party.table) if party.table else None
    fields = (table.columns if table else ()) if party.table else form.fields
    asked = {one.name: one for one in fields}
    number = asked.get(party.id_number)
    return party.name in asked and number is not None and number.rule.get("format") == "cn-id"
