"""The copy of a person's data as a paper to read: who she is, what is hers, and at the end who read it and the logs.

It has what the JSON has, the newest of many first, but for what only a machine can use: ids, codes, addresses of pages.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from unicodedata import east_asian_width
from uuid import UUID

from tongban.kit import clock
from tongban.kit.i18n import N_, Language, Text, use_language
from tongban.kit.pdf.model import Block, Facts, Heading, Paper, Paragraph, Signature, Table, strong
from tongban.portal import files
from tongban.portal.actions.copy_parts import Chapter, chapters, shown
from tongban.portal.actions.copy_words import Speaker

#: Records of one part that the paper prints; the JSON has all.
PRINTED = 100
#: Columns of a table at most; records with more members are sheets of labelled rows.
_COLUMNS = 5
#: Half-width letters that a column claims at least, and that all columns of a table share.
_NARROW, _ROOM = 8, 130

Row = tuple[str, str]


def paper_of(
    held: Mapping[str, list[dict[str, Any]]],
    speaker: Speaker,
    *,
    copy_id: UUID,
    brand: Text,
    note: Text,
    at: datetime,
    wanted: Language = "zh",
) -> Paper:
    """The paper in the language that she asked in."""
    title = Text("个人信息副本", "Copy of personal information")
    other: Language = "zh" if wanted == "en" else "en"
    with use_language(wanted):
        return Paper(
            language=wanted,
            brand=str(brand),
            note=str(note),
            organ=str(brand),
            other_organ=brand.within(other),
            title=str(title),
            other_title=title.within(other),
            reference=str(copy_id),
            barcode="",
            numbers=((str(N_("副本编号")), str(copy_id)),),
            blocks=tuple(_blocks(held, speaker)),
            signature=Signature(str(brand), clock.day_in_words(clock.city_day(at))),
            code=None,
            made_at=clock.city_time(at),
        )


def _blocks(held: Mapping[str, list[dict[str, Any]]], speaker: Speaker) -> Iterator[Block]:
    yield Paragraph(
        str(
            N_(
                "依据《中华人民共和国个人信息保护法》第四十五条，应您的申请，将本平台保存的您的个人信息复制如下。"
                "完整数据见同时提供的 JSON 文件。"
            )
        )
    )
    for chapter in chapters(held):
        yield Heading(str(chapter.title))
        blocks = list(_chapter(chapter, speaker))
        yield from blocks or [Paragraph(str(N_("没有记录。")), indent=False)]
    yield Heading(str(N_("来源、依据和保存期限")))
    yield _kinds(held)


def _chapter(chapter: Chapter, speaker: Speaker) -> Iterator[Block]:
    for part in chapter.parts:
        if part.title is not None:
            yield _under(str(part.title))
        if len(part.records) > PRINTED:
            said = N_("共 {n} 条，这里列出最近 {most} 条。", n=len(part.records), most=PRINTED)
            yield Paragraph(str(said), indent=False, small=True)
        yield from _records(part.room, part.path, part.records[:PRINTED], speaker)


def _under(title: str) -> Paragraph:
    return Paragraph(strong(title), indent=False)


def _records(room: str, path: str, records: Sequence[dict[str, Any]], speaker: Speaker) -> Iterator[Block]:
    """Records of one kind: a table where they have few members, else a sheet for each, with what hangs on it below."""
    told = [dict(_members(room, path, one, speaker)) for one in records]
    heads = tuple(dict.fromkeys(label for row in told for label in row))
    below = [list(_below(room, path, one, speaker)) for one in records]
    if len(records) > 1 and len(heads) <= _COLUMNS and not any(below):
        rows = tuple(tuple(row.get(head, "") for head in heads) for row in told)
        if heads:
            yield Table(
                heads, rows, tuple(_share(one, _ROOM // len(heads)) for one in zip(heads, *rows, strict=True))
            )
        return
    for row, blocks in zip(told, below, strict=True):
        if row:
            yield Facts(tuple(row.items()))
        yield from blocks


def _share(column: Sequence[str], most: int) -> int:
    """What a column claims of the width: its longest line, and the white beside it."""
    return min(most, max(_NARROW, *(max(map(_width, cell.split("\n"))) + 4 for cell in column)))


def _width(words: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in words)


def _members(room: str, path: str, record: dict[str, Any], speaker: Speaker) -> Iterator[Row]:
    """What stands in the record itself, with its labels."""
    for place, label in shown(room, path, record):
        value = record[place.rpartition(".")[2]]
        words = "" if _hangs(value) else speaker.said(room, place, value)
        if words:
            yield str(label), words


def _hangs(value: Any) -> bool:
    """Whether a value is records of its own, which stand below."""
    if isinstance(value, dict):
        return value.keys() != {"zh", "en"}
    return isinstance(value, (list, tuple)) and any(isinstance(one, dict) for one in value)


def _below(room: str, path: str, record: dict[str, Any], speaker: Speaker) -> Iterator[Block]:
    """The records that hang on a record, each kind under its label."""
    for place, label in shown(room, path, record):
        value = record[place.rpartition(".")[2]]
        blocks = list(_hanging(room, place, value, record, speaker)) if value and _hangs(value) else []
        if blocks:
            yield _under(str(label))
            yield from blocks


def _hanging(
    room: str, place: str, value: Any, record: Mapping[str, Any], speaker: Speaker
) -> Iterator[Block]:
    if (room, place) == ("cases", "answers"):
        if rows := tuple(speaker.answers(record["item"], value)):
            yield Facts(rows)
    elif (room, place) == ("cases", "facts"):
        if rows := tuple(speaker.facts(record["item"], value)):
            yield Table((str(N_("来源")), str(N_("内容"))), rows, (1, 3))
    else:
        records = [value] if isinstance(value, dict) else value
        yield from _records(room, place, records[:PRINTED], speaker)


def _kinds(held: Mapping[str, list[dict[str, Any]]]) -> Table:
    """Of each kind of data its source, why it may be held and how long."""
    kinds = [one for one in files.held().kinds if one.room in held and one.keeping != "duty"]
    rows = tuple((str(one.name), str(one.source), str(one.basis), _kept(one.keeping)) for one in kinds)
    heads = (N_("信息"), N_("来源"), N_("依据"), N_("保存期限"))
    return Table(tuple(map(str, heads)), rows, (3, 3, 4, 3))


def _kept(rule: str) -> str:
    """How long, from when, and what then."""
    kept = files.keeping()[rule]
    if kept.days is None:
        return str(N_("自{since}起，{then}", since=kept.since, then=kept.then))
    if not kept.days:
        return str(N_("{since}，{then}", since=kept.since, then=kept.then))
    return str(N_("{since}起 {days} 日，{then}", since=kept.since, days=kept.days, then=kept.then))
