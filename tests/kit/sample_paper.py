"""A paper with every kind of block, and what can be read from a PDF: text, pictures, codes, its inner objects."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Any

import pypdfium2
import zxingcpp

from tongban.kit.i18n import Language
from tongban.kit.pdf.model import (
    Block,
    Code,
    Facts,
    Heading,
    Paper,
    Paragraph,
    Points,
    Signature,
    Table,
    strong,
)

CODE = "3101062611240000018"
URL = f"http://localhost:8000/check/{CODE}?n=3"
MADE_AT = datetime(2026, 11, 25, 9, 30, tzinfo=timezone(timedelta(hours=8)))


def sample(
    name: str = "李明",
    *,
    language: Language = "zh",
    rows: int = 2,
    blocks: tuple[Block, ...] | None = None,
    **more: Any,
) -> Paper:
    """A paper for ``name``, with so many rows of materials."""
    usual: tuple[Block, ...] = (
        Paragraph(f"{strong(name)}（公民身份号码 3101**********001X）：", indent=False),
        Paragraph(
            f"您于2026年11月24日提交的“居住证申领”申请，予以受理，最晚于{strong('2026年12月16日')}办结。"
        ),
        Facts((("申请人", name), ("事项编码", "11310000002000995C4002009012000"))),
        Heading("材料清单"),
        Table(
            ("序号", "材料", "取得方式"),
            tuple((str(row + 1), f"第{row + 1}份材料", "数据共享：公安人口库") for row in range(rows)),
            (1, 4, 5),
        ),
        Points(("《居住证暂行条例》（国务院令第 663 号）第二条", "本事项参照执行")),
    )
    return Paper(
        language=language,
        brand=more.get("brand", "通办 示范市"),
        note=more.get("note", "演示环境"),
        organ=more.get("organ", "示范市公安局静安分局"),
        other_organ="Shifan Municipal Public Security Bureau, Jing'an Branch",
        title=more.get("title", "受理通知书"),
        other_title="Notice of Acceptance",
        reference=f"{CODE}-03",
        barcode=CODE,
        numbers=(("受理编码", CODE),),
        blocks=usual if blocks is None else blocks,
        signature=Signature(more.get("organ", "示范市公安局静安分局"), "2026年11月25日"),
        code=Code(URL, ("扫码核对",)),
        made_at=MADE_AT,
    )


def pages_of(content: bytes) -> list[str]:
    """The text of each page, blanks and line ends left out: justified text has them in odd places."""
    document = pypdfium2.PdfDocument(content)
    try:
        return ["".join(page.get_textpage().get_text_range().split()) for page in document]
    finally:
        document.close()


def text_of(content: bytes) -> str:
    """The text of the whole paper, without blanks."""
    return "".join(pages_of(content))


def codes_of(content: bytes) -> set[str]:
    """What a scanner reads from all pages as they are drawn."""
    document = pypdfium2.PdfDocument(content)
    try:
        return {
            found.text for page in document for found in zxingcpp.read_barcodes(page.render(scale=2).to_pil())
        }
    finally:
        document.close()


def fonts_of(content: bytes) -> list[str]:
    """The font dictionaries of the file, as they are written."""
    return [one.decode("latin-1") for one in re.findall(rb"<<[^<>]*/Type /Font\s[^<>]*>>", content)]
