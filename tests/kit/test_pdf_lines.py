"""Lines: none begins or ends with what may not stand there, none is too long, no letter is lost."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.kit.pdf.faces import Faces
from tongban.kit.pdf.lines import NOT_FIRST, NOT_LAST, Line, atoms_of, broken, placed

SIZE = 10.0


def lines_of(text: str, room: float = 120.0, language: str = "zh", indent: float = 0.0) -> list[Line]:
    atoms = atoms_of(text, size=SIZE, language=language, faces=Faces())  # type: ignore[arg-type]
    return broken(atoms, room=room, size=SIZE, indent=indent)


def words(line: Line) -> str:
    return "".join(atom.text for atom in line.atoms)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("一二三四五六七八九十一二，三四", ["一二三四五六七八九十一", "二，三四"]),
        ("一二三四五六七八九十一（二三）", ["一二三四五六七八九十一", "（二三）"]),
        ("一二三四五六七八九十一“二”三", ["一二三四五六七八九十一", "“二”三"]),
        ("一二三四五六七八九十一——二", ["一二三四五六七八九十", "一——二"]),
    ],
)
def test_marks_that_may_not_stand_at_an_edge(text: str, expected: list[str]) -> None:
    assert [words(line) for line in lines_of(text)] == expected


def test_a_word_is_not_broken_but_where_it_is_longer_than_a_line() -> None:
    assert [words(line) for line in lines_of("residence permit application", 95, "en")] == [
        "residence permit",
        "application",
    ]
    cut = [words(line) for line in lines_of("1" * 44, 60)]
    assert "".join(cut) == "1" * 44 and len(cut) > 3


def test_the_first_line_is_moved_in() -> None:
    first, second = lines_of("一二三四五六七八九十" * 2, indent=20)[:2]
    assert (first.indent, len(first.atoms), second.indent, len(second.atoms)) == (20, 10, 0, 10)


def test_a_broken_line_is_filled_and_the_last_is_not() -> None:
    text = "最晚于2026年12月16日办结，法定时限为15个工作日。"
    lines = lines_of(text, 130)
    for line in lines:
        at, piece, space = placed(line, size=SIZE, justify=True)[-1]
        end = at + piece.width + space * (len(piece.text) - 1)
        assert end == pytest.approx(130, abs=0.1) if line.full else end < 130


def test_words_of_another_face_stay_in_their_line() -> None:
    assert "".join(words(line) for line in lines_of("姓名𠮷a\U00030000b明")) == "姓名𠮷a〔U+30000〕b明"


LETTERS = st.sampled_from("一二三证照，。、（）《》“”：；—…·1 9aZ.,()%𠮷\n")


@given(st.text(LETTERS, max_size=120), st.sampled_from(["zh", "en"]), st.integers(60, 300))
def test_no_letter_is_lost_and_no_line_is_too_long(text: str, language: str, room: int) -> None:
    lines = lines_of(text, room, language)
    plain = text.translate(str.maketrans({"“": '"', "”": '"'})) if language == "en" else text
    assert "".join("".join(words(line) for line in lines).split()) == "".join(plain.split())
    for line in lines:
        pieces = placed(line, size=SIZE, justify=True)
        assert all(at >= 0 for at, _, _ in pieces)
        assert not pieces or max(at + piece.width for at, piece, _ in pieces) <= room + 0.01


@given(st.text(st.sampled_from("一二三四五证照，。（）《》"), min_size=1, max_size=120))
def test_edges_are_kept_wherever_that_is_possible(text: str) -> None:
    """Only where a run of marks is longer than what is looked back over may one stand at an edge."""
    lines = lines_of(text)
    for before, after in itertools.pairwise(lines):
        tail, head = words(before)[-1], words(after)[0]
        if head in NOT_FIRST or tail in NOT_LAST:
            run = (words(before) + head)[-7:]
            assert all(a in NOT_LAST or b in NOT_FIRST for a, b in itertools.pairwise(run))
