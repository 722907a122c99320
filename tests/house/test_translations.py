"""Every Chinese sentence of the house has its English, and the compiled file is current."""

from __future__ import annotations

from pathlib import Path

from babel.messages.catalog import Catalog

from scripts import translations


def catalogue(**words: str) -> Catalog:
    made = Catalog(locale="en")
    for number, (_, english) in enumerate(sorted(words.items())):
        made.add(f"句子{number}{{place}}", english)
    return made


def test_the_english_is_complete() -> None:
    assert translations.check() == []


def test_sentences_are_found_in_code_and_templates() -> None:
    paths = {path for message in translations.extract() for path, _ in message.locations}
    assert any(path.endswith(".py") for path in paths)
    assert any(path.endswith(".html") for path in paths)


def test_extraction_reads_both_kinds(tmp_path: Path) -> None:
    (tmp_path / "model.py").write_text('from x import N_\nN_("代码 {n}")\n', "utf-8")
    (tmp_path / "room" / "templates").mkdir(parents=True)
    page = '{{ _("页面") }}{{ ngettext("%(num)s 天", "%(num)s 天", n) }}'
    (tmp_path / "room" / "templates" / "a.html").write_text(page, "utf-8")
    found = {
        message.id if isinstance(message.id, str) else message.id[0]
        for message in translations.extract(tmp_path)
    }
    assert found >= {"代码 {n}", "页面", "%(num)s 天"}


def test_the_check_can_fail(tmp_path: Path) -> None:
    found = catalogue(a="", b="", c="")
    good = catalogue(a="One {place}", b="Two {place}", c="Three {place}")
    assert translations.problems(found, good) == []
    assert [line.split(":")[0] for line in translations.problems(found, catalogue(a="One {place}"))] == [
        "missing"
    ] * 2
    assert (
        "places differ" in translations.problems(found, catalogue(a="One", b="2 {place}", c="3 {place}"))[0]
    )
    assert (
        "not English"
        in translations.problems(found, catalogue(a="句子0{place}", b="2 {place}", c="3 {place}"))[0]
    )
    assert "unused" in translations.problems(catalogue(a=""), catalogue(a="1 {place}", b="2 {place}"))[0]
    good.get("句子0{place}").flags.add("fuzzy")  # type: ignore[union-attr]
    assert "unsure" in translations.problems(found, good)[0]
    assert not translations.current_mo(good, tmp_path / "none.mo")
