"""The form with every kind of question, filled in over HTTP as a room's page does it: draft, buttons, check.

It keeps one draft in memory and knows no person: what a room adds (sessions, versions, purposes) is tested there.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qsl

from tests.kit.sample_form import EVERY_ANSWER, EVERY_KIND, FILE
from tongban.kit import forms
from tongban.kit.acting import Eyes
from tongban.kit.errors import Words
from tongban.kit.forms import Attachment, Form
from tongban.kit.i18n import Text

TODAY = date(2026, 11, 24)
OFFICER = Text("合同上的面积是 78.2 平方米，请核对。", "The lease says 78.2 m². Please check.")


def file_href(name: str, file: Attachment) -> str:
    """Where an attached file would be found."""
    return f"/every_kind/{name}/{file.file}"


class Draft:
    """One draft of the form."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {}
        self.errors: dict[str, Words] = {}

    @property
    def form(self) -> Form:
        """Compiled once, kept by its content."""
        return forms.compile_form(EVERY_KIND)

    def context(self, name: str) -> dict[str, Any]:
        """What the sample page of this name shows."""
        about: dict[str, Any] = {"form": self.form, "file_href": file_href}
        if name == "every_kind":
            return about | {"answers": self.answers, "errors": self.errors}
        if name == "every_kind_wrong":
            wrong = EVERY_ANSWER | {
                "area": 80.123,
                "lease_to": "2025-01-01",
                "rent": "很多",
                "proofs": [FILE, FILE],
            }
            wrong |= {
                "costs": [EVERY_ANSWER["costs"][0] | {"amount": "十元", "payee_id": "1"}, {"what": "other"}]
            }
            return about | {"answers": wrong, "errors": forms.check(self.form, wrong, today=TODAY)}
        if name == "every_kind_correct":
            open_ = forms.reopened(self.form, EVERY_ANSWER, kept=EVERY_ANSWER, only={"area", "proofs"})
            return about | {"answers": EVERY_ANSWER, "errors": {}, "only": open_, "said": {"area": OFFICER}}
        sections = forms.summary(self.form, self.answers or EVERY_ANSWER, masked=True, eyes=Eyes.OWNER)
        return about | {"sections": sections}

    def post(self, posted: Mapping[str, str], sent: Mapping[str, Attachment]) -> str | None:
        """Keep what was posted; gives where the browser goes next, None when it stays for the errors."""
        press = forms.pressed(self.form, posted)
        self.answers = forms.parse(self.form, posted, kept=self.answers)
        self.errors = {}
        if press and press.act == "upload" and press.field.name in sent:
            self._attach(press.field, sent[press.field.name])
        if press:
            return None if self.errors else f"/every_kind#{press.anchor(self.answers)}"
        self.errors = forms.check(self.form, self.answers, today=TODAY)
        return None if self.errors else "/every_kind_check"

    def _attach(self, field: forms.Field, file: Attachment) -> None:
        fault = forms.attachment_fault(
            field, len(self.answers.get(field.name, [])), name=file.name, size=file.size, type_=file.type
        )
        if fault is None:
            self.answers = forms.attach(self.answers, field, file)
        else:
            self.errors = {field.name: fault}


def posted_of(content_type: str, body: bytes) -> tuple[dict[str, str], dict[str, Attachment]]:
    """A body as texts by name and files by name, of both kinds that a browser sends."""
    if not content_type.startswith("multipart/"):
        return dict(parse_qsl(body.decode(), keep_blank_values=True)), {}
    message = BytesParser(policy=HTTP).parsebytes(
        b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body
    )
    texts, files = {}, {}
    for part in message.iter_parts():  # type: ignore[attr-defined]
        name, content = part.get_param("name", header="content-disposition"), part.get_payload(decode=True)
        if part.get_filename() is None:
            texts[name] = content.decode()
        elif part.get_filename():
            number = len(content) % 10**12
            files[name] = Attachment(
                f"0198c0de-0000-7000-8000-{number:012}",
                part.get_filename(),
                len(content),
                part.get_content_type(),
            )
    return texts, files
