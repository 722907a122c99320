"""What a draft must keep before it may be published: the rules of brief practice for one item, each with its id.

Most come from the audit of real catalogues (consistency of 办件类型, 到现场次数, 收费, 结果 …); LAW rules
follow from statutes, FORM rules from this house.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from tongban.catalogue.model.after import HELD
from tongban.catalogue.model.codes import ELSEWHERE, catalog_code_holds, handle_code_holds, task_code_holds
from tongban.catalogue.model.icons import icon_names
from tongban.catalogue.model.item import ItemVersion
from tongban.catalogue.model.lint_adjusted import broken_adjusted
from tongban.catalogue.model.lint_asked import broken_asked
from tongban.catalogue.model.lint_handling import broken_handling
from tongban.catalogue.model.lint_later import broken_later, broken_promises
from tongban.catalogue.model.lint_materials import Known, broken_materials, listed
from tongban.catalogue.model.lint_together import broken_together
from tongban.catalogue.model.source import Source
from tongban.kit.forms import BadForm, Form, compile_form
from tongban.kit.i18n import Text
from tongban.kit.papers import PAPER_KINDS

Sources = Known
#: A person's account and the licence that she holds answer before any register does; they need no purpose.
_NO_REGISTER = ("account", HELD)
#: Of so many days of a statutory limit how many are working days at least: what is promised in working days fits in.
_WORKING_SHARE = {"working": 1.0, "calendar": 5 / 7, "months": 20.0}
_STAGES = frozenset(("accept", "examine", "decide", "make", "deliver"))


class Finding(msgspec.Struct, frozen=True):
    """One broken rule: its id, the field, and what to do about it in both languages."""

    rule: str
    field: str
    message: Text


Rule = Callable[[ItemVersion, Sources, str], Iterator[Finding]]


def lint(item: ItemVersion, sources: Iterable[Source] | Known, *, area_code: str = "") -> list[Finding]:
    """Every broken rule of a draft, in the order of the rules; empty when it may be published.

    ``area_code`` is the city's (021): land lines must carry it. Who looks at many items makes the ``sources`` Known
    once.
    """
    known = sources if isinstance(sources, Known) else Known(sources)
    return [finding for rule in RULES for finding in rule(item, known, area_code)]


def _codes(item: ItemVersion, _: Sources, __: str) -> Iterator[Finding]:
    if not catalog_code_holds(item.catalog_code):
        yield _found(
            "CODE-12", "catalog_code", "基本编码应为 12 位数字。", "The catalogue code has 12 digits."
        )
    if not task_code_holds(item.task_code, catalog_code=item.catalog_code, level=item.level):
        yield _found(
            *("CODE-31", "task_code"),
            "实施编码应为有效的统一社会信用代码、行使层级与基本编码，共 31 位。",
            "The task code is a valid USCC, the level and the catalogue code: 31 characters.",
        )
    if not handle_code_holds(item.handle_code, task_code=item.task_code):
        yield _found(
            *("CODE-33", "handle_code"),
            "业务办理项编码应为实施编码加 2 位数字。",
            "The handling code is the task code and two digits.",
        )


def _icon(item: ItemVersion, _: Sources, __: str) -> Iterator[Finding]:
    if item.icon not in icon_names():
        yield _found(
            *("ICON-1", "icon"),
            f"没有名为“{item.icon}”的图标，名称见 ui/assets/icons.svg。",
            f"There is no icon {item.icon!r}; their names stand in ui/assets/icons.svg.",
        )


def _on_the_spot(item: ItemVersion, _: Sources, __: str) -> Iterator[Finding]:
    if (item.clock.promise_days == 0) != (item.case_kind == "1"):
        yield _found(
            *("KIND-1", "case_kind"),
            "即办件的承诺时限为 0，承诺件的承诺时限大于 0。",
            "An on-the-spot item promises 0 days, any other promises more.",
        )


def _limits(item: ItemVersion, _: Sources, __: str) -> Iterator[Finding]:
    statutory = item.clock.statutory_days
    if (
        statutory is not None
        and item.clock.promise_days > statutory * _WORKING_SHARE[item.clock.statutory_unit]
    ):
        yield _found(
            *("CLOCK-1", "clock"),
            "承诺办结时限不得长于法定办结时限。",
            "The promised limit may not be longer than the statutory one.",
        )


def _handling(item: ItemVersion, _: Sources, __: str) -> Iterator[Finding]:
    yield from (_found(*broken) for broken in (*broken_handling(item), *broken_later(item)))


def _adjusted(item: ItemVersion, known: Sources, _: str) -> Iterator[Finding]:
    yield from (_found(*broken) for broken in broken_adjusted(item, known.adjusted.get(item.code)))


def _visits(item: ItemVersion, _: Sources, __: str) -> Iterator[Finding]:
    if item.visits > 0 and item.visits_reason is None:
        yield _found(
            *("VISIT-1", "visits_reason"),
            "需要到现场的，应写明原因。",
            "Where a visit is needed, say why.",
        )
    if item.is_online and item.whole_online != (item.visits == 0):
        yield _found(
            *("VISIT-2", "visits"),
            "全程网办事项到现场次数应为 0，可以网上申请而要到现场的不是全程网办。",
            "An item is online from end to end exactly when no visit is needed.",
        )
    if item.visits == 0 and not {"2", "3"} & set(item.ways) and "4" not in item.ways:
        yield _found(
            *("VISIT-3", "ways"),
            "不需要到现场又不能网上办理的，应提供快递申请。",
            "Without a visit and without an online way, applying by courier must be offered.",
        )


def _fees(item: ItemVersion, _: Sources, __: str) -> Iterator[Finding]:
    if item.fees and not item.pay_online:
        yield _found(
            *("FEE-1", "pay_online"),
            "收费事项应开通网上支付。",
            "An item with a fee must take payment online.",
        )
    if not item.fees and item.pay_online:
        yield _found(
            *("FEE-2", "pay_online"),
            "不收费的事项不应开通网上支付。",
            "An item without a fee has nothing to pay online.",
        )
    for place, fee in enumerate(item.fees):
        if not fee.basis.zh or fee.fen <= 0:
            yield _found(
                *("FEE-3", f"fees.{place}"),
                "收费项目应写明依据和金额。",
                "A fee names its legal basis and its amount.",
            )
        if not listed(item, fee.only_if):
            yield _found(
                *("FEE-4", f"fees.{place}"),
                "收费的适用情形应是事项已列出的情形选项。",
                "A fee's situations are options that the item lists.",
            )


def _audience(item: ItemVersion, _: Sources, __: str) -> Iterator[Finding]:
    groups = {"personal" if target == "1" else "legal" for target in item.targets}
    if groups != {topic.partition(".")[0] for topic in item.topics}:
        yield _found(
            *("AUDIENCE-1", "topics"),
            "主题分类应与服务对象一致（个人或法人）。",
            "Topics and audience must agree (personal or legal).",
        )


def _licensing(item: ItemVersion, _: Sources, __: str) -> Iterator[Finding]:
    if item.kind == "01" and (not item.faq or _STAGES - {step.stage for step in item.steps}):
        yield _found(
            *("LAW-1", "steps"),
            "行政许可应有常见问题，并写明受理、审查、决定、制证、送达各环节。",
            "A licensing item needs a question with its answer, and the steps accept, examine, decide, make, deliver.",
        )


def _results(item: ItemVersion, _: Sources, __: str) -> Iterator[Finding]:
    for place, result in enumerate(item.results):
        licence = result.kind == "licence" and result.licence_type and result.sample
        named = result.name.zh.endswith(("证", "照")) and not result.name.zh.endswith("凭证")
        if named and not licence and item.department_kind != ELSEWHERE:
            yield _found(
                *("RESULT-1", f"results.{place}"),
                "结果名称以“证”“照”结尾的，应为证照并附样本。",
                "A result whose name says that it is a licence must be one, with its type and a sample.",
            )


def _promises(item: ItemVersion, _: Sources, __: str) -> Iterator[Finding]:
    """Nobody looks in “My licences” for what never comes."""
    if item.licence_type:
        return
    told = [step.detail.zh for step in item.steps] + [result.delivery.zh for result in item.results]
    for field, promised in (("depth", item.depth == "7"), ("steps", any("我的证照" in one for one in told))):
        if promised:
            yield _found(
                *("RESULT-2", field),
                "结果不是证照的，不应写送达电子证照或者存入“我的证照”。",
                "Where the result is no licence, none may be promised: neither delivered nor put into “My licences”.",
            )


def _phones(item: ItemVersion, _: Sources, area_code: str) -> Iterator[Finding]:
    if item.contact.consult == item.contact.supervise:
        yield _found(
            *("PHONE-1", "contact.supervise"),
            "咨询电话与监督电话不得相同。",
            "The number for questions and the number for complaints must differ.",
        )
    for field in ("consult", "supervise"):
        number: str = getattr(item.contact, field)
        # Hotlines of five digits (12345) are dialled without an area code.
        own = area_code and item.department_kind != ELSEWHERE
        if own and len(number) > 5 and not number.startswith(area_code):
            yield _found(
                *("PHONE-2", f"contact.{field}"),
                f"固定电话应带本市区号 {area_code}。",
                f"A land line carries the city's area code {area_code}.",
            )


def _form(item: ItemVersion, sources: Sources, _: str) -> Iterator[Finding]:
    if not item.is_online:
        if item.form:
            yield _found(
                "FORM-1", "form", "未接入网上办理的事项不应有表单。", "A guide-only item has no form."
            )
        if not item.places:
            yield _found(
                *("FORM-2", "places"),
                "未接入网上办理的事项应写明到哪里办。",
                "A guide-only item says where to go.",
            )
        return
    try:
        form = compile_form(item.form)
    except BadForm as bad:
        yield _found("FORM-3", "form", f"表单不能使用：{bad}", f"The form cannot be used: {bad}")
        return
    if item.district_field and item.district_field not in form.by_name:
        yield _found(
            *("FORM-4", "district_field"),
            "应指明由哪个字段决定经办部门。",
            "Say which question decides the competent department.",
        )
    yield from _places(item, form)
    yield from _together(item, form)
    yield from _purpose(item, form, sources)


def _places(item: ItemVersion, form: Form) -> Iterator[Finding]:
    for place, material in enumerate(item.materials):
        if material.route == "none" and f"file_{material.code}" not in form.by_name:
            yield _found(
                *("FORM-5", f"materials.{place}"),
                f"需要提交的材料，表单中应有上传的地方：file_{material.code}。",
                f"A material that must be brought has its place in the form: file_{material.code}.",
            )


def _materials(item: ItemVersion, sources: Sources, _: str) -> Iterator[Finding]:
    yield from (_found(*broken) for broken in broken_materials(item, sources))


def _together(item: ItemVersion, form: Form) -> Iterator[Finding]:
    broken = (*broken_together(item, form), *broken_promises(item, form), *broken_asked(item, form))
    yield from (_found(*one) for one in broken)


def _papers(item: ItemVersion, _: Sources, __: str) -> Iterator[Finding]:
    for kind in item.papers.kinds if item.papers is not None else ():
        if kind not in PAPER_KINDS or not PAPER_KINDS[kind].of_person:
            yield _found(
                *("PAPER-1", "papers.kinds"),
                f"没有这种个人身份证件：{kind}（GA/T 2000.156）。",
                f"No identity paper of persons has this code: {kind} (GA/T 2000.156).",
            )


def _purpose(item: ItemVersion, form: Form, sources: Sources) -> Iterator[Finding]:
    named = {
        f"{field.ui.prefill.resource}.{field.ui.prefill.field}"
        for field in form.fields
        if field.ui.prefill is not None and field.ui.prefill.resource not in _NO_REGISTER
    }
    needed = named | item.rules.facts
    for name in sorted(needed ^ set(item.purpose_field_names)):
        yield _found(
            *("LAW-2", f"purpose_fields.{name}"),
            f"读取范围应恰为表单与规则所需：{name}（个人信息保护法第六条）。",
            f"What may be read is what form and rules need, no more and no less: {name} (PIPL art. 6).",
        )
    for name in sorted(needed):
        resource, _, element = name.partition(".")
        source = sources.get(("resource", resource))
        if source is None or element not in source.elements:
            yield _found(
                *("SOURCE-1", f"form.{name}"),
                f"没有已登记的来源提供 {name}。",
                f"No registered source tells {name}.",
            )
    if item.purpose_basis is None:
        yield _found(
            *("LAW-3", "purpose_basis"),
            "应写明读取个人信息的合法性基础（个人信息保护法第十三条）。",
            "Say on which legal basis personal data are read (PIPL art. 13).",
        )


def _languages(item: ItemVersion, _: Sources, __: str) -> Iterator[Finding]:
    for path in _half_said(msgspec.to_builtins(item)):
        yield _found("WORDS-1", path, "中文和英文都应填写。", "Both Chinese and English must be filled in.")


def _half_said(body: dict[str, Any]) -> list[str]:
    """Where one of the two languages is missing, in the order of the fields.

    A whole catalogue is walked through here, so it goes without recursion and names only what it finds.
    """
    found: list[str] = []
    waiting: list[tuple[Any, tuple[Any, ...]]] = [(body, ())]
    while waiting:
        value, path = waiting.pop()
        if type(value) is dict:
            if value.keys() == _BOTH:
                if not (value["zh"].strip() and value["en"].strip()):
                    found.append(".".join(map(str, path)))
                continue
            parts = list(value.items())
        else:
            parts = list(enumerate(value))
        waiting += [(inner, (*path, name)) for name, inner in reversed(parts) if type(inner) in _NESTED]
    return found


def _found(rule: str, field: str, zh: str, en: str) -> Finding:
    return Finding(rule, field, Text(zh, en))


_BOTH = {"zh", "en"}
_NESTED = (dict, list, tuple)

RULES: tuple[Rule, ...] = (
    _codes,
    _icon,
    _on_the_spot,
    _limits,
    _handling,
    _adjusted,
    _visits,
    _fees,
    _audience,
    _licensing,
    _results,
    _promises,
    _phones,
    _materials,
    _form,
    _papers,
    _languages,
)
