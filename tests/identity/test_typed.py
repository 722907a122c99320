"""What is typed is forgiven its form and refused its faults, each with a sentence."""

from __future__ import annotations

import pytest

from tests.identity.conftest import LI
from tongban.identity.model.refusals import TypedInvalid
from tongban.identity.model.typed import checked, cleaned_name, cleaned_phone

GOOD = {"name": LI.name, "id_number": LI.id_number, "phone": LI.phone, "password": LI.password}


def test_blanks_and_full_width_forms_do_not_matter() -> None:
    typed = checked(
        name=" 李晓雯 ",
        id_number=f"{LI.id_number[:6]} {LI.id_number[6:14]} {LI.id_number[14:].lower()}",
        phone="+86 138 0000-5001",
        password=LI.password,
        agreed=True,
    )
    assert typed == LI
    assert cleaned_phone("１３８００００５００１") == "13800005001"
    assert cleaned_phone("\u202d138 0000 5001\u202c") == "13800005001"  # as copied from a list of contacts
    assert cleaned_name("\u202d张三\u202c") == "张三"
    assert cleaned_name("阿依古丽•买买提") == "阿依古丽·买买提"
    assert cleaned_name(" 张\u3000三 ") == "张三" and cleaned_name("欧 阳 修") == "欧阳修"
    assert cleaned_name("Anna  de Vries") == "Anna de Vries"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "", "请填写姓名"),
        ("name", "李3", "不含数字"),
        ("id_number", "", "请填写身份号码"),
        ("id_number", "34032119930518902", "应为 18 位"),
        ("id_number", "340321930518902", "15 位的旧号码"),
        ("id_number", LI.id_number[:-1] + ("1" if LI.id_number[-1] != "1" else "2"), "末位校验不符"),
        ("id_number", "34032119931318902X", "出生日期不存在"),
        ("id_number", "99032119930518902X", "地区代码"),
        ("id_number", "3403211993051890AX", "前 17 位是数字"),
        ("phone", "", "请填写手机号"),
        ("phone", "1280000500", "11 位数字"),
        ("password", "short", "8 至 128"),
        ("password", "aaaaaaaaaa", "太容易"),
        ("password", "12345678", "太容易"),
        ("password", "Password1", "太容易"),
        ("password", LI.phone, "一部分"),
        ("password", LI.id_number[-8:], "一部分"),
    ],
)
def test_each_fault_has_its_sentence(field: str, value: str, words: str) -> None:
    with pytest.raises(TypedInvalid) as refused:
        checked(**{**GOOD, field: value}, agreed=True)
    assert set(refused.value.fields) == {field}
    assert words in str(refused.value.fields[field])


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(TypedInvalid) as refused:
        checked(name="", id_number="1", phone="2", password="3", agreed=False)
    assert set(refused.value.fields) == {"name", "id_number", "phone", "password", "agree"}
