"""现场核查记录: the paper of a site inspection, point by point, as its officers handed it in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tongban.cases.model.inspection import (
    CONCLUSION_WORDS,
    PointTold,
    inspection_of,
    moment_typed,
    told,
)
from tongban.cases.model.papers.filed import Filed, addressed, contact, facts, laws, moment, note, said
from tongban.kit.i18n import N_
from tongban.kit.pdf.model import Block, Heading, Paragraph, Photo, Photos, Table, strong

_ARTICLE_34 = N_("第三十四条第三款")


def inspection(filed: Filed) -> Iterator[Block]:
    """现场核查记录: two officers, whom they met, each point with its finding, the conclusion, who confirmed it."""
    record = inspection_of(filed.step.detail)
    assert record.conclusion is not None
    started, ended = moment(moment_typed(record.started)), moment(moment_typed(record.ended))
    yield addressed(filed)
    yield said(
        N_(
            "本机关对您的{item}申请进行了现场核查，结论：{conclusion}。",
            item=filed.item,
            conclusion=strong(CONCLUSION_WORDS[record.conclusion]),
        )
    )
    if record.words:
        yield Paragraph(record.words)
    yield facts(
        filed,
        (N_("开始时间"), started),
        (N_("结束时间"), ended),
        (N_("核查人员"), str(N_("、")).join(record.officers)),
        (N_("现场人员"), str(N_("{name}（{as_what}）", name=record.met, as_what=record.met_as))),
        (N_("现场照片"), str(N_("{n} 张，附后", n=record.photos)) if record.photos else ""),
    )
    points = told(record, filed.version.inspection)
    numbers = _numbered(points)
    yield Heading(str(N_("核查项目")))
    yield Table(
        tuple(map(str, (N_("序号"), N_("核查内容和依据"), N_("结果"), N_("情况说明")))),
        tuple(_row(number, point, numbers) for number, point in enumerate(points, 1)),
        (7, 49, 13, 31),
    )
    yield from _photos(points, numbers)
    yield Heading(str(N_("确认")))
    if record.signed:
        yield said(N_("现场人员{name}已阅读本记录，确认记载属实。", name=strong(record.met)))
    else:
        yield said(N_("现场人员{name}没有确认：{why}", name=strong(record.met), why=record.unsigned))
    yield from laws(filed, _ARTICLE_34)
    yield contact(filed)


def _numbered(points: Sequence[PointTold]) -> dict[str, int]:
    """The photos of a record by their files, numbered through all points."""
    files = [str(one["file"]) for point in points for one in point.photos]
    return {file: number for number, file in enumerate(files, 1)}


def _photos(points: Sequence[PointTold], numbers: Mapping[str, int]) -> Iterator[Block]:
    """Each photo with its number, its point and its file's name; times and digest come with the picture itself."""
    if not numbers:
        return
    yield Heading(str(N_("现场照片")))
    yield note(
        N_(
            "每张照片下面是上传原件的 SM3 杂凑值（GB/T 32905），原件存于办件；照片按页面缩小，随本记录一并盖章。"
        )
    )
    yield Photos(
        tuple(
            Photo(
                str(one["file"]),
                str(N_("照片 {number}：{point}", number=numbers[str(one["file"])], point=point.point.text)),
                (str(one["name"]),),
            )
            for point in points
            for one in point.photos
        )
    )


def _row(number: int, told: PointTold, numbers: Mapping[str, int]) -> tuple[str, ...]:
    named = str(N_("、")).join(str(numbers[str(one["file"])]) for one in told.photos)
    photos = str(N_("照片 {numbers}", numbers=named)) if named else ""
    return (
        str(number),
        str(N_("{text}（{basis}）", text=told.point.text, basis=told.point.basis)),
        str(told.finding_words),
        "\n".join(filter(None, (told.words, photos))) or "—",
    )
