"""Names: rare and single characters, variants, private areas, and names that only look like another's."""

from __future__ import annotations

import pytest

from tests.identity.conftest import LI, NOW, Register, enrolled
from tests.identity.test_levels import officer, shown_of
from tests.identity.test_typed import GOOD
from tongban.identity.actions import vetting
from tongban.identity.model.levels import VettingInvalid
from tongban.identity.model.refusals import TypedInvalid
from tongban.identity.model.typed import Typed, checked, cleaned_name
from tongban.kit import papers
from tongban.kit.db import Database
from tongban.kit.policy import Duty


@pytest.mark.parametrize(
    "name",
    [
        "娜",
        "李\U00020bb7",  # 𠮷, extension B
        "王\U0002b363",  # extension F
        "陈\U00031350",  # extension H
        "\ufa5a辰",  # a compatibility ideograph is a variant, not its usual character
        "葛\U000e0101",  # with the selector of its variant
        "麦麦提·阿卜杜热合曼·阿卜杜喀迪尔",
        "那日松",
    ],
)
def test_a_name_is_kept_as_it_is_written(name: str) -> None:
    assert checked(**{**GOOD, "name": name}, agreed=True).name == name


def test_one_spelling_for_letters_with_marks() -> None:
    assert cleaned_name("Zoe\u0308 D’Arcy") == "Zo\u00eb D’Arcy"
    assert cleaned_name("\ufa5a") != "\u5668"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("李\ue863", "自造字（U+E863）"),
        ("李\u2f00", "看起来像“一”"),  # a radical
        ("王\u30ed", "看起来像“口”"),  # a kana
        ("\u0410NNA WEBER", "看起来像“A”"),  # a Cyrillic А
    ],
)
def test_what_only_looks_like_a_character_is_named(name: str, words: str) -> None:
    with pytest.raises(TypedInvalid) as refused:
        checked(**{**GOOD, "name": name}, agreed=True)
    assert words in str(refused.value.fields["name"])


def test_a_number_of_fifteen_digits_is_told_with_its_eighteen() -> None:
    with pytest.raises(TypedInvalid) as refused:
        checked(**{**GOOD, "id_number": "340321930518902"}, agreed=True)
    assert papers.eighteen_digits("340321930518902") in str(refused.value.fields["id_number"])


@pytest.mark.parametrize(
    ("one", "other", "place"),
    [
        ("李土", "李士", 2),
        ("郎平", "郞平", 1),
        ("ANNA", "\u0410NNA", 1),
        ("李晓雯", "李小雯", 0),
        ("王", "王", 0),
    ],
)
def test_names_that_look_the_same(one: str, other: str, place: int) -> None:
    """土 and 士, 郎 and 郞 are confusable by UTS #39; 晓 and 小 are not."""
    apart = papers.unlike(one, other)
    assert (apart.place if apart else 0) == place


async def test_a_look_alike_is_pointed_out_at_the_window(db: Database, register: Register) -> None:
    """The account is 李士; the officer types 李土: nobody rises, and the character is named with its code."""
    person = Typed("李士", LI.id_number, LI.phone, LI.password)
    register.people[LI.id_number] = person
    await enrolled(db, person)
    clerk = await officer(db, Duty.VET)
    with pytest.raises(VettingInvalid) as refused:
        await vetting.vet(db, clerk, seen=shown_of(person, name="李土"), key="form-9", now=NOW)
    words = str(refused.value.fields["name"])
    assert "第 2 个字" in words
    assert "U+571F" in words
    assert "U+58EB" in words
    assert (await vetting.vet(db, clerk, seen=shown_of(person), key="form-9", now=NOW)).level == 3
