"""The check on submit: every wrong field at once, one clear sentence each."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from tongban.kit import papers
from tongban.kit.forms.model import Field, Form, Validator
from tongban.kit.i18n import N_, Message, Text
from tongban.kit.papers import IdFault

Words = Message | Text

#: Of several faults of one field the first in this order is told: what is missing, then what it is not,
#: then how it is written, then how much.
_ORDER = (
    *("additionalProperties", "required", "type", "enum", "const", "format", "pattern"),
    *("minLength", "maxLength", "minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf"),
)
_RANK = {keyword: rank for rank, keyword in enumerate(_ORDER)}

_ID_SENTENCES: dict[IdFault, str] = {
    IdFault.LENGTH: N_("{label}应为18位，请对照身份证检查。").msgid,
    IdFault.FIFTEEN: N_("15位的一代身份证号码已停止使用，请填写18位号码。").msgid,
    IdFault.LETTERS: N_("{label}只能是数字，最后一位可以是字母X。").msgid,
    IdFault.AREA: N_("{label}的前两位不是有效的地区代码，请检查。").msgid,
    IdFault.BIRTH: N_("{label}第7至14位不是有效的出生日期，请检查。").msgid,
    IdFault.CHECK: N_("{label}的校验码不符，请逐位对照身份证检查。").msgid,
}


def check(form: Form, answers: Mapping[str, Any], *, later: Collection[str] = ()) -> dict[str, Words]:
    """What is wrong, by field name, in the form's order; empty when all holds.

    Questions that are not asked (``when``) are neither required nor looked at; those in ``later`` wait
    for their register and may be missing.
    """
    asked = form.asked(answers)
    hidden = frozenset(form.by_name) - {field.name for field in asked}
    if hidden:
        answers = {name: value for name, value in answers.items() if name not in hidden}
    validator = form.validator_without(hidden)
    if validator.is_valid(answers):
        return {}
    faults = _faults(validator, answers)
    found = {
        field.name: _sentence(field, faults[field.name], answers.get(field.name))
        for field in asked
        if field.name in faults and not (field.name in later and field.name not in answers)
    }
    for name in sorted(faults.keys() - form.by_name.keys()):
        found[name] = (
            N_("这份表单没有“{name}”这一项。", name=name) if name else N_("内容与表单不符，请检查。")
        )
    return found


class _Fault(NamedTuple):
    rank: int
    keyword: str
    limit: Any


def _faults(validator: Validator, answers: Mapping[str, Any]) -> dict[str, _Fault]:
    """The first fault of each field; the empty name stands for the form as a whole."""
    faults: dict[str, _Fault] = {}
    for error in validator.iter_errors(answers):
        # The stubs know only what all kinds share; each kind carries its own values beside it.
        kind: Any = error.kind
        if kind.name == "required":
            names = [kind.property]
        elif kind.name == "additionalProperties":
            names = kind.unexpected
        else:
            names = [str(error.instance_path[0]) if error.instance_path else ""]
        fault = _Fault(_RANK.get(kind.name, len(_ORDER)), kind.name, getattr(kind, "limit", None))
        for name in names:
            if name not in faults or fault.rank < faults[name].rank:
                faults[name] = fault
    return faults


def _sentence(field: Field, fault: _Fault, value: Any) -> Words:
    keyword = fault.keyword
    own = field.ui.errors.get(keyword)
    if own is not None:
        return own
    if keyword == "required" or (keyword == "minLength" and not value):
        return _missing(field)
    if keyword == "const" and field.kind == "boolean":
        return _missing(field)
    if keyword == "format":
        return _format_sentence(field, str(field.rule.get("format")), value)
    if keyword == "type":
        return _type_sentence(field)
    return _limit_sentence(field, keyword, fault.limit)


def _missing(field: Field) -> Words:
    if field.ui.widget == "checkbox":
        return N_("请阅读并勾选“{label}”。", label=field.label)
    if field.ui.widget in ("radios", "select"):
        return N_("请选择{label}。", label=field.label)
    return N_("请填写{label}。", label=field.label)


def _type_sentence(field: Field) -> Words:
    if field.kind == "integer":
        return N_("{label}应为整数，例如 3。", label=field.label)
    if field.kind == "number":
        return N_("{label}应为数字，例如 3.5。", label=field.label)
    return N_("{label}的内容类型不对，请重新填写。", label=field.label)


def _format_sentence(field: Field, name: str, value: Any) -> Words:
    if name == "cn-id":
        return Message(
            _ID_SENTENCES[papers.id_number_fault(str(value)) or IdFault.CHECK], {"label": field.label}
        )
    if name == "cn-phone":
        return N_("{label}应为11位手机号码，例如 13800138000。", label=field.label)
    if name == "uscc":
        return N_("{label}应为18位统一社会信用代码，请对照营业执照检查。", label=field.label)
    if name == "date":
        return N_("{label}不是有效的日期，请按年、月、日填写，例如 2026 年 5 月 24 日。", label=field.label)
    if name == "email":
        return N_("{label}应为电子邮箱地址，例如 name@example.com。", label=field.label)
    return N_("{label}的格式不正确，请检查后重新填写。", label=field.label)


def _limit_sentence(field: Field, keyword: str, limit: Any) -> Words:
    label = field.label
    if keyword == "minLength":
        return N_("{label}至少要有 {limit} 个字。", label=label, limit=limit)
    if keyword == "maxLength":
        return N_("{label}最多 {limit} 个字，请缩短。", label=label, limit=limit)
    if keyword == "enum":
        return N_("请从列出的选项中选择{label}。", label=label)
    if keyword == "minimum":
        return N_("{label}不能小于 {limit}。", label=label, limit=limit)
    if keyword == "maximum":
        return N_("{label}不能大于 {limit}。", label=label, limit=limit)
    return N_("{label}的格式不正确，请检查后重新填写。", label=label)
