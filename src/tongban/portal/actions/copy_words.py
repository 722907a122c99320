"""What stands in a person's records, in words: codes by the rooms' own tables, times on the city's clock.

A code that no table knows is never shown: the JSON has it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Any

import msgspec

from tongban import audit, catalogue
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.errors import Words
from tongban.kit.forms import Form, compile_form
from tongban.kit.i18n import N_, Text
from tongban.kit.personal import Spoken
from tongban.kit.policy import Role
from tongban.kit.web.devices import device_words
from tongban.kit.web.places import place_words, way_words
from tongban.portal import files

#: Characters of one value that the paper prints, and entries of a list.
LONGEST, LISTED = 300, 50
#: What the JSON alone has.
ELSEWHERE = Text("见 JSON 文件", "See the JSON file")
_NOTHING, _ASKED = Text("没有登记", "No entry"), Text("查询时间", "Asked")
_YES, _NO = N_("是"), N_("否")
_AND = N_("、")
#: An instant as JSON has it; ``2026-11-28T00:12:01.205605+00:00``.
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
#: Members whose codes the house names: by the kind under which ``audit.name_of`` is asked.
_NAMED: dict[str, audit.NameKind] = {
    "action": "action",
    "asked_by": "department",
    "department": "department",
    "item": "item",
    "items": "item",
    "type_code": "item",
    "fields": "resource",
}
_ROLES: dict[str, Words] = {
    Role.RESIDENT: Text("您或者为您代办的人", "You, or who acts for you"),
    Role.OFFICER: Text("工作人员", "An officer"),
    Role.ADMINISTRATOR: Text("管理员", "An administrator"),
    Role.SYSTEM: Text("系统自动", "The system by itself"),
    Role.VISITOR: Text("未登录的人", "Somebody not logged in"),
}
_MEDIA: dict[str, Words] = {
    "application/pdf": Text("PDF 文件", "PDF"),
    "application/zip": Text("ZIP 压缩包", "ZIP"),
    "image/jpeg": Text("JPEG 图片", "JPEG picture"),
    "image/png": Text("PNG 图片", "PNG picture"),
}


def _thing(code: str) -> Words:
    """What a request of hers is about: a field of a kind of data, or a decision."""
    if code in files.decisions():
        return files.decisions()[code].name
    fields = {f"{kind.code}.{one.code}": one.name for kind in files.held().kinds for one in kind.wrong}
    return fields.get(code, ELSEWHERE)


#: What stands in several rooms' records, or in this room's own and the ledger's.
_WORDS: dict[str, Spoken] = {
    "actor_role": _ROLES,
    "device": device_words,
    "place": place_words,
    "opened_by": way_words,
    "media_type": _MEDIA,
    "audit.kind": {"act": Text("操作", "Act"), "read": Text("读取", "Reading")},
    "audit.ground_of_reading.kind": audit.PURPOSES,
    "portal.action": _thing,
    "portal.kind": {"correction": Text("更正", "Correction"), "review": Text("人工复核", "A person's look")},
    "portal.state": {
        "asked": N_("等待答复"),
        "granted": Text("同意", "Granted"),
        "refused": Text("不同意", "Refused"),
        "withdrawn": N_("已撤回"),
    },
}


class Speaker(msgspec.Struct, frozen=True):
    """Says values in the language of the moment.

    ``tables`` are the rooms' words (:class:`tongban.kit.personal.Held`), ``names`` what was asked of the house,
    ``forms`` those of the items that were applied for.
    """

    tables: Mapping[str, Mapping[str, Spoken]]
    names: Mapping[tuple[audit.NameKind, str], Words | str]
    forms: Mapping[str, Form]

    def said(self, room: str, path: str, value: Any) -> str:
        """One value of a room's record; ``path`` is its member's name with those it stands within before it."""
        if value is None or value in ("", [], {}, ()):
            return ""
        if isinstance(value, (list, tuple)):
            told = [words for one in value[:LISTED] if (words := self.said(room, path, one))]
            more = [str(ELSEWHERE)] if len(value) > LISTED else []
            return str(_AND).join(dict.fromkeys(told + more))
        if isinstance(value, dict):
            return str(Text(**value)) if value.keys() == {"zh", "en"} else str(ELSEWHERE)
        if isinstance(value, bool):
            return str(_YES if value else _NO)
        table = self._table(room, path)
        if table is not None:
            return _from(table, str(value))
        kind = _NAMED.get(path.rpartition(".")[2])
        return str(self._name(kind, value)) if kind else _plain(value)

    def _name(self, kind: audit.NameKind, code: str) -> Words | str:
        """What the house calls a code; a step of a case, which the ledger names as well, as the case's page does."""
        if kind == "resource" and "." not in code:
            return ""  # what stands on a licence is no register's
        found = self.names.get((kind, _asked(kind, code)))
        room, _, step = code.partition(".")
        steps = self.tables.get(room, {}).get("steps.move", {})
        return found or (None if callable(steps) else steps.get(step)) or ELSEWHERE

    def _table(self, room: str, path: str) -> Spoken | None:
        name, own = path.rpartition(".")[2], self.tables.get(room, {})
        for table, key in ((own, path), (_WORDS, f"{room}.{path}"), (own, name), (_WORDS, name)):
            if key in table:
                return table[key]
        return None

    def answers(self, item: str, answers: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """What was filled in, by the questions of the item's form as it is now."""
        form = self.forms.get(item)
        for field in form.fields if form else ():
            value = answers.get(field.name)
            if value is not None and value not in ("", []):
                yield str(field.label), _short(field.in_words(value))

    def facts(self, item: str, facts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """What each register told, by the same questions."""
        form = self.forms.get(item)
        for resource, heard in facts.items():
            fields = form.filled_from.get(resource, ()) if form else ()
            data = heard.get("data") or {}
            told = [
                _row(field.label, field.in_words(value))
                for field in fields
                if field.ui.prefill and (value := data.get(field.ui.prefill.field)) is not None
            ]
            nothing = [] if told or heard.get("outcome") != "none" else [str(_NOTHING)]
            read = _row(_ASKED, self.said("cases", "read_at", heard.get("read_at")))
            source = self.said("cases", "source", heard.get("source")) or str(ELSEWHERE)
            yield source, "\n".join([*dict.fromkeys(told), *nothing, read])


async def speaker_of(
    db: Database, held: Mapping[str, list[dict[str, Any]]], tables: Mapping[str, Mapping[str, Spoken]]
) -> Speaker:
    """Who says these records: each code among them is asked once, whatever the number of records that have it."""
    names: dict[tuple[audit.NameKind, str], Words | str] = {}
    for kind, code in sorted(set(_codes(held))):
        name = await audit.name_of(db, kind=kind, code=code)
        if name != code:
            names[kind, code] = name
    forms = {}
    for item in {one["item"] for one in held.get("cases", ()) if one.get("item")}:
        with suppress(catalogue.NoSuchItem):
            forms[item] = compile_form((await catalogue.current(db, item)).form)
    return Speaker(tables, names, forms)


def _codes(value: Any, name: str = "") -> Iterator[tuple[audit.NameKind, str]]:
    if isinstance(value, Mapping):
        for key, one in value.items():
            yield from _codes(one, key)
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from _codes(one, name)
    elif isinstance(value, str) and value and name in _NAMED:
        yield _NAMED[name], _asked(_NAMED[name], value)


def _asked(kind: audit.NameKind, code: str) -> str:
    """By which code the house is asked: of a field that was read, its register's."""
    return code.partition(".")[0] if kind == "resource" else code


def _row(label: Words, value: str) -> str:
    return str(N_("{label}：{value}", label=str(label), value=value))


def _from(table: Spoken, code: str) -> str:
    if callable(table):
        return str(table(code))
    return str(table.get(code, ELSEWHERE))


def _plain(value: Any) -> str:
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        value = datetime.fromisoformat(value)
    if isinstance(value, datetime):
        return f"{clock.city_time(value):%Y-%m-%d %H:%M}"
    return f"{value:%Y-%m-%d}" if isinstance(value, date) else _short(str(value))


def _short(words: str) -> str:
    return words if len(words) <= LONGEST else f"{words[:LONGEST]}……"
