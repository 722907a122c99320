"""A small form with every kind of question, what a person types into it, and the answers it becomes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml


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

#: A form with every kind of question, as an item's file has it.
EVERY_KIND: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "every_kind.yaml").read_text())

FILE: dict[str, Any] = {
    "file": "0198c0de-0000-7000-8000-000000000001",
    "name": "租赁合同.pdf",
    "size": 1_468_006,
    "type": "application/pdf",
    "pages": 2,
}
EVERY_TYPED = {
    "firm": "示范软件有限公司",
    "uscc": "91310115ma1k35xx7n",
    "founded-year": "2024",
    "founded-month": "3",
    "founded-day": "1",
    "legal_name": "王芳",
    "legal_id": "11010519491231002X",
    "born-year": "1949",
    "born-month": "12",
    "born-day": "31",
    "contact": "13800138000",
    "email": "ＷＡＮＧ@example.com",
    "has_agent": "self",
    "agent": "typed before the choice was changed",
    "address": "幸福路１２号３０１室",
    "postcode": "２０００４０",
    "area": "８０。５平方米",
    "lease_from-year": "2026",
    "lease_from-month": "1",
    "lease_from-day": "1",
    "lease_to-year": "2028",
    "lease_to-month": "12",
    "lease_to-day": "31",
    "opens_at": "9：30",
    "plate": "沪a·12345",
    "support": "",
    "support-1": "rent",
    "support-3": "equipment",
    "month-year": "2026",
    "month-month": "5",
    "staff": "12人",
    "share": "37.5%",
    "rent": "￥１２，３４５．６元",
    "costs": "",
    "costs.0": "",
    "costs.0.what": "rent",
    "costs.0.detail": "typed before the choice was changed",
    "costs.0.spent_on-year": "2026",
    "costs.0.spent_on-month": "3",
    "costs.0.spent_on-day": "5",
    "costs.0.payee": "李明",
    "costs.0.payee_id": "11010519491231002x",
    "costs.0.amount": "1,234.50",
    "costs.0.invoiced": "yes",
    "costs.3": "",
    "costs.3.what": "other",
    "costs.3.detail": "中介费",
    "costs.3.spent_on-year": "2026",
    "costs.3.spent_on-month": "03",
    "costs.3.spent_on-day": "06",
    "costs.3.payee": "欧阳小明",
    "costs.3.payee_id": "11010519491231002X",
    "costs.3.amount": "０.1",
    "costs.7": "",
    "costs.7.what": "",
    "costs.7.amount": " ",
    "costs.7.unknown": "injected",
    "note": "第一行\r\n第二行 😀",
    "promise": "yes",
}
EVERY_ANSWER: dict[str, Any] = {
    "firm": "示范软件有限公司",
    "uscc": "91310115MA1K35XX7N",
    "founded": "2024-03-01",
    "legal_name": "王芳",
    "legal_id": "11010519491231002X",
    "born": "1949-12-31",
    "contact": "13800138000",
    "email": "WANG@example.com",
    "has_agent": "self",
    "address": "幸福路12号301室",
    "postcode": "200040",
    "area": 80.5,
    "lease_from": "2026-01-01",
    "lease_to": "2028-12-31",
    "opens_at": "09:30",
    "plate": "沪A12345",
    "support": ["rent", "equipment"],
    "month": "2026-05",
    "staff": 12,
    "share": 37.5,
    "rent": 1234560,
    "costs": [
        {
            "what": "rent",
            "spent_on": "2026-03-05",
            "payee": "李明",
            "payee_id": "11010519491231002X",
            "amount": 123450,
            "invoiced": True,
        },
        {
            "what": "other",
            "detail": "中介费",
            "spent_on": "2026-03-06",
            "payee": "欧阳小明",
            "payee_id": "11010519491231002X",
            "amount": 10,
            "invoiced": False,
        },
    ],
    "proofs": [FILE],
    "note": "第一行\n第二行 😀",
    "promise": True,
}
