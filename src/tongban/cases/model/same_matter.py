"""Which matter 同一事项 an application is of: of one item one person has one under way for each matter, and no more.

For most items the applicant herself is the matter. Where a firm applies, another firm is another matter; where the
licence is one for each premises 一地一证, other premises are too. What is about another case or a licence is told apart
by that case, and what is applied for together by its first applicant.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tongban.cases.model.answers import FIRM_CODE, PLACE_ADDRESS, by_element
from tongban.catalogue import ItemVersion
from tongban.kit.errors import Words
from tongban.kit.forms import Form
from tongban.kit.i18n import N_
from tongban.kit.keys import Keys

#: What stands in a row whose matter the applicant is, and in every draft: of those there is one for each item.
OWN_MATTER = b""
#: Whom the second of the code sets of :class:`ItemVersion` calls a firm.
_FIRM = "2"


def told_apart_by(version: ItemVersion, form: Form, *, per_premises: bool) -> tuple[str, ...]:
    """The data elements by which two matters of this item are told apart; none where the applicant is the matter.

    ``per_premises`` says that the item's licence is one for each premises.
    """
    if version.joint_applicants is not None or version.about or version.after is not None:
        return ()
    firm = _FIRM in version.targets
    asked = [FIRM_CODE] * firm + [PLACE_ADDRESS] * per_premises
    return tuple(element for element in asked if any(field.ui.element == element for field in form.fields))


def matter_of(keys: Keys, form: Form, answers: Mapping[str, Any], by: tuple[str, ...]) -> bytes:
    """The keyed hash of what :func:`told_apart_by` names (32 bytes), spaced and wide as they may be; else empty."""
    if not by:
        return OWN_MATTER
    return keys.blind_index("matter", "\x1f".join(by_element(form, answers, element) for element in by))


def same_matter(form: Form, by: tuple[str, ...]) -> dict[str, Words]:
    """The sentence for who applies again while the same matter is under way, at the question that tells them apart."""
    said = (
        N_("您为这家企业在这个地址的申请正在办理，不能同时再提交一份。为另一处场所申请的，请填那一处的地址。")
        if PLACE_ADDRESS in by
        else N_(
            "您为这家企业的这件事已经提交，正在办理，不能同时再提交一份。为另一家企业申请的，请填那一家的代码。"
        )
    )
    return {field.name: said for field in form.fields if field.ui.element == by[-1]}
