"""A form made by hand takes over the city's elements and the item's materials, and says only what is its own."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.catalogue.conftest import draft
from tests.conftest import CITY
from tongban.catalogue.actions.composing import CityFiles, CityFileWrong
from tongban.catalogue.actions.loading import draft_of
from tongban.kit.forms import compile_form


@pytest.fixture
def written(tmp_path: Path) -> Any:
    """The property transfer with its form changed in one place."""

    def change(name: str, value: Any) -> Any:
        city = tmp_path / "city"
        shutil.copytree(CITY, city)
        path = city / "items" / "property_transfer.yaml"
        body = msgspec.yaml.decode(path.read_bytes())
        body["form"]["properties"][name] = value
        path.write_bytes(msgspec.yaml.encode(body))
        return draft_of(path, CityFiles(city)).form["properties"][name]

    return change


def test_a_material_has_its_place_in_the_situations_in_which_it_is_needed() -> None:
    rule = draft("property_transfer").form["properties"]["file_inheritance"]
    assert rule["x-ui"]["widget"] == "files" and rule["x-ui"]["section"] == "ground"
    assert rule["x-ui"]["label"]["zh"] == "继承、赠与公证书或者协议"
    assert rule["x-ui"]["when"] == {"field": "transfer_kind", "is": ["inheritance", "gift"]}


def test_a_promise_is_ticked_under_its_own_statement() -> None:
    ui = draft("marriage").form["properties"]["promise_free_to_marry"]["x-ui"]
    assert ui["widget"] == "checkbox" and ui["statement"]["zh"].startswith("我自愿与对方结婚")


def test_an_element_may_be_given_limits() -> None:
    ui = draft("construction_permit").form["properties"]["end_date"]["x-ui"]
    assert (ui["element"], ui["not_before"]) == ("DE-END-DATE", "start_date")


def test_questions_stand_in_the_order_of_the_file() -> None:
    form = draft("marriage").form
    assert form["x-ui"]["order"] == list(form["properties"])
    assert [field.name for field in compile_form(form).fields][:3] == ["name", "id_number", "sex"]


def test_a_long_form_by_hand_comes_a_section_a_page_too() -> None:
    assert compile_form(draft("high_tech").form).paged
    assert not compile_form(draft("marriage").form).paged


def test_an_element_may_be_asked_with_some_of_its_options() -> None:
    rule = draft("birth_certificate").form["properties"]["application_kind"]
    assert rule["enum"] == [option["value"] for option in rule["x-ui"]["options"]] == ["first", "reissue"]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"element": "shoe_size"}, "no data element is called 'shoe_size'"),
        ({"material": "shoes"}, "no material is called 'shoes'"),
        ({"material": "certificate"}, "comes by itself"),
    ],
)
def test_what_is_not_there_is_named(written: Any, value: dict[str, Any], words: str) -> None:
    with pytest.raises(CityFileWrong, match=words):
        written("home_address", value)


def test_a_material_is_a_standard_one_and_its_own_words_go_first(tmp_path: Path) -> None:
    """How it can fail (tried): the library's words go before the item's; a route of the item's own keeps the source of
    the library; a paper of some item has no standard code; an unknown code is taken for none."""
    card, licence = draft("id_card"), draft("food_business")
    photo = next(one for one in card.materials if one.code == "photo")
    assert (photo.material_code, photo.name.zh) == ("photo", "居民身份证照片")
    business = next(one for one in licence.materials if one.code == "business_licence")
    assert business.material_code == "business_licence" and "DE-FIRM-CODE" in business.elements
    brought = next(one for one in draft("household_move").materials if one.code == "household_book")
    assert (brought.material_code, brought.route, brought.source) == ("household_book_original", "none", "")
    city = tmp_path / "city"
    shutil.copytree(CITY, city)
    path = city / "items" / "utilities_connection.yaml"
    body = msgspec.yaml.decode(path.read_bytes())
    body["materials"] = [
        {"code": "couple", "is": "marriage_certificate", "detail": {"zh": "双方", "en": "Of both"}}
    ]
    path.write_bytes(msgspec.yaml.encode(body))
    (short,) = draft_of(path, CityFiles(city)).materials
    assert (short.code, short.name.zh, short.detail.zh, short.route) == (
        "couple",
        "结婚证",
        "双方",
        "licence",
    )
    assert short.source == CityFiles(city).licence_types["marriage_certificate"]
    body["materials"][0]["route"] = "shared"
    body["materials"][0]["source"] = "population"
    path.write_bytes(msgspec.yaml.encode(body))
    assert draft_of(path, CityFiles(city)).materials[0].source == "population"
    body["materials"][0] |= {"route": "none"}
    del body["materials"][0]["source"]
    path.write_bytes(msgspec.yaml.encode(body))
    assert draft_of(path, CityFiles(city)).materials[0].source == ""
    body["materials"][0]["is"] = "marriage_certifcate"
    path.write_bytes(msgspec.yaml.encode(body))
    with pytest.raises(CityFileWrong, match="did you mean `marriage_certificate`"):
        draft_of(path, CityFiles(city))


def test_every_paper_of_the_city_is_in_the_library() -> None:
    """How it can fail: a material without a standard code, as a draft that is pasted together has it."""
    city = CityFiles(CITY)
    asked = [
        (path.stem, one.get("is"))
        for path in sorted((CITY / "items").glob("*.yaml"))
        for one in msgspec.yaml.decode(path.read_bytes()).get("materials", ())
    ]
    assert {code for _, code in asked} <= set(city.materials)
    assert all(city.materials[code]["name"]["en"] for _, code in asked)
