"""Papers of everybody: kinds, shapes, areas of once, old numbers, and what each number tells."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import CITY
from tongban.kit import papers
from tongban.kit.i18n import use_language
from tongban.kit.papers import CHINA, PAPER_KINDS, AreaDoubt, IdFault, Paper
from tongban.kit.papers.areas import _years

TODAY = date(2026, 11, 24)


def iso_7064(body: str) -> str:
    """MOD 11-2 as ISO 7064 describes it, digit by digit: nothing shared with the code under test."""
    total = 0
    for digit in body:
        total = (total + int(digit)) * 2 % 11
    return "0123456789X"[(12 - total) % 11]


def numbered(body: str) -> str:
    return body + iso_7064(body)


births = st.dates(date(1900, 1, 1), TODAY)
areas = st.sampled_from(sorted(_years()))


@given(st.text("0123456789", min_size=17, max_size=17))
def test_the_check_digit_is_that_of_iso_7064(body: str) -> None:
    assert papers.id_check_digit(body) == iso_7064(body)


@given(areas, births, st.integers(0, 999))
def test_every_code_of_the_country_holds_and_tells_birth_and_sex(code: str, born: date, serial: int) -> None:
    paper = Paper(papers.CITIZEN, numbered(f"{code}{born:%Y%m%d}{serial:03d}"))
    assert paper.fault(today=TODAY) is None
    assert paper.told.birth == born
    assert paper.told.sex == ("male" if serial % 2 else "female")
    assert paper.told.region is not None


@given(areas, st.dates(date(1900, 1, 1), date(1999, 12, 31)), st.integers(0, 995))
def test_a_number_of_fifteen_digits_becomes_the_one_of_eighteen(code: str, born: date, serial: int) -> None:
    fifteen = f"{code}{born:%y%m%d}{serial:03d}"
    assert papers.id_number_fault(fifteen) is IdFault.FIFTEEN
    assert papers.eighteen_digits(fifteen) == numbered(f"{code}{born:%Y%m%d}{serial:03d}")


def test_people_born_before_1900_had_serials_of_their_own() -> None:
    assert papers.eighteen_digits("110105991231996")[6:14] == "18991231"
    assert papers.eighteen_digits("110105491231002") == "11010519491231002X"  # GB 11643-1999, annex A
    with pytest.raises(ValueError, match="15-digit"):
        papers.eighteen_digits("11010549123100X")


def test_nobody_is_born_tomorrow() -> None:
    number = numbered("11010520261125001")
    assert papers.id_number_fault(number) is None
    assert papers.id_number_fault(number, today=TODAY) is IdFault.BIRTH
    assert papers.id_number_fault(number, today=date(2026, 11, 25)) is None


@pytest.mark.parametrize(
    ("code", "born", "doubt"),
    [
        ("310103", date(1990, 1, 1), None),  # 卢湾区, until 2010
        ("310103", date(1950, 1, 1), None),  # given after 1984, to somebody born long before
        ("310103", date(2016, 1, 1), AreaDoubt.ENDED),  # five years after it was gone
        ("310115", date(1992, 10, 11), None),  # 浦东新区, from 1992
        ("310115", date(1989, 5, 5), AreaDoubt.LATER),
        ("310115", date(1950, 5, 5), AreaDoubt.LATER),  # she had her first card by 1990: look again
        ("310225", date(1980, 5, 5), None),  # 南汇县, until 2000
        ("310225", date(2003, 5, 5), AreaDoubt.ENDED),
        ("310119", date(2005, 5, 5), None),  # 南汇区, 2001 to 2008
        ("310119", date(2012, 5, 5), AreaDoubt.ENDED),
        ("310230", date(2015, 5, 5), None),  # 崇明县, until it became a district in 2016
        ("310151", date(2016, 5, 5), None),
        ("310151", date(1980, 5, 5), AreaDoubt.LATER),
        ("510202", date(1980, 5, 5), None),  # 重庆市 in 四川省
        ("510202", date(2005, 5, 5), AreaDoubt.ENDED),
        ("500103", date(1997, 7, 5), None),
        ("500103", date(1996, 5, 5), None),  # registered in the year after her birth
        ("500103", date(1960, 5, 5), AreaDoubt.LATER),  # registered again after 1997, or a slip
        ("460100", date(1960, 5, 5), None),  # 海南省 is of 1988, when cards were still given out
        ("310201", date(1970, 1, 1), AreaDoubt.ENDED),  # in 1981, before there were numbers
        ("340399", date(1990, 1, 1), AreaDoubt.UNKNOWN),  # never was
        ("810000", date(1990, 1, 1), None),
        ("810001", date(1990, 1, 1), AreaDoubt.UNKNOWN),
    ],
)
def test_an_area_should_have_been_there_when_the_number_was_given(
    code: str, born: date, doubt: AreaDoubt | None
) -> None:
    number = numbered(f"{code}{born:%Y%m%d}003")
    assert papers.area_doubt(number, born=born) is doubt
    assert papers.id_number_fault(number, today=TODAY) is None, "a doubt turns nobody away"


def test_the_districts_of_the_demo_city_are_known() -> None:
    for file in ("districts.csv", "former_districts.csv"):
        for line in (CITY / file).read_text(encoding="utf-8").splitlines()[1:]:
            assert papers.area_years(line[:6])


@pytest.mark.parametrize(
    ("number", "region"),
    [
        ("510202198005050033", "重庆市（1997年前属四川省）"),
        ("500103200005050039", "重庆市"),
        ("460100199005050038", "海南省"),
        ("340321199305189021", "安徽省"),
    ],
)
def test_where_a_number_began(number: str, region: str) -> None:
    assert str(papers.province_of(number)) == region


#: Kind, number, what is wrong, the mask.
PAPERS = [
    ("111", numbered("34032119930518902"), None, "3403" + "*" * 10 + numbered("34032119930518902")[-4:]),
    ("111", "11010519491231002", IdFault.LENGTH, ""),
    ("112", "11010519491231002X", None, ""),
    ("113", "110105194912310021", IdFault.CHECK, ""),
    ("HMT", numbered("81000019800101001"), None, ""),
    ("HMT", numbered("82000019800101002"), None, ""),
    ("HMT", numbered("83000019800101003"), None, ""),
    ("HMT", "11010519491231002X", IdFault.SHAPE, ""),
    ("516", "H12345678", None, "H******78"),
    ("516", "M1234567801", None, "M********01"),
    ("516", "H1234567", IdFault.SHAPE, ""),
    ("516", "H123456789", IdFault.SHAPE, ""),
    ("516", "C12345678", IdFault.SHAPE, ""),
    ("511", "01234567", None, "0*****67"),
    ("511", "0123456", IdFault.SHAPE, ""),
    ("553", "911124198108030024", None, "911" + "*" * 13 + "24"),
    ("553", "931012199012010018", None, ""),
    ("553", "911124198108030025", IdFault.CHECK, ""),
    ("553", "911124198113030024", IdFault.BIRTH, ""),
    ("553", "999124198108030024", IdFault.AREA, ""),
    ("553", "CAN310081080315", None, "CAN**********15"),
    ("553", "CAN310099999999", None, ""),  # the old making is not checked beyond its shape
    ("553", "CA310081080315", IdFault.SHAPE, ""),
    ("414", "123456789", None, "1******89"),
    ("414", "X1", IdFault.SHAPE, ""),
    ("414", "ABCDEFGH", IdFault.SHAPE, ""),
    ("414", "A" * 15 + "1", IdFault.SHAPE, ""),
    ("001", "91310115MA1K00015K", None, ""),
    ("001", "91310115MA1K00015L", IdFault.SHAPE, ""),
]


@pytest.mark.parametrize(("kind", "number", "fault", "mask"), PAPERS)
def test_each_kind_checks_and_masks_its_numbers(
    kind: str, number: str, fault: IdFault | None, mask: str
) -> None:
    paper = Paper(kind, number)
    assert paper.fault(today=TODAY) is fault
    assert not mask or paper.masked == mask
    # A firm's code is public, and stays whole.
    assert ("*" in paper.masked) is paper.of.of_person and number not in repr(paper)


def test_every_kind_has_both_languages_and_a_mark() -> None:
    for code, kind in PAPER_KINDS.items():
        assert kind.code == code
        for text in (kind.name, kind.shape):
            assert text.zh and text.en and text.zh != text.en


@pytest.mark.parametrize(
    ("number", "holds"),
    [
        *(("E12345678", True), ("G12345678", True), ("EA1234567", True), ("ED1234567", True)),
        *(("EI1234567", False), ("EO1234567", False), ("D1234567", True), ("PE1234567", True)),
        *(("SE1234567", True), ("e12345678", False), ("E1234567", False), ("A12345678", False)),
    ],
)
def test_chinese_passports(number: str, holds: bool) -> None:
    assert papers.cn_passport_holds(number) is holds
    assert (Paper(papers.PASSPORT, number, CHINA).fault() is None) is holds


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("11010519491231002X", "111"),
        (numbered("81000019800101001"), "HMT"),
        ("911124198108030024", "553"),
        ("CAN310081080315", "553"),
        ("H1234567801", "516"),
        ("01234567", "511"),
        ("E12345678", "414"),
        ("C01X00T47", "414"),
        ("110105194912310021", None),
        ("110105491231002", None),
        ("", None),
        ("12 34", None),
    ],
)
def test_a_bare_number_shows_its_kind(number: str, kind: str | None) -> None:
    shown = papers.paper_shown_by(number)
    assert (shown.kind if shown else None) == kind
    assert papers.identity_paper_holds(number) is (kind is not None)


def test_a_renewed_permit_is_the_same_persons() -> None:
    assert Paper("516", "H1234567801").lasting == Paper("516", "H12345678").lasting == "H12345678"
    assert Paper("511", "01234567").lasting == "01234567"


def test_what_a_foreigners_number_tells() -> None:
    told = Paper("553", "911124198108030024").told
    assert (told.birth, told.sex, str(told.region)) == (date(1981, 8, 3), "female", "加拿大")
    assert str(Paper("553", "CAN310081080315").told.region) == "加拿大"
    assert str(Paper("414", "123456789", "DEU").told.region) == "德国"
    assert Paper("414", "123456789", "XYZ").told == papers.Told()
    assert str(Paper("516", "M12345678").told.region) == "澳门特别行政区"
    assert Paper("516", "M12345678").told.birth is None


def test_states_are_in_the_order_of_the_page() -> None:
    chinese = [one.name.zh for one in papers.countries()]
    assert (
        chinese.index("阿根廷") < chinese.index("德国") < chinese.index("美国") < chinese.index("中非共和国")
    )
    with use_language("en"):
        english = [one.name.en for one in papers.countries()]
    assert english == sorted(english, key=str.encode)
    assert len(set(chinese)) == len(chinese) == len(english) > 190


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("ANNA DE VRIES", "A*** D* V****"),
        ("Jean-Luc O’Neill", "J***-*** O******"),
        ("阿依古丽·买买提", "阿******提"),
        ("㛃", "*"),
    ],
)
def test_masks_of_names(name: str, masked: str) -> None:
    assert papers.mask_name(name) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("11010519491231002X", "1101**********002X"),
        ("H12345678", "H******78"),
        ("E12345678", "E******78"),
        ("not a number", "n*********er"),
        ("12", "**"),
    ],
)
def test_a_number_of_no_stated_kind_is_masked_as_it_looks(number: str, masked: str) -> None:
    assert papers.mask_paper(number) == masked


@given(st.text(max_size=24))
def test_no_check_ever_breaks(number: str) -> None:
    for kind in PAPER_KINDS:
        Paper(kind, number).fault(today=TODAY)
    assert len(papers.mask_paper(number)) == len(number)
