"""The item's codes: 基本编码 (12), 实施编码 (31), 业务办理项编码 (33), after ZWFW C 0109.1-2018 / GB/T 39554.1-2020."""

from __future__ import annotations

import re

from tongban.kit.papers import uscc_holds

#: The kind of department of an item that is handled in another city, as it came with the national exchange: what only
#: its own house knows (the type and sample of its licence, its area code) is not asked of it here.
ELSEWHERE = "elsewhere"

_CATALOG = re.compile(r"\d{12}", re.ASCII)
_TASK = re.compile(r"([0-9A-HJ-NPQRTUWXY]{18})([1-7])(\d{12})", re.ASCII)


def catalog_code_holds(code: str) -> bool:
    """Whether it is a 基本编码: 2 (who set it) + 2 (type) + 2 (department) + 3 + 3 digits."""
    return _CATALOG.fullmatch(code) is not None


def task_code_holds(code: str, *, catalog_code: str, level: str) -> bool:
    """Whether it is the 实施编码 of this catalogue code at this level: a USCC whose check digits hold first."""
    parts = _TASK.fullmatch(code)
    return parts is not None and uscc_holds(parts[1]) and parts[2] == level and parts[3] == catalog_code


def handle_code_holds(code: str, *, task_code: str) -> bool:
    """Whether it is a 业务办理项编码 of this 实施编码: two digits more."""
    return code.startswith(task_code) and re.fullmatch(r"\d{2}", code[len(task_code) :], re.ASCII) is not None
