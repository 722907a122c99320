"""Attached files: what counts is the draft's list; a text that is posted neither adds nor forges one."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

import pytest

from tests.kit.sample_form import EVERY_ANSWER, EVERY_KIND, EVERY_TYPED, FILE
from tongban.kit import forms
from tongban.kit.forms import Attachment, BadForm, Form, compile_form
from tongban.kit.i18n import use_language

TODAY = date(2026, 11, 24)
OTHER = FILE | {"file": "0198c0de-0000-7000-8000-000000000002", "name": "发票.png", "type": "image/png"}


@pytest.fixture(scope="module")
def form() -> Form:
    return compile_form(EVERY_KIND)


def said(form: Form, *files: Any) -> dict[str, str]:
    told = forms.check(form, EVERY_ANSWER | {"proofs": list(files)}, today=TODAY)
    return {path: str(words) for path, words in told.items()}


def test_a_posted_text_is_no_file(form: Form) -> None:
    forged = {
        "proofs": FILE["file"],
        "proofs.0": FILE["file"],
        "proofs.0.file": FILE["file"],
        "proofs-1": FILE["file"],
        "_go": f"upload:proofs:{FILE['file']}",
    }
    assert "proofs" not in forms.parse(form, EVERY_TYPED | forged)
    assert forms.parse(form, EVERY_TYPED | forged, kept={"proofs": [OTHER]})["proofs"] == [OTHER]


def test_a_file_is_taken_off_by_its_id(form: Form) -> None:
    kept = {"proofs": [FILE, OTHER]}
    assert forms.parse(form, {"_go": f"drop:proofs:{FILE['file']}"}, kept=kept)["proofs"] == [OTHER]
    assert forms.parse(form, {"_go": "drop:proofs:unknown"}, kept=kept)["proofs"] == [FILE, OTHER]
    assert forms.parse(form, {"_go": f"drop:note:{FILE['file']}"}, kept=kept)["proofs"] == [FILE, OTHER]
    assert "proofs" not in forms.parse(form, {"_go": f"drop:proofs:{FILE['file']}"}, kept={"proofs": [FILE]})


def test_a_photo_in_doubt_is_kept_by_its_button(form: Form) -> None:
    doubted = {**FILE, "doubt": "blurred"}
    kept = {"proofs": [doubted, OTHER]}
    assert said(form, doubted, OTHER) == {}, "a doubt is no fault"
    assert forms.parse(form, {"_go": f"use:proofs:{OTHER['file']}"}, kept=kept)["proofs"] == [doubted, OTHER]
    assert forms.parse(form, {"_go": f"use:proofs:{FILE['file']}"}, kept=kept)["proofs"] == [FILE, OTHER]


def test_an_upload_keeps_all_that_was_typed_beside_it(form: Form) -> None:
    press = forms.pressed(form, EVERY_TYPED | {"_go": "upload:proofs"})
    assert press is not None and (press.act, press.field.name) == ("upload", "proofs")
    answers = forms.parse(form, EVERY_TYPED | {"_go": "upload:proofs"})
    attached = forms.attach(answers, press.field, Attachment(**FILE))
    assert attached["proofs"] == [FILE]
    assert forms.attach(attached, press.field, Attachment(**FILE))["proofs"] == [FILE], "twice is once"
    assert press.anchor(attached) == "proofs"
    assert attached | {"costs": EVERY_ANSWER["costs"]} == EVERY_ANSWER


def test_number_and_types_are_checked(form: Form) -> None:
    third = OTHER | {"file": "0198c0de-0000-7000-8000-000000000003"}
    assert said(form, FILE, OTHER) == {}
    assert said(form) == {"proofs": "请上传租赁合同和发票。"}
    assert said(form, FILE, OTHER, third) == {"proofs": "租赁合同和发票最多上传 2 个文件，请移除多余的。"}
    assert said(form, FILE | {"type": "text/html"}) == {
        "proofs": "租赁合同和发票不收“租赁合同.pdf”这种格式的文件，请换一种格式。"
    }
    assert said(form, FILE | {"size": 10485761}) == {
        "proofs": "租赁合同和发票中的“租赁合同.pdf”太大，请压缩后重新上传。"
    }
    assert said(form, FILE | {"file": "../etc/passwd"}) == {
        "proofs": "租赁合同和发票中的“租赁合同.pdf”无法使用，请移除后重新上传。"
    }
    assert set(said(form, FILE | {"path": "x"})) == {"proofs.0.path"}


def test_what_is_sent_is_looked_at_before_it_is_attached(form: Form) -> None:
    def fault(
        attached: int = 0, name: str = "合同.pdf", size: int = 1, type_: str = "application/pdf"
    ) -> str:
        return str(
            forms.attachment_fault(form.by_name["proofs"], attached, name=name, size=size, type_=type_) or ""
        )

    assert fault() == "" and fault(attached=1, size=10485760) == ""
    assert fault(attached=2) == "租赁合同和发票最多上传 2 个文件，请移除多余的。"
    assert fault(size=0) == "“合同.pdf”是空文件，请检查后重新上传。"
    assert fault(size=10485761) == "“合同.pdf”有 10.1 MB，超过每个文件 10 MB 的上限，请压缩后重新上传。"
    assert fault(type_="text/html") == "“合同.pdf”不是可以接收的格式，请上传 PDF、JPEG、PNG。"
    with use_language("en"):
        assert (
            fault(type_="text/html") == "'合同.pdf' is in a format that is not taken. Upload PDF, JPEG, PNG."
        )


def test_a_summary_names_the_files(form: Form) -> None:
    line = next(
        line for part in forms.summary(form, EVERY_ANSWER) for line in part.lines if line.name == "proofs"
    )
    assert line.value == "1 个文件"
    assert [(file.name, file.detail) for file in line.files] == [("租赁合同.pdf", "2 页，1.4 MB")]


@pytest.mark.parametrize("change", [{"accept": []}, {"max_size": None}])
def test_files_without_limits_are_refused(change: dict[str, Any]) -> None:
    schema = copy.deepcopy(EVERY_KIND)
    schema["properties"]["proofs"]["x-ui"] |= change
    with pytest.raises(BadForm, match="accept and max_size"):
        compile_form(schema)
    schema = copy.deepcopy(EVERY_KIND)
    del schema["properties"]["proofs"]["maxItems"]
    with pytest.raises(BadForm, match="maxItems must say"):
        compile_form(schema)
