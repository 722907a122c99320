"""The files of an application 附件: which questions take them, how many, and the answers that list them.

Such a question has the widget ``files`` and is answered with a list of objects ``{file, name, size, type, pages}``. The
list is the house's own: what a browser posts under its name is never taken for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any
from uuid import UUID

import msgspec

from tongban.catalogue import Material
from tongban.kit.errors import Invalid, NotFound, Words
from tongban.kit.files import Wanted
from tongban.kit.forms import Form
from tongban.kit.i18n import N_, Text

#: What one application may hold.
FILES = 20
BYTES = 50 << 20

Answers = dict[str, Any]


class NoFilesHere(NotFound):
    """The form asks for no file under this name."""

    def __init__(self) -> None:
        super().__init__("no-files-here", N_("这份表单没有这个上传项。请返回表单重新操作。"))


class AttachmentsTooMany(Invalid):
    """More or larger files than one application may hold; ``fields`` says where."""

    def __init__(self, field: str, words: Words) -> None:
        super().__init__("attachments-too-many", words, fields={field: words})


def file_fields(schema: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The questions of a form that are answered with files, with their rules."""
    return {
        name: rule
        for name, rule in schema.get("properties", {}).items()
        if rule.get("x-ui", {}).get("widget") == "files"
    }


def wanted(schema: Mapping[str, Any]) -> dict[str, Wanted]:
    """Which files each of these questions takes, by ``accept`` and ``max_size`` of its ``x-ui``."""
    every = Wanted()
    return {
        name: Wanted(
            types=every.types & frozenset(rule["x-ui"].get("accept", every.types)),
            size=min(every.size, rule["x-ui"].get("max_size", every.size)),
        )
        for name, rule in file_fields(schema).items()
    }


class Twins(msgspec.Struct, frozen=True):
    """One file for two materials 同一个文件: their labels, the later one's question, the name that it has there."""

    first: Text
    second: Text
    field: str
    name: str


def twins(form: Form, answers: Mapping[str, Any], contents: Mapping[UUID, bytes]) -> list[Twins]:
    """Each two different questions that are answered with the same content, in the form's order; ``contents`` are the
    contents' addresses by the files' ids. It is no fault: one paper may prove two things."""
    every = [
        (field, file["name"], contents.get(UUID(file["file"])))
        for field in form.asked(answers)
        if field.ui.widget == "files"
        for file in answers.get(field.name) or ()
    ]
    found: dict[tuple[str, str, bytes], Twins] = {}
    for (one, _, content), (other, name, same) in combinations(every, 2):
        if one.name != other.name and content is not None and content == same:
            told = Twins(one.label, other.label, other.name, name)
            found.setdefault((one.name, other.name, content), told)
    return [*found.values()]


def taken_off(schema: Mapping[str, Any], stored: Mapping[str, Any], answers: Mapping[str, Any]) -> list[UUID]:
    """The files that stood in the lists as they are stored and stand in no list of these answers."""
    still = {file["file"] for name in file_fields(schema) for file in answers.get(name) or ()}
    return [
        UUID(file["file"])
        for name in file_fields(schema)
        for file in stored.get(name) or ()
        if file["file"] not in still
    ]


def carried(
    materials: Iterable[Material], form: Form, before: Mapping[str, Any], answers: Answers
) -> Answers:
    """The answers with the files of a question that is asked no more under the one that asks for the same paper now.

    An item may ask for a standard material in each of its situations by a question of its own: whoever chooses another
    situation has handed the paper in already.
    """
    asked = {field.name for field in form.asked(answers)}
    same: dict[str, list[str]] = {}
    for one in materials:
        if one.material_code and one.place in form.by_name:
            same.setdefault(one.material_code, []).append(one.place)
    found = dict(answers)
    for names in same.values():
        left = next((name for name in names if before.get(name) and name not in asked), None)
        here = next((name for name in names if name in asked), None)
        if left and here and not found.get(here):
            found[here] = before[left]
            found.pop(left, None)
    return found


def room_for(schema: Mapping[str, Any], answers: Mapping[str, Any], field: str) -> int:
    """How many files more a question takes, by its own limit and that of the whole application."""
    rules = file_fields(schema)
    here, most = len(answers.get(field) or ()), int(rules[field].get("maxItems", FILES))
    left = FILES - sum(len(answers.get(name) or ()) for name in rules)
    return max(0, min(most - here, left))


def with_more(
    schema: Mapping[str, Any], answers: Mapping[str, Any], more: Mapping[str, Sequence[dict[str, Any]]]
) -> Answers:
    """The answers with more files at the end of their lists; raises NoFilesHere, AttachmentsTooMany."""
    rules = file_fields(schema)
    if not set(more) <= set(rules):
        raise NoFilesHere
    lists = {name: [*answers.get(name, []), *more.get(name, [])] for name in rules}
    for name in more:
        most = rules[name].get("maxItems")
        if most is not None and len(lists[name]) > most:
            raise AttachmentsTooMany(name, N_("这一项最多上传 {most} 个文件，请先删除不需要的。", most=most))
    every = [file for files in lists.values() for file in files]
    last = list(more)[-1] if more else ""
    if len(every) > FILES:
        raise AttachmentsTooMany(last, N_("一份申请最多上传 {most} 个文件，请先删除不需要的。", most=FILES))
    if sum(file["size"] for file in every) > BYTES:
        raise AttachmentsTooMany(
            last,
            N_("一份申请的文件合计最多 {most} MB，请压缩或先删除不需要的。", most=BYTES >> 20),
        )
    return {**answers, **{name: lists[name] for name in more}}
