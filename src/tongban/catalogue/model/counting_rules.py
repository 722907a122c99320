"""The counts of the catalogue in words: what people read beside each number, and by what the list is filtered."""

from __future__ import annotations

import msgspec

from tongban.catalogue.model.counting import APP_PAPERS, APP_QUESTIONS, PUBLIC_ORDER
from tongban.kit.i18n import Text


class Rule(msgspec.Struct, frozen=True):
    """A count as people read it: its key, its name, and its formula in words; ``within`` is the count it is a part of.

    The key is a field of :class:`Counts`; of the police's fields ``police.`` and the field.
    """

    key: str
    name: Text
    formula: Text
    within: str = ""


RULES = (
    Rule(
        "items",
        Text("政务服务事项", "Service items"),
        Text(
            "生效的实施清单，每行一项；同一事项的延续、变更、补发、注销不另计",
            "Rows of the implementation list in force; renewal, change, reissue and cancellation are not counted again",
        ),
    ),
    Rule(
        "whole_online",
        Text("全程网办", "Wholly online"),
        Text(
            "到现场 0 次，能在网上申请，结果在网上反馈或者寄送",
            "No visit, applied for online, result told online or sent",
        ),
    ),
    Rule(
        "at_most_one_visit",
        Text("最多跑一次", "At most one visit"),
        Text(
            "到现场不超过 1 次；只收纸质原件又不能寄送的，至少算 1 次",
            "No more than one visit; a paper taken on paper alone and not by courier is one at least",
        ),
    ),
    Rule(
        "zero_material",
        Text("零材料", "No documents"),
        Text("列有材料，必要材料全部免提交", "It has materials, and none that is required must be brought"),
    ),
    Rule(
        "app",
        Text("适合移动端", "Suited to the app"),
        Text(
            f"全程网办，最多填 {APP_QUESTIONS} 项、没有表格，最多拍照 {APP_PAPERS} 份，收费的在线支付",
            f"Wholly online, at most {APP_QUESTIONS} questions, no table, {APP_PAPERS} photographs; fees paid online",
        ),
    ),
    Rule(
        "courier",
        Text("可寄送", "By courier"),
        Text(
            "结果按表单所填地址寄送，或者纸质材料可以快递提交",
            "The result is sent to the address in the form, or papers may come by courier",
        ),
    ),
    Rule(
        "fees",
        Text("收费事项在线支付", "Fees paid online"),
        Text("有收费项目，并且能在线支付", "It has a fee, paid online"),
    ),
    Rule(
        "city_wide",
        Text("全市通办", "Anywhere in the city"),
        Text(
            "通办范围为全市、跨省或者全国", "Taken anywhere in the city, across provinces or in the country"
        ),
    ),
    Rule(
        "new_city_wide",
        Text("当年新增全市通办", "New anywhere in the city"),
        Text(
            "全市通办，现行版本在统计年度生效", "Taken anywhere in the city, by a version of the year counted"
        ),
        "city_wide",
    ),
    Rule(
        "new_city_wide_personal",
        Text("当年新增个人全市通办", "New anywhere in the city, for persons"),
        Text("当年新增全市通办，服务对象有自然人", "New anywhere in the city, and it serves natural persons"),
        "city_wide",
    ),
    Rule(
        "across_provinces",
        Text("跨省通办", "Across provinces"),
        Text("通办范围为跨省或者全国", "Taken across provinces or in the whole country"),
    ),
    Rule(
        "police",
        Text("派出所综合窗口", "Police station windows"),
        Text(
            "公安机关的事项，全市通办，最多跑一次",
            "Police items, taken anywhere in the city, in at most one visit",
        ),
    ),
    *(
        Rule(f"police.{field}", name, formula, "police")
        for field, name, formula in (
            (
                "exit_entry",
                Text("出入境", "Entry and exit"),
                Text("主题为出国出境", "Its theme is travel abroad"),
            ),
            (
                "traffic",
                Text("交警", "Traffic"),
                Text("主题为交通出行或者交通运输", "Its theme is traffic or transport"),
            ),
            (
                "population",
                Text("人口", "Population"),
                Text(
                    "主题为户籍、居住、身份或者生育", "Its theme is household, residence, identity or birth"
                ),
            ),
            (PUBLIC_ORDER, Text("治安", "Public order"), Text("其他公安业务", "All other police items")),
        )
    ),
)
RULES_BY_KEY = {rule.key: rule for rule in RULES}
