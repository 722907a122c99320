"""Papers as PDF: everything on them can be read, scanned and drawn, and the same paper is the same bytes."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys

import msgspec
import pypdfium2
import pytest

from tests.kit.sample_paper import CODE, URL, codes_of, fonts_of, pages_of, sample, text_of
from tongban.kit.pdf.faces import FILES, clean, loaded
from tongban.kit.pdf.model import Facts, Paragraph, Table
from tongban.kit.pdf.pages import BOTTOM, TOP, paged, printed
from tongban.kit.pdf.strips import Strip


def test_all_that_stands_in_the_paper_can_be_read_from_the_file() -> None:
    text = text_of(printed(sample()).content)
    for words in (
        *(
            "示范市公安局静安分局",
            "受理通知书",
            "NoticeofAcceptance",
            "李明（公民身份号码3101**********001X）：",
        ),
        *("您于2026年11月24日提交的“居住证申领”申请，予以受理，最晚于2026年12月16日办结。", "第2份材料"),
        *(
            "11310000002000995C4002009012000",
            "1．《居住证暂行条例》（国务院令第663号）第二条",
            "2026年11月25日",
        ),
        *("演示环境", "第1页，共1页", f"受理编码：{CODE}"),
    ):
        assert words in text, words


def test_both_codes_are_scanned_from_the_drawn_page() -> None:
    assert codes_of(printed(sample()).content) == {CODE, URL}


@pytest.mark.parametrize("digits", ["12", "123", "0000000000000000000", "9999999999999999999"])
def test_a_barcode_of_any_digits(digits: str) -> None:
    paper = msgspec.structs.replace(sample(), barcode=digits, code=None)
    assert codes_of(printed(paper).content) == {digits}


def test_every_font_is_embedded_under_a_name_of_its_own_and_holds_only_what_is_used() -> None:
    """Two fonts of one name were taken for one by readers: rare characters came out as boxes."""
    content = printed(sample("𠮷䶮㊣锺")).content
    fonts = fonts_of(content)
    names = [re.findall(r"/BaseFont /(\S+)", font)[0] for font in fonts]
    assert len(names) == len(set(names)) >= 4
    assert content.count(b"/FontFile2") == len(fonts) and all("/ToUnicode" in font for font in fonts)
    assert len(content) < 150_000, "some thirty thousand outlines would be ten megabytes"


def test_rare_characters_are_drawn_and_can_be_copied() -> None:
    name = "𠮷䶮㊣·𪩘锺喆"
    made = printed(sample(name))
    assert made.missing == () and name in text_of(made.content)


def test_a_rare_character_has_an_outline_of_its_own() -> None:
    """Text can be right and the drawing a box: the drawn name differs from that of two other rare characters."""
    drawn = {_picture(printed(sample(name)).content) for name in ("𠮷", "䶮", "𪩘", "\U00030000")}
    assert len(drawn) == 4


def _picture(content: bytes) -> bytes:
    document = pypdfium2.PdfDocument(content)
    try:
        picture = document[0].render(scale=2).to_pil()
        return hashlib.sha256(picture.tobytes()).digest()
    finally:
        document.close()


def test_what_no_face_has_is_named_in_words_and_explained() -> None:
    made = printed(sample("李\U00030000\U0001f600"))
    text = text_of(made.content)
    assert made.missing == (0x1F600, 0x30000)
    assert "李〔U+30000〕〔U+1F600〕（公民身份号码" in text
    assert "〔U+1F600〕〔U+30000〕：字库中没有的字" in text


def test_what_only_steers_is_not_drawn() -> None:
    assert clean("李\u200b\ufeff明\U000e0100\x00\x07", "zh") == "李明"
    assert clean("a\u00a0b\tc", "zh") == "a b c"
    assert clean("“it’s”", "en") == '"it\'s"'
    made = printed(sample("李\u200b明\U000e0100"))
    assert made.missing == () and "李明（公民身份号码" in text_of(made.content)


def test_the_faces_hold_what_the_press_promises() -> None:
    """GB 2312 in both weights; with the further files the whole of level 1 of GB 18030-2022 and its 66 additions."""
    both = [set(loaded(face).face.charToGlyph) for face in ("regular", "bold")]
    assert both[0] == both[1]
    plain = {
        ord(bytes((row, cell)).decode("gb2312"))
        for row in range(0xB0, 0xF8)
        for cell in range(0xA1, 0xFF)
        if not (row == 0xD7 and cell > 0xF9)
    }
    assert len(plain) == 6763 and plain <= both[0]
    every = set().union(*(loaded(face).face.charToGlyph for face in FILES))
    assert {*range(0x4E00, 0xA000), *range(0x3400, 0x4DC0)} <= every


def test_sixty_materials_take_several_pages_each_with_its_head_and_its_number() -> None:
    pages = pages_of(printed(sample(rows=60)).content)
    assert len(pages) >= 2
    for number, page in enumerate(pages, 1):
        assert f"第{number}页，共{len(pages)}页" in page and f"{CODE}-03" in page
    with_rows = [page for page in pages if re.search(r"第\d+份材料", page)]
    assert len(with_rows) >= 2 and all("序号材料取得方式" in page for page in with_rows)
    assert re.findall(r"第(\d+)份材料", "".join(pages)) == [str(row + 1) for row in range(60)]


@pytest.mark.parametrize("rows", range(8, 40))
def test_a_signature_never_stands_alone_on_a_page(rows: int) -> None:
    last = pages_of(printed(sample(rows=rows)).content)[-1]
    assert "示范市公安局静安分局2026年11月25日" in last and "本事项参照执行" in last


@pytest.mark.parametrize(("lines", "pages"), [(24, 1), (28, 1), (33, 2)])
def test_lines_are_set_closer_before_the_seal_takes_a_page_of_its_own(lines: int, pages: int) -> None:
    """And where that does not help, more of the text than the telephone goes with it."""
    text = "\n".join(f"第{number}行。" for number in range(1, lines + 1))
    made = pages_of(printed(sample(blocks=(Paragraph(text), Paragraph("咨询电话 12345。")))).content)
    assert len(made) == pages
    assert f"第{lines - 1}行。" in made[-1] and "咨询电话" in made[-1]


def test_a_cell_longer_than_a_page_goes_on_on_the_next() -> None:
    words = "".join(f"第{place}句，" for place in range(900))
    made = printed(sample(blocks=(Facts((("理由", words),)), Table(("甲", "乙"), ((words, "短"),), (1, 1)))))
    text = re.sub(
        r"演示环境第\d+页，共\d+页3101062611240000018-03|通办示范市|受理通知书310106\d+-03|甲乙|理由|短",
        "",
        text_of(made.content),
    )
    assert len(pages_of(made.content)) >= 3
    assert text.count("第899句，") == 2 and text.count("第450句，") == 2


def test_a_label_that_is_a_sentence_gets_the_room_of_one() -> None:
    """A ticked statement stood in five short lines beside a single 是."""
    rows = (("我承诺现居住在上述地址，以上信息属实。如不属实，愿承担相应后果。", "是"), ("申请人", "李明"))
    document = pypdfium2.PdfDocument(printed(sample(blocks=(Facts(rows),))).content)
    found = document[0].get_textpage().get_text_range()
    document.close()
    assert "我承诺现居住在上述地址，以上信息属实。如不属实，愿承担相应后果。" in found


def test_very_long_names_and_numbers_stay_inside_the_page() -> None:
    name = "买买提·阿不都热合曼·" * 12
    paper = sample(
        name,
        organ="示范市" + "经济技术开发区综合行政执法" * 4 + "局",
        title="关于不予受理居住证申领申请的通知书（副本）",
        note="演" * 90,
    )
    content = printed(msgspec.structs.replace(paper, numbers=(("办件编号", "1" * 200),))).content
    document = pypdfium2.PdfDocument(content)
    for page in document:
        text = page.get_textpage()
        for place in range(text.count_chars()):
            left, bottom, right, top = text.get_charbox(place, loose=False)
            assert left >= 40 and right <= page.get_width() - 40 and 0 < bottom <= top < page.get_height()
    document.close()
    assert name.replace(" ", "") in text_of(content).replace("1" * 200, "")


def test_english_papers_read_as_english() -> None:
    words = (
        "Your application “Residence permit” of 24 November 2026 is accepted, and ends by 16 December 2026."
    )
    paper = sample("Li Ming", language="en", blocks=(Paragraph(words),), title="Notice of Acceptance")
    content = printed(paper).content
    assert 'Yourapplication"Residencepermit"of24November2026isaccepted' in text_of(content)
    assert "Page1of1" in text_of(content) and b"/Lang (en)" in content


def test_the_files_own_facts_are_the_papers() -> None:
    content = printed(sample()).content
    document = pypdfium2.PdfDocument(content)
    told = document.get_metadata_dict()
    document.close()
    assert told["Title"] == f"受理通知书 {CODE}-03" and told["Author"] == "通办 示范市"
    assert told["CreationDate"] == "D:20261125093000+08'00'"
    assert b"/Lang (zh-CN)" in content and b"/DisplayDocTitle true" in content


def test_the_same_paper_is_the_same_bytes_in_another_process_too() -> None:
    here = printed(sample("𠮷明")).content
    program = (
        "import sys, hashlib; sys.path.insert(0, '.');"
        "from tests.kit.sample_paper import sample; from tongban.kit.pdf.pages import printed;"
        "printed(sample('喆')); print(hashlib.sha256(printed(sample('𠮷明')).content).hexdigest())"
    )
    there = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert there.stdout.strip() == hashlib.sha256(here).hexdigest()
    assert printed(sample("𠮷朋")).content != here


def test_what_keeps_together_is_not_parted_and_a_table_gets_its_head_again() -> None:
    head = Strip(20, lambda canvas, top: None)
    height = (TOP - BOTTOM - 20) / 6
    row, bound = Strip(height, head.draw, head=head), Strip(height, head.draw, keeps=True)
    pages = paged([row] * 5 + [bound, row] + [row] * 5)
    assert all(strip.height <= top - BOTTOM for page in pages for top, strip in page)
    assert [page[0][1] is head for page in pages] == [False, False, True]
    assert [[strip is bound for _, strip in page].index(True) for page in pages[1:2]] == [0]
    assert pages[0][-1][1] is row and pages[0][0][0] == pages[1][0][0] == pages[2][0][0] == TOP


def test_strips_higher_than_a_page_together_are_still_put() -> None:
    bound = Strip(300, lambda canvas, top: None, keeps=True)
    pages = paged([bound] * 7)
    assert [len(page) for page in pages] == [2, 2, 2, 1]
