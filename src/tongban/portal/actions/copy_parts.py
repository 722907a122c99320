"""In which order a person's copy tells what is held about her, and what of it is for machines alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from tongban.kit.i18n import Text
from tongban.portal import files

Record = dict[str, Any]

#: Members that say nothing to a reader: ids, codes that stand beside their words, answers kept for a form sent twice,
#: and what whole papers and pages say better. A name holds in every room, ``room:path`` in one place.
_HIDDEN = frozenset(
    {
        *("id", "subject", "reference", "hukou_area", "residence_area", "next", "client", "given_by"),
        *("photos", "points", "officers", "by", "step", "field"),
        *("audit:purpose", "identity:forms_sent.answer", "identity:log_ins_at_systems.system"),
    }
)
#: What tells who she is.
_HERSELF = (
    *(
        "name",
        "paper_kind",
        "paper_country",
        "id_number",
        "phone",
        "level",
        "opened_at",
        "checked_at",
        "as_of",
    ),
    *("residence", "phone_only", "former", "other_papers", "passkeys"),
)
_POWERS = ("powers_given", "powers_held", "represents", "firms_asked", "child_claims")


class Part(msgspec.Struct, frozen=True):
    """Records of one kind: of which room, as which member of its records (empty: themselves), under which title."""

    room: str
    path: str
    title: Text | None
    records: list[Record]


class Chapter(msgspec.Struct, frozen=True):
    """A chapter of the copy; one without parts says that there is nothing."""

    title: Text
    parts: list[Part]


def hidden(room: str, path: str) -> bool:
    """Whether a member is for machines alone."""
    return path.rpartition(".")[2] in _HIDDEN or f"{room}:{path}" in _HIDDEN


def shown(room: str, path: str, record: Record) -> Iterator[tuple[str, Text]]:
    """The members of a record that a reader is told of, each with its place and its label, in the labels' order.

    A label is of the member in this room, where it stands, or of its name alone. What has none only the JSON has.
    """
    labels = files.held().labels
    places = [
        f"{path}.{name}".lstrip(".") for name in record if not hidden(room, f"{path}.{name}".lstrip("."))
    ]
    keys = {key: place for place in places for key in [_label_of(room, place, labels)] if key is not None}
    return ((keys[key], label) for key, label in labels.items() if key in keys)


def _label_of(room: str, place: str, labels: Mapping[str, Text]) -> str | None:
    tried = (f"{room}:{place}", place, place.rpartition(".")[2])
    return next((key for key in tried if key in labels), None)


def chapters(held: Mapping[str, list[Record]]) -> Iterator[Chapter]:
    """All that is held, in the order of its worth to a reader: herself, what is hers, who read it, the logs."""
    rooms = {room: [_worded(one) for one in records] for room, records in held.items()}
    names = {room: one.name for room, one in files.held().rooms.items()}
    known = rooms.get("identity", [])
    accounts = [one for one in known if "consent" not in one and "system" not in one]
    yield Chapter(
        Text("您是谁", "Who you are"),
        [
            Part("identity", "", None, [{name: one[name] for name in _HERSELF if name in one}])
            for one in accounts
        ],
    )
    for room in ("cases", "licences"):
        yield Chapter(names[room], [Part(room, "", None, [one]) for one in rooms.get(room, [])])
    yield Chapter(Text("授权", "Powers"), list(_of_accounts(accounts, _POWERS)))
    yield Chapter(
        Text("同意", "Consents"), _untitled(_of_records(known, "consent")) + _of_records(known, "system")
    )
    for room in ("notices", "files", "portal"):
        yield Chapter(names[room], _of_room(room, rooms.get(room, [])))
    ledger = rooms.get("audit", [])
    yield Chapter(
        names["audit"], [*_of_room("audit", ledger), *_of_records(ledger, "ground_of_reading", "audit")]
    )
    rest = [name for name in files.held().labels if name not in {*_HERSELF, *_POWERS}]
    yield Chapter(Text("登录和核验记录", "Log-ins and checks"), list(_of_accounts(accounts, rest)))


def _of_accounts(accounts: list[Record], names: Any) -> Iterator[Part]:
    """One part for each of these members that any account has."""
    labels = files.held().labels
    for name in names:
        found = [one[name] for one in accounts if one.get(name)]
        records = [each for one in found for each in (one if isinstance(one, list) else [one])]
        if records and all(isinstance(one, dict) for one in records):
            yield Part("identity", name, labels[name], records)


def _of_room(room: str, records: list[Record]) -> list[Part]:
    """A room's records that are told by their own members; those with one member, a record, stand below by its name."""
    own = [one for one in records if len(one) > 1]
    below = dict.fromkeys(
        name for one in records if len(one) == 1 for name in one if name != "ground_of_reading"
    )
    parts = [Part(room, "", None, own)] if own else []
    return parts + [part for name in below for part in _of_records(records, name, room)]


def _of_records(records: list[Record], name: str, room: str = "identity") -> list[Part]:
    found = [one[name] for one in records if one.get(name)]
    return [Part(room, name, files.held().labels[name], found)] if found else []


def _untitled(parts: list[Part]) -> list[Part]:
    return [msgspec.structs.replace(one, title=None) for one in parts]


def _worded(record: Record) -> Record:
    """A record with the words of both languages as one member, and of a case's steps what is said to a reader."""
    told: Record = {}
    for name, value in record.items():
        base = name[:-3]
        if name.endswith("_zh"):
            told[base] = value and {"zh": value, "en": record.get(f"{base}_en") or value}
        elif name == "steps":
            told[name] = [_step(one) for one in value]
        elif not name.endswith("_en"):
            told[name] = _worded_within(value)
    return told


def _worded_within(value: Any) -> Any:
    if isinstance(value, dict):
        return _worded(value)
    return [_worded_within(one) for one in value] if isinstance(value, list) else value


def _step(one: Record) -> Record:
    detail = one.get("detail") or {}
    said = {name: detail.get(name) for name in ("agent", "reason")}
    return {name: one.get(name) for name in ("at", "move", "actor_role")} | {
        name: value for name, value in said.items() if isinstance(value, str)
    }
