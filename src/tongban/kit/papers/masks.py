"""How numbers and names are shown to those who need to recognise, not to know. Pure functions."""

from __future__ import annotations

import re

#: The compound surnames in use; the rest of the 百家姓 are of one character.
_COMPOUND_SURNAMES = frozenset(
    (
        *("欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒", "夏侯"),
        *("宇文", "长孙", "端木", "轩辕", "独孤", "南宫", "西门", "百里", "呼延", "闻人", "申屠", "淳于"),
    )
)
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_REST_OF_WORD = re.compile(r"(?<=\S)[^\s\-]")


def mask_id(number: str) -> str:
    """``3101**********001X``: the area's beginning and the last four stay."""
    return masked(number, head=4, tail=4)


def mask_name(name: str) -> str:
    """李明 → 李*, 欧阳小明 → 欧**明, ANNA DE VRIES → A*** D* V****.

    The ends stay, or each word's initial, so that who knows the person recognises her.
    """
    if is_latin(name):
        return _REST_OF_WORD.sub("*", name)
    if len(name) <= 1:
        return "*" * len(name)
    if len(name) == 2:
        return name[0] + "*"
    return name[0] + "*" * (len(name) - 2) + name[-1]


def is_latin(name: str) -> bool:
    """Whether a name is written in Latin letters, as foreigners' papers have it."""
    return _LATIN.match(name) is not None


def surname(name: str) -> str:
    """The surname of a Chinese name, also a compound one (复姓); a name of one word is its own."""
    return name[:2] if len(name) > 2 and name[:2] in _COMPOUND_SURNAMES else name[:1]


def mask_phone(number: str) -> str:
    """``138****5678``."""
    return masked(number, head=3, tail=4)


def masked(value: str, *, head: int, tail: int) -> str:
    """Stars for all but ``head`` and ``tail`` characters; all stars where little would be hidden."""
    hidden = len(value) - head - tail
    if hidden < 3:
        return "*" * len(value)
    return value[:head] + "*" * hidden + value[len(value) - tail :]
