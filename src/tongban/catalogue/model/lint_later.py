"""What an item must keep of materials that may follow after acceptance 容缺后补."""

from __future__ import annotations

from collections.abc import Iterator

from tongban.catalogue.model.guide import Material
from tongban.catalogue.model.item import ItemVersion
from tongban.kit.forms import Form

#: A broken rule: its id, the field, what to do about it in Chinese and in English.
Broken = tuple[str, str, str, str]


def broken_later(item: ItemVersion) -> Iterator[Broken]:
    """The broken rules LATER of an item: only what must be brought can follow, and only where there is time for it."""
    for place, material in enumerate(item.materials):
        yield from _broken(item, material, f"materials.{place}")


def broken_promises(item: ItemVersion, form: Form) -> Iterator[Broken]:
    """Where a material may follow, the form requires its files, and offers the tick that promises them."""
    for place, material in enumerate(item.materials):
        if not material.later_days or material.place not in form.by_name:
            continue
        tick = form.by_name.get(material.promise)
        if not form.by_name[material.place].required or tick is None or tick.required:
            yield (
                *("LATER-4", f"materials.{place}"),
                f"可容缺后补的材料，表单应要求上传 {material.place}，并提供不必勾选的承诺 {material.promise}。",
                f"The form requires the files {material.place} and offers the promise {material.promise}, unticked.",
            )


def _broken(item: ItemVersion, material: Material, field: str) -> Iterator[Broken]:
    days, most = material.later_days, item.clock.follow_up_days
    if material.later != (days != 0) or not 0 <= days <= most:
        yield (
            *("LATER-1", f"{field}.later_days"),
            f"可容缺后补的材料应写明受理后几个工作日内补交（1 至 {most}，见时限规则），其他材料不写。",
            f"A material that may follow says within how many working days (1 to {most}, by its profile), no other.",
        )
    if not material.later:
        return
    if not material.required or material.exempt:
        yield (
            *("LATER-2", f"{field}.later"),
            "只有必须由申请人提交的材料才谈得上容缺后补；选交的、免提交的不写。",
            "Only what must be handed in can follow later: nothing optional, nothing that need not be brought.",
        )
    if item.case_kind == "1":
        yield (
            *("LATER-3", f"{field}.later"),
            "即办件当场决定，不能容缺后补。",
            "What is decided on the spot leaves no time in which a material could follow.",
        )
