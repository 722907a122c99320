"""What a file is called: never a path, never more than it seems, and whole again in the header."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.kit.files import clean_name, disposition
from tongban.kit.files.names import LONGEST, agrees, called, extension_of


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\扫描件.pdf", "扫描件.pdf"),
        ("C:\\x", "x"),
        ("/etc/cron.d/x.pdf", "x.pdf"),
        ("..", ""),
        (".", ""),
        ("", ""),
        ("a/b\\c.jpg", "c.jpg"),
        (".htaccess", "htaccess"),
        ("a\0b\r\nSet-Cookie: x.pdf", "abSet-Cookie_ x.pdf"),
        ("\u202egpj.exe", "gpj.exe"),
        ("a\u200b\ufeffb.pdf", "ab.pdf"),
        ("e\u0301.png", "\u00e9.png"),
        ('a"b<c>|d?*.pdf', "a_b_c__d__.pdf"),
        ("  many   blanks .pdf ", "many blanks .pdf"),
        ("居住证明（正本）.pdf", "居住证明（正本）.pdf"),
    ],
)
def test_a_name_is_the_bare_one(raw: str, name: str) -> None:
    assert clean_name(raw) == name


def test_a_long_name_keeps_its_extension() -> None:
    name = clean_name("长" * 500 + ".pdf")
    assert len(name) == LONGEST and name.endswith("长.pdf")
    assert len(clean_name("x" * 500)) == LONGEST


@given(st.text(max_size=300))
def test_no_text_makes_a_bad_name(raw: str) -> None:
    name = clean_name(raw)
    assert len(name) <= LONGEST and not re.search(r'[/\\<>:"|?*\x00-\x1f\x7f]', name)
    assert unicodedata.normalize("NFC", name) == name and not name.startswith(".")
    header = disposition(name, inline=True)
    assert header.isascii() and "\n" not in header and "\r" not in header
    assert unquote(header.partition("filename*=UTF-8''")[2]) == name
    assert header.count('"') == 2


@pytest.mark.parametrize(
    ("name", "extension"),
    [("a.PDF", "pdf"), ("a.tar.gz", "gz"), ("扫描件2026.05", ""), ("a", ""), ("v1.2", ""), ("a.mp4", "mp4")],
)
def test_an_extension_has_a_letter(name: str, extension: str) -> None:
    assert extension_of(name) == extension


def test_a_name_without_extension_gets_the_contents_own() -> None:
    assert called("扫描件2026.05", "application/pdf") == "扫描件2026.05.pdf"
    assert called("", "image/png") == "文件.png"
    assert called("a.JPEG", "image/jpeg") == "a.JPEG"
    assert agrees("application/pdf", name="扫描件2026.05", declared="")


def test_the_header_has_both_names() -> None:
    assert disposition("居住 证.pdf", inline=False) == (
        "attachment; filename=\"__ _.pdf\"; filename*=UTF-8''%E5%B1%85%E4%BD%8F%20%E8%AF%81.pdf"
    )
    assert disposition("a.pdf", inline=True) == "inline; filename=\"a.pdf\"; filename*=UTF-8''a.pdf"
