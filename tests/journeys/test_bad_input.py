"""What people type wrongly: each has its own sentence beside its field, and nothing else is lost."""

from __future__ import annotations

import re
from datetime import date

import pytest

from tests.journeys.house import ITEM, PASSWORD, House, Person
from tongban.kit.rules import months_after
from tongban.tour.visitor import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]


def enrolling(house: House, person: Person, **typed: str) -> Visitor:
    page = house.visitor().visit(f"/enrol?next=/apply/{ITEM}")
    given = {name: person[name] for name in ("name", "id_number", "phone")}
    return page.post("/enrol", **{**given, "password": PASSWORD, "agree": "yes", **typed})


def sentences(page: Visitor) -> str:
    """The page's error summary."""
    found = re.search(r'class="errors".*?</(?:section|div)>', page.html, re.DOTALL)
    assert found, f"no error summary: {page.text[:600]}"
    return re.sub(r"<[^>]+>", " ", found[0])


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"id_number": "last"}, "末位校验不符"),
        ({"id_number": "31010119900101"}, "应为 18 位"),
        ({"id_number": "310101900101123"}, "15 位的旧号码"),
        ({"id_number": "31010119901301123X"}, "出生日期不存在"),
        ({"id_number": "990101199001011232"}, "前两位不是有效的地区代码"),
        ({"id_number": "31O101199001011232"}, "前 17 位是数字"),
        ({"id_number": ""}, "请填写身份号码"),
        ({"name": "王2"}, "请按身份证填写姓名"),
        ({"phone": "1380000"}, "手机号应为 11 位"),
        ({"password": "short"}, "8 至 128 个字符"),
        ({"agree": ""}, "需要您同意"),
    ],
    ids=lambda value: value if isinstance(value, str) else next(f"{k}={v}" for k, v in value.items()),
)
def test_what_is_typed_wrong_at_enrolment(house: House, wrong: dict[str, str], sentence: str) -> None:
    person = Person(STRANGER)
    if wrong.get("id_number") == "last":
        number = person["id_number"]
        wrong = {"id_number": number[:-1] + ("1" if number[-1] != "1" else "2")}
    page = enrolling(house, person, **wrong)
    assert page.status == 422
    assert sentence in sentences(page)
    stays = {**{name: person[name] for name in ("name", "id_number", "phone")}, **wrong}
    form = page.form("/enrol").fields
    assert {name: form[name] for name in ("name", "id_number", "phone")} == {
        name: stays[name] for name in ("name", "id_number", "phone")
    }
    assert form["next"] == f"/apply/{ITEM}"
    assert form.get("password", "") == "", "a password never comes back in a page"


#: Nobody: the number is well formed, and the population register does not know it.
STRANGER = {"name": "王小明", "id_number": "11010119900307889X", "phone": "13900001234"}


def _well_formed(first_17: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return first_17 + "10X98765432"[sum(int(d) * w for d, w in zip(first_17, weights, strict=True)) % 11]


STRANGER["id_number"] = _well_formed("11010119900307889")


def test_somebody_whom_the_register_does_not_know(house: House) -> None:
    page = enrolling(house, Person(STRANGER))
    assert page.status == 422
    assert "没有查到这个身份号码" in sentences(page)
    assert page.form("/enrol").fields["name"] == STRANGER["name"]


def test_the_number_of_one_and_the_name_of_another(house: House) -> None:
    person, another = house.person(), house.person()
    page = enrolling(house, person, name=another["name"])
    assert "姓名与这个身份号码登记的不一致" in sentences(page)
    page = enrolling(house, person, phone=another["phone"])
    assert "这个手机号没有登记在您名下" in sentences(page)
    assert another["name"] not in page.text


def test_the_dead_open_no_account(house: House) -> None:
    assert "登记已经注销" in sentences(enrolling(house, house.person("deceased")))


def test_a_wrong_code_can_be_put_right(house: House) -> None:
    person = house.person()
    after = house.newest(person["phone"])
    page = enrolling(house, person)
    code = house.message(person["phone"], after)
    wrong = f"{(int(code) + 1) % 10**6:06}"
    page.post("/enrol/code", code=wrong)
    assert page.status == 422 and "还可以再试 4 次" in sentences(page)
    page.post("/enrol/code", code="")
    assert page.status == 422
    full_width = code.translate({48 + digit: 0xFF10 + digit for digit in range(10)})
    page.post("/enrol/code", code=f" {full_width[:3]} {full_width[3:]}")
    assert page.path == f"/apply/{ITEM}", page.text[:600]


def test_five_wrong_codes_are_enough(house: House) -> None:
    person = house.person()
    after = house.newest(person["phone"])
    page = enrolling(house, person)
    code = house.message(person["phone"], after)
    for _ in range(5):
        page.post("/enrol/code", code=f"{(int(code) + 1) % 10**6:06}")
    page.post("/enrol/code", code=code)
    assert page.status == 422 and "不能再试" in sentences(page)
    house.a_minute_passes()
    after = house.newest(person["phone"])
    page.post("/enrol/code", to="/enrol/resend")
    page.post("/enrol/code", code=house.message(person["phone"], after))
    assert page.path == f"/apply/{ITEM}", page.text[:600]


def test_unknown_account_and_wrong_password_look_alike(house: House) -> None:
    person = house.person()
    house.enrol(person)
    told = []
    for account in (person["phone"], "13999999999"):
        page = house.visitor().visit("/login?next=/my/cases")
        page.post("/login", account=account, password="not the password")
        assert page.status == 422
        assert page.form("/login").fields["account"] == account
        assert page.form("/login").fields["next"] == "/my/cases"
        told.append(sentences(page))
    assert told[0] == told[1]
    assert "账号或密码不正确" in told[0]


def test_five_months_is_told_before_and_after(house: House) -> None:
    """She is advised to wait, may submit all the same; the officer is advised to refuse, and does with the reason."""
    person, page, case = house.applying("five_months")
    house.fill(page, case)
    assert page.path.endswith("/check"), page.text[:900]
    assert "目前还不满足申领条件" in page.text and "居住登记满 6 个月" in page.text
    assert "仍要提交" in page.text
    since = date.fromisoformat(person["facts"]["residence"]["residence_since"])
    assert f"从 {months_after(since, 6)} 起满足" in page.text
    assert re.search(r"草稿保留到 \d{4}-\d\d-\d\d", page.text)
    assert "作出决定前可以撤回" in page.text
    page.post("/submit")
    assert page.path == f"/my/cases/{case}"

    officer = house.officer(person.district)
    desk = house.desk_path(page, officer, case)
    # Before acceptance nothing is advised that cannot be pressed yet.
    assert "条件不满足" in officer.text and "建议不予" not in officer.text
    assert "居住登记满 6 个月" in officer.text
    officer.post("/recheck", to=f"{desk}/accept")
    assert "建议不予" in officer.text and "居住登记满 6 个月" in officer.text
    officer.post("/recheck", to=f"{desk}/approve")
    assert officer.status == 422 and "不能准予" in officer.text
    officer.post("/recheck", to=f"{desk}/refuse", reason="  不满足 ")
    assert officer.status == 422 and "请写明理由" in officer.text
    assert "不满足" in officer.form("/recheck").fields["reason"], "what was typed stays"
    reason = "居住登记未满 6 个月，请满 6 个月后再申请。"
    officer.post("/recheck", to=f"{desk}/refuse", reason=reason)
    assert officer.status == 200 and "不予办理" in officer.text

    page.visit(f"/my/cases/{case}")
    assert reason in page.text
    assert re.search("60 日内，可以向示范市.+区人民政府申请行政复议", page.text)
    assert "6 个月内，可以向有管辖权的人民法院提起行政诉讼" in page.text
    house.until(page, "/my/inbox", lambda shown: "未获准" in shown.text, "the notice of the refusal")


def test_a_refusal_needs_a_reason_even_where_the_rule_is_met(house: House) -> None:
    person, page, case = house.submitted()
    officer = house.officer(person.district)
    desk = house.desk_path(page, officer, case)
    assert "建议受理" in officer.text and "建议准予" not in officer.text
    officer.post("/recheck", to=f"{desk}/decline", reason="")
    assert officer.status == 422 and "请写明理由" in officer.text
    long = "居住登记与实际不符。" * 201
    officer.post("/recheck", to=f"{desk}/decline", reason=long)
    assert officer.status == 422 and "最多 2000 个字" in officer.text
    assert officer.form("/recheck").fields["reason"].strip() == long, "not a word of it is lost"
    assert "等待受理" in page.visit(f"/my/cases/{case}").text
    officer.post("/recheck", to=f"{desk}/no-such-move")
    assert officer.status == 404 and "没有这项操作" in officer.text


def test_a_wrong_phone_in_the_form_is_told_beside_it(house: House) -> None:
    _, page, case = house.applying()
    page.post(case, ground="work", collection="pick_up", declaration="yes", phone="12345", _go="check")
    assert page.status == 422
    assert "联系电话" in sentences(page)
    form = page.form(case).fields
    assert form["phone"] == "12345" and form["ground"] == "work" and form["declaration"] == "yes"


def test_what_the_registers_know_cannot_be_typed_over(house: House) -> None:
    person, page, case = house.applying()
    house.fill(page, case, residence_address="别人家 1 号 101 室", name="别人", employer="我的公司")
    assert page.path.endswith("/check")
    assert "别人家" not in page.text and "我的公司" not in page.text
    assert person["facts"]["employment"]["employer"] in page.text


@pytest.mark.parametrize(
    "code", ["3101011234567890123", "31010112345678", "abc", "1" * 19, "%00", "' OR 1=1"]
)
def test_a_code_that_is_none_is_told_at_the_desk(house: House, code: str) -> None:
    officer = house.officer("310101")
    page = officer.visit(f"/desk?q={code}")
    assert page.status == 200
    assert "19 位受理编码" in page.text or "没有找到这个办件" in page.text
