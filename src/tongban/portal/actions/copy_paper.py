"""The copy of a person's data as a paper to read: the same records as in the JSON, the newest of many first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from tongban.kit import clock
from tongban.kit.i18n import N_, Text
from tongban.kit.pdf.model import Block, Heading, Paper, Paragraph, Signature, Table, strong
from tongban.portal import files

#: Records of one room that the paper prints; the JSON has all.
PRINTED = 100
#: Characters of one value that the paper prints.
_LONGEST = 300
#: Entries of a list within a record that the paper prints.
_LISTED = 50


def paper_of(
    held: Mapping[str, list[dict[str, Any]]], *, copy_id: UUID, brand: Text, note: Text, at: datetime
) -> Paper:
    """The paper in Chinese, the law's language; of each room a table of its records."""
    when = clock.city_time(at)
    return Paper(
        language="zh",
        brand=brand.zh,
        note=note.zh,
        organ=brand.zh,
        other_organ=brand.en,
        title="个人信息副本",
        other_title="Copy of personal information",
        reference=str(copy_id),
        barcode="",
        numbers=((str(N_("副本编号")), str(copy_id)),),
        blocks=tuple(_blocks(held)),
        signature=Signature(brand.zh, f"{when.year}年{when.month}月{when.day}日"),
        code=None,
        made_at=when,
    )


def _blocks(held: Mapping[str, list[dict[str, Any]]]) -> Iterator[Block]:
    table, rules = files.held(), files.keeping()
    yield Paragraph(
        "依据《中华人民共和国个人信息保护法》第四十五条，应您的申请，将本平台保存的您的个人信息复制如下。"
        "完整数据见同时提供的 JSON 文件。"
    )
    for room, records in held.items():
        yield Heading(table.rooms[room].name.zh)
        for kind in table.kinds:
            if kind.room == room and kind.keeping != "duty":
                rule = rules[kind.keeping]
                yield Paragraph(
                    f"{strong(kind.name.zh)}。来源：{kind.source.zh}。依据：{kind.basis.zh}。"
                    f"保存期限：{period(rule.days, rule.since.zh)}，{rule.then.zh}。",
                    indent=False,
                    small=True,
                )
        if not records:
            yield Paragraph("没有记录。", indent=False)
            continue
        if len(records) > PRINTED:
            yield Paragraph(f"共 {len(records)} 条，这里列出最近 {PRINTED} 条。", indent=False, small=True)
        rows = tuple((str(number), line(one)) for number, one in enumerate(records[:PRINTED], 1))
        yield Table(("序号", "内容"), rows, (1, 12))


def period(days: int | None, since: str) -> str:
    """How long, in Chinese words: from when, and how many days."""
    return f"自{since}起" if days is None else f"{since}起 {days} 日" if days else since


def line(record: Mapping[str, Any]) -> str:
    """One record in one line: words for its members, without those that are empty."""
    labels = files.held().labels
    known = [name for name in labels if name in record]
    shown = [*known, *(name for name in record if name not in labels)]
    said = ((name, _said(record[name])) for name in shown)
    return "；".join(
        f"{labels[name].zh if name in labels else name}：{value}" for name, value in said if value
    )


def _said(value: Any, depth: int = 0) -> str:
    """A value in words; what stands within another is told with its words too, of a long list the first."""
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, datetime):
        return f"{clock.city_time(value):%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, (dict, list)):
        words = _dict_said(value, depth) if isinstance(value, dict) else _list_said(value, depth)
        return words if depth else f"（{words}）"
    words = str(value)
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]}……"


def _dict_said(value: Mapping[str, Any], depth: int) -> str:
    labels = files.held().labels
    said = ((name, _said(one, depth + 1)) for name, one in value.items())
    return "，".join(
        f"{labels[name].zh if name in labels else name} {words}" for name, words in said if words
    )


def _list_said(value: list[Any], depth: int) -> str:
    words = [one for one in (_said(each, depth + 1) for each in value[:_LISTED]) if one]
    more = [f"共 {len(value)} 项，其余见 JSON"] if len(value) > _LISTED else []
    return "／".join(words + more)
