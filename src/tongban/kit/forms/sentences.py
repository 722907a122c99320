"""From a fault to the sentence that its reader can act on, in zh and en."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from tongban.kit import papers
from tongban.kit.errors import Words
from tongban.kit.forms import numbers
from tongban.kit.forms.days import DayLimit
from tongban.kit.forms.field import Field
from tongban.kit.forms.model import Form
from tongban.kit.forms.quantities import NumberLimit
from tongban.kit.i18n import N_, Message, Text, both
from tongban.kit.papers import IdFault

#: Of several faults of one field the first in this order is told: what is missing, then what it is not,
#: then how it is written, then how much.
_ORDER = (
    *("additionalProperties", "required", "type", "enum", "const", "format", "pattern"),
    *("minLength", "maxLength", "minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf"),
    *("minItems", "maxItems", "uniqueItems", "not_before", "not_after"),
    *("at_least", "at_most", "once"),
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
_FORMAT_SENTENCES: dict[str, str] = {
    "cn-phone": N_("{label}应为11位手机号码，例如 13800138000。").msgid,
    "uscc": N_("{label}应为18位数字和大写字母（没有I、O、S、V、Z），请对照营业执照检查。").msgid,
    "date": N_("{label}不是有效的日期，请按年、月、日填写，例如 2026 年 5 月 24 日。").msgid,
    "year-month": N_("{label}不是有效的年月，请按年、月填写，例如 2026 年 5 月。").msgid,
    "name": N_("{label}只能用文字、数字、空格、括号和·-.&等符号，不能有表情或者<>。").msgid,
    "hour-minute": N_("{label}应为24小时制的时间，例如 09:30。").msgid,
    "email": N_("{label}应为电子邮箱地址，例如 name@example.com。").msgid,
    "cn-plate": N_("{label}应为机动车号牌号码，例如 沪A12345。").msgid,
    "cn-postcode": N_("{label}应为6位邮政编码，例如 200001。").msgid,
    "cn-passport": N_("{label}应为1或2个字母加7或8位数字，请照护照资料页填写。").msgid,
    "passport": N_("{label}应为5至15位字母和数字，请照护照资料页填写。").msgid,
    "hk-macao-permit": N_("{label}应为字母H或M加8位数字（旧证后面还有2位），请照证件填写。").msgid,
    "taiwan-permit": N_("{label}应为8位数字，请照证件填写。").msgid,
    "foreign-residence": N_("{label}应为9开头的18位号码，旧证为3个字母加12位数字，请逐位核对。").msgid,
    "identity-paper": N_("{label}不是任何一种身份证件的号码，请照证件逐位核对。").msgid,
}
_LIMIT_SENTENCES: dict[str, str] = {
    "minLength": N_("{label}至少要有 {limit} 个字。").msgid,
    "maxLength": N_("{label}最多 {limit} 个字，请缩短。").msgid,
    "enum": N_("请从列出的选项中选择{label}。").msgid,
    "minimum": N_("{label}不能小于 {limit}。").msgid,
    "maximum": N_("{label}不能大于 {limit}。").msgid,
    "exclusiveMinimum": N_("{label}应大于 {limit}。").msgid,
    "exclusiveMaximum": N_("{label}应小于 {limit}。").msgid,
    "uniqueItems": N_("{label}中有重复的内容，请删去一项。").msgid,
}
_ITEM_SENTENCES: dict[tuple[str, str], str] = {
    ("table", "minItems"): N_("{label}至少要有 {limit} 行。").msgid,
    ("table", "maxItems"): N_("{label}最多 {limit} 行，请删去多余的行。").msgid,
    ("choices", "minItems"): N_("{label}至少选择 {limit} 项。").msgid,
    ("choices", "maxItems"): N_("{label}最多选择 {limit} 项。").msgid,
    ("files", "minItems"): N_("{label}至少要上传 {limit} 个文件。").msgid,
    ("files", "maxItems"): N_("{label}最多上传 {limit} 个文件，请移除多余的。").msgid,
}
_MISSING_SENTENCES: dict[str, str] = {
    "checkbox": N_("请阅读并勾选“{label}”。").msgid,
    "radios": N_("请选择“{label}”。").msgid,
    "select": N_("请选择“{label}”。").msgid,
    "choices": N_("请选择“{label}”。").msgid,
    "files": N_("请上传{label}。").msgid,
    "table": N_("请至少填写一行{label}。").msgid,
}


class Fault(NamedTuple):
    """A broken rule: its keyword, its limit, and where the validator stood."""

    keyword: str
    limit: Any = None
    places: tuple[str, ...] = ()


def rank(fault: Fault) -> int:
    """Which of two faults of one field is told: the lower."""
    return _RANK.get(fault.keyword, len(_ORDER))


def sentence(form: Form, path: str, fault: Fault, answers: Mapping[str, Any]) -> Words:
    """What to say at ``path``, a field's name or a cell's ``table.row.column``."""
    if not path:
        return N_("内容与表单不符，请检查。")
    name, _, rest = path.partition(".")
    number, _, column_name = rest.partition(".")
    field = form.by_name.get(name)
    column = field and next((one for one in field.columns if one.name == column_name), None)
    if field is None or fault.keyword == "additionalProperties":
        return N_("这份表单没有“{name}”这一项。", name=path)
    if column is None:
        return _of_field(form.by_name, field, field.label, fault, answers.get(name))
    label = N_("{table}第 {row} 行的{label}", table=field.label, row=int(number) + 1, label=column.label)
    row = answers[name][int(number)]
    return _of_field({one.name: one for one in field.columns}, column, label, fault, row.get(column_name))


def _of_field(others: Mapping[str, Field], field: Field, label: Words, fault: Fault, value: Any) -> Words:
    keyword = fault.keyword
    own = field.ui.errors.get(keyword)
    if own is not None:
        return _naming(label, own) if keyword == "pattern" else own
    if (
        keyword == "required"
        or (keyword in ("minLength", "minItems") and not value)
        or (keyword == "const" and field.kind == "boolean")
    ):
        return Message(_MISSING_SENTENCES.get(field.ui.widget, N_("请填写{label}。").msgid), {"label": label})
    if field.ui.widget == "files" and len(fault.places) > 1:
        return _of_file(field, label, fault, value)
    if keyword in ("not_before", "not_after", "at_least", "at_most"):
        limit, bound = fault.limit
        return (
            _of_day(others, label, limit, bound)
            if isinstance(limit, DayLimit)
            else _of_other_number(others[limit.field], label, limit, own=field.measured(value), bound=bound)
        )
    if keyword == "once":
        return N_("{label}与第 {row} 行相同，请改正或者删去一行。", label=label, row=fault.limit)
    if keyword == "format":
        return _of_format(label, str(field.rule.get("format")), value)
    if keyword == "type":
        return _of_type(field, label)
    return _of_limit(field, label, keyword, fault.limit)


def _naming(label: Words, own: Text) -> Words:
    """A field's own words on its pattern, with the field's name where the English leaves it out.

    In a summary of faults "8 to 20 digits" alone says nothing; the Chinese sentences all name their field.
    """
    named = label.en if isinstance(label, Text) else both(label).en
    return own if named.lower() in own.en.lower() else Text(own.zh, f"{named}: {own.en}")


def _of_type(field: Field, label: Words) -> Words:
    if field.ui.widget == "money":
        return N_("{label}应为金额，最多两位小数，例如 1,234.50。", label=label)
    if field.kind == "integer":
        return N_("{label}应为整数，例如 3。", label=label)
    if field.kind == "number":
        return N_("{label}应为数字，例如 3.5。", label=label)
    return N_("{label}的内容类型不对，请重新填写。", label=label)


def _of_format(label: Words, name: str, value: Any) -> Words:
    if name == "cn-id":
        fault = papers.id_number_fault(str(value)) or IdFault.CHECK
        return Message(_ID_SENTENCES[fault], {"label": label})
    if name == "uscc" and papers.uscc_shaped(str(value)):
        return N_("{label}的校验码不符，请逐位对照营业执照检查。", label=label)
    unknown = N_("{label}的格式不正确，请检查后重新填写。").msgid
    return Message(_FORMAT_SENTENCES.get(name, unknown), {"label": label})


def _of_limit(field: Field, label: Words, keyword: str, limit: Any) -> Words:
    if keyword == "multipleOf":
        return _of_step(field, label, limit)
    several = _ITEM_SENTENCES.get((field.ui.widget, keyword))
    if several is not None:
        return Message(several, {"label": label, "limit": limit})
    known = _LIMIT_SENTENCES.get(keyword, N_("{label}的格式不正确，请检查后重新填写。").msgid)
    counts = field.kind in ("integer", "number") and keyword != "enum"
    return Message(known, {"label": label, "limit": field.measured(limit) if counts else limit})


def _of_step(field: Field, label: Words, step: float) -> Words:
    places = numbers.places_of(step)
    if field.kind == "number" and step == 10**-places:
        return N_("{label}最多 {places} 位小数。", label=label, places=places)
    return N_("{label}应为 {step} 的整数倍。", label=label, step=field.measured(step))


def _of_day(others: Mapping[str, Field], label: Words, limit: DayLimit, bound: str) -> Words:
    early = limit.keyword == "not_before"
    if limit.written == "today":
        if early:
            return N_("{label}不能早于今天（{day}）。", label=label, day=bound)
        return N_("{label}不能晚于今天（{day}）。", label=label, day=bound)
    if limit.field is not None:
        other = others[limit.field].label
        if early:
            return N_("{label}不能早于{other}（{day}）。", label=label, other=other, day=bound)
        return N_("{label}不能晚于{other}（{day}）。", label=label, other=other, day=bound)
    if early:
        return N_("{label}不能早于 {day}。", label=label, day=bound)
    return N_("{label}不能晚于 {day}。", label=label, day=bound)


def _of_other_number(other: Field, label: Words, limit: NumberLimit, *, own: Words, bound: float) -> Words:
    """Both by name, each with what was given for it: which of the two is wrong only the reader knows."""
    value = other.measured(bound)
    if limit.keyword == "at_least":
        return N_(
            "{label}（{own}）不能小于{other}（{value}），请核对这两项。",
            label=label,
            own=own,
            other=other.label,
            value=value,
        )
    return N_(
        "{label}（{own}）不能大于{other}（{value}），请核对这两项。",
        label=label,
        own=own,
        other=other.label,
        value=value,
    )


def _of_file(field: Field, label: Words, fault: Fault, value: Any) -> Words:
    """One of the attached files does not hold; which one is said by its name."""
    file = value[int(fault.places[1])] if isinstance(value, list) else None
    name = file.get("name", "") if isinstance(file, dict) else ""
    at = fault.places[-1]
    if at == "type":
        return N_("{label}不收“{name}”这种格式的文件，请换一种格式。", label=label, name=name)
    if at == "size":
        return N_("{label}中的“{name}”太大，请压缩后重新上传。", label=label, name=name)
    return N_("{label}中的“{name}”无法使用，请移除后重新上传。", label=label, name=name)
