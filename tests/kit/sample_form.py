"""A small form with every kind of question, what a person types into it, and the answers it becomes."""

from __future__ import annotations

from typing import Any


def ui(zh: str, en: str, element: str, **more: Any) -> dict[str, Any]:
    return {"label": {"zh": zh, "en": en}, "element": element, **more}


def words(zh: str, en: str) -> dict[str, str]:
    return {"zh": zh, "en": en}


SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["name", "id_number", "phone", "ground", "employer", "school", "address", "since", "promise"],
    "properties": {
        "name": {
            "type": "string",
            "minLength": 2,
            "maxLength": 50,
            "x-ui": ui(
                *("姓名", "Name", "DE00001"),
                section="person",
                editable=False,
                sensitive=True,
                mask="name",
                prefill={"resource": "population", "field": "name"},
            ),
        },
        "id_number": {
            "type": "string",
            "format": "cn-id",
            "x-ui": ui(
                *("公民身份号码", "ID number", "DE00002"),
                section="person",
                sensitive=True,
                prefill={"resource": "population", "field": "id_number"},
            ),
        },
        "phone": {
            "type": "string",
            "format": "cn-phone",
            "x-ui": ui(
                "手机号码", "Mobile number", "DE00003", section="person", widget="phone", sensitive=True
            ),
        },
        "children": {
            "type": "integer",
            "minimum": 0,
            "maximum": 20,
            "x-ui": ui("子女人数", "Number of children", "DE00009", section="person"),
        },
        "ground": {
            "type": "string",
            "enum": ["work", "study"],
            "x-ui": ui(
                *("申领理由", "Ground", "DE00004"),
                section="stay",
                widget="radios",
                options=[
                    {"value": "work", "label": words("稳定就业", "Stable work")},
                    {"value": "study", "label": words("连续就读", "Continuous study")},
                ],
            ),
        },
        "employer": {
            "type": "string",
            "x-ui": ui(
                "单位名称", "Employer", "DE00005", section="stay", when={"field": "ground", "is": ["work"]}
            ),
        },
        "school": {
            "type": "string",
            "x-ui": ui(
                "学校名称", "School", "DE00006", section="stay", when={"field": "ground", "is": ["study"]}
            ),
        },
        "address": {
            "type": "string",
            "minLength": 5,
            "maxLength": 20,
            "x-ui": ui("居住地址", "Address", "DE00007", section="stay", widget="address"),
        },
        "since": {
            "type": "string",
            "format": "date",
            "x-ui": ui("居住起始日期", "Living there since", "DE00008", section="stay", widget="date"),
        },
        "note": {"type": "string", "x-ui": ui("备注", "Note", "DE00010", section="stay", widget="textarea")},
        "promise": {
            "type": "boolean",
            "const": True,
            "x-ui": ui("以上内容属实", "The above is true", "DE00011", section="stay", widget="checkbox"),
        },
    },
    "x-ui": {
        "order": [
            *("name", "id_number", "phone", "children"),
            *("ground", "employer", "school", "address", "since", "note", "promise"),
        ],
        "sections": [
            {"key": "person", "title": words("个人信息", "About you")},
            {"key": "stay", "title": words("居住情况", "Your stay")},
        ],
    },
}

TYPED = {
    "name": " 王　芳 ",
    "id_number": "１１０１０５ 19491231002x",
    "phone": "138 0013 8000",
    "children": "２",
    "ground": "work",
    "employer": "示范软件有限公司",
    "school": "typed before the ground was changed",
    "address": "幸福路１２号３０１室",
    "since-year": "2026",
    "since-month": "5",
    "since-day": "２４",
    "note": "第一行\r\n第二行\r\n",
    "promise": "yes",
    "_csrf": "x",
}
ANSWERS = {
    "name": "王 芳",
    "id_number": "11010519491231002X",
    "phone": "13800138000",
    "children": 2,
    "ground": "work",
    "employer": "示范软件有限公司",
    "address": "幸福路12号301室",
    "since": "2026-05-24",
    "note": "第一行\n第二行",
    "promise": True,
}
