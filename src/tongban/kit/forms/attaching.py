"""Attaching a file to a question. The bytes are another tool's; here is the list in the answers and its limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from tongban.kit.errors import Words
from tongban.kit.forms.attached import Attachment, formats_in_words, size_in_words
from tongban.kit.forms.field import Field
from tongban.kit.i18n import N_


def attachment_fault(field: Field, attached: int, *, name: str, size: int, type_: str) -> Words | None:
    """Why a file may not be attached to ``field``, which has so many ``attached`` already; None when it may.

    ``type_`` is the media type that its content has, not the one that the browser said.
    """
    if attached >= field.most:
        return N_("{label}最多上传 {limit} 个文件，请移除多余的。", label=field.label, limit=field.most)
    if type_ not in field.ui.accept:
        return N_(
            "“{name}”不是可以接收的格式，请上传 {formats}。",
            name=name,
            formats=formats_in_words(field.ui.accept),
        )
    if not size:
        return N_("“{name}”是空文件，请检查后重新上传。", name=name)
    if field.ui.max_size is not None and size > field.ui.max_size:
        return N_(
            "“{name}”有 {size}，超过每个文件 {limit} 的上限，请压缩后重新上传。",
            name=name,
            size=size_in_words(size),
            limit=size_in_words(field.ui.max_size),
        )
    return None


def attach(answers: Mapping[str, Any], field: Field, attachment: Attachment) -> dict[str, Any]:
    """The answers with one more file at ``field``; the same file twice stands there once."""
    files = [one for one in answers.get(field.name) or [] if one["file"] != attachment.file]
    return {**answers, field.name: [*files, msgspec.to_builtins(attachment)]}
