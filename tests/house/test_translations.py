"""Every Chinese sentence of the house has its English, and the compiled file is current."""

from __future__ import annotations

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from scripts import translations
from tongban.kit.i18n import N_counted, say, say_within, use_language


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


def test_one_word_may_have_two_english_ones(tmp_path: Path) -> None:
    (tmp_path / "room" / "templates").mkdir(parents=True)
    page = '{{ _("日") }}{{ pgettext("weekday", "日") }}'
    (tmp_path / "room" / "templates" / "a.html").write_text(page, "utf-8")
    found = translations.extract(tmp_path)
    assert {message.context for message in found if message.id} == {None, "weekday"}
    english = Catalog(locale="en")
    english.add("日", "Day")
    assert translations.problems(found, english) == ["missing: 日 (room/templates/a.html)"]
    english.add("日", "Su", context="weekday")
    assert translations.problems(found, english) == []
    compiled = tmp_path / "a.mo"
    with compiled.open("wb") as file:
        write_mo(file, english)
    assert translations.current_mo(english, compiled)
    english.get("日", "weekday").string = "So"  # type: ignore[union-attr]
    assert not translations.current_mo(english, compiled)


def test_a_word_is_told_within_its_context() -> None:
    with use_language("en"):
        assert (say("日"), say_within("weekday", "日")) == ("Day", "Su")
    assert say_within("weekday", "日") == "日"


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


def test_a_sentence_that_counts_has_its_singular(tmp_path: Path) -> None:
    (tmp_path / "model.py").write_text('from x import N_counted\nN_counted("{n} 天", 3)\n', "utf-8")
    found = translations.extract(tmp_path)
    assert [message.id for message in found if message.id] == [("{n} 天", "{n} 天")]
    english = Catalog(locale="en")
    english.add(("{n} 天", "{n} 天"), ("{n} day(s)", "{n} days"))
    assert translations.problems(found, english) == ["not counted: {n} 天: {n} day(s)"]
    told = (
        N_counted("{name}，约 {n} 个工作日", 1, name="鉴定"),
        N_counted("{name}，约 {n} 个工作日", 2, name="鉴定"),
    )
    assert str(told[1]) == "鉴定，约 2 个工作日" and told[0] != told[1]
    with use_language("en"):
        assert [str(one) for one in told] == ["鉴定, about 1 working day", "鉴定, about 2 working days"]
