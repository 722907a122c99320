"""The items for a held licence 许可后续办理, made from the item that gives it and from ``afterwards.yaml``.

An item's file names them: ``afterwards: {renew: {opens, closes, …}, change: {fields: […]}, reissue: {}, cancel: {}}``.
Each is written out here as if it had a file of its own: same organ, same codes but for the handling item's two digits,
a short form that is filled from the held licence (``prefill`` from ``held``), and no question twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tongban.catalogue.model.after import HELD, NEW, Act

#: Data elements of who applies, as the base item's form asks them.
_HOLDER = ("DE-FIRM-NAME", "DE-FIRM-CODE", "DE-LEGAL-REPRESENTATIVE", "DE-NAME", "DE-ID-NUMBER")
#: Of these what the licence says of its holder, and nobody else.
_ON_IT = {"DE-FIRM-NAME": "holder_name", "DE-FIRM-CODE": "holder_code"}
#: Of these what stands on the licence where its item says so: another answer is a change, and asked as one.
_ON_ITS_FACE = ("DE-LEGAL-REPRESENTATIVE",)
_PHONE = "DE-PHONE"
#: What a question says of its neighbours in the base form.
_OF_ITS_PLACE = ("when", "section", "at_least", "at_most")
#: What an item says of an act for its window, not for the item that is made of it.
_WINDOW = ("opens", "closes", "unit", "late", "counted")
#: What is taken over from the base item's file as it stands.
_ALIKE = (
    *(
        "icon",
        "department",
        "kind",
        "serial",
        "part",
        "set_by",
        "targets",
        "topics",
        "level",
        "scope",
        "papers",
    ),
    *("by_district", "audience", "chain", "marks"),
)
Raw = dict[str, Any]


class AfterwardsWrong(ValueError):  # noqa: N818 - named for what it is
    """What an item says of life after its decision cannot be used; the message says why."""


def followers(item: Raw, whole: Raw, alike: Raw) -> list[Raw]:
    """The files of the items that follow ``item`` as it was read.

    ``whole`` is its draft, the form written out and the licence type a code; ``alike`` is
    ``afterwards.yaml``. Raises AfterwardsWrong, KeyError.
    """
    return [
        _Follower(item, whole, alike, act, dict(said or {})).written()
        for act, said in item.get("afterwards", {}).items()
    ]


def code_of(base: str, act: str, alike: Raw) -> str:
    """The code of the item that does ``act`` to the licence that ``base`` gives."""
    if act not in alike["acts"]:
        raise AfterwardsWrong(f"afterwards: no such act: {act!r}; there are {', '.join(alike['acts'])}")
    return f"{base}_{alike['acts'][act]['tail']}"


class _Follower:
    """One act of one item, on its way to a file of its own."""

    def __init__(self, item: Raw, whole: Raw, alike: Raw, act: str, said: Raw) -> None:
        self.code = code_of(item["code"], act, alike)
        self.item, self.whole, self.alike, self.said = item, whole, alike, said
        self.act, self.words = Act(act), alike["acts"][act]
        self.result = next((one for one in whole["results"] if one.get("licence_type")), None)
        if self.result is None:
            raise AfterwardsWrong("afterwards: the item gives no licence")
        self.asked: Raw = whole["form"]["properties"]
        self.groups: list[Raw] = [
            {"field": one} if isinstance(one, str) else one for one in self._changeable()
        ]
        names = [name for one in self.groups for name in (one["field"], *one.get("with", ()))]
        if unknown := [name for name in names if name not in self.asked]:
            raise AfterwardsWrong(f"afterwards.{act}: the form has no such question: {', '.join(unknown)}")
        self.fields = names

    def _changeable(self) -> list[Any]:
        """What may have another answer; a renewal takes over what a change may say."""
        if self.act is Act.CHANGE and not self.said.get("fields"):
            raise AfterwardsWrong("afterwards.change: fields says what may be changed")
        if self.act is Act.RENEW and "fields" not in self.said:
            return list((self.item["afterwards"].get("change") or {}).get("fields", ()))
        return list(self.said.get("fields", ()))

    def written(self) -> Raw:
        """The item as its own file would have it."""
        said, words = self.said, self.words
        body = {name: self.item[name] for name in _ALIKE if name in self.item}
        body |= {
            "code": self.code,
            "name": self._named("name"),
            "summary": said.get("summary") or self._named("summary"),
            "clock": self._clock(),
            "visits": 0,
            "gives": "again",
            "about": "licence",
            "after": self._after(),
            "conditions": [
                {"text": words["condition"], "basis": words["basis"], "mark": "realistic"},
                *said.get("conditions", ()),
            ],
            "materials": self._materials(),
            "basis": [
                *said.get("basis", ()),
                {"law": "licensing", "article": words["article"], "gist": words["gist"], "mark": "real"},
            ],
            "results": [self._result()],
            "faq": [*words["faq"], *said.get("faq", ())],
            "form": self._form(),
        }
        if "chain" in said:
            body["chain"] = said["chain"]
        if self.act in (Act.RENEW, Act.CHANGE):
            for name in ("special_procedures", "inspection"):
                if name in self.item:
                    body[name] = self.item[name]
        if "inspect_on" in said:
            body["special_procedures"] = self._inspected_on(said["inspect_on"])
        return body

    def _inspected_on(self, changes: list[str]) -> list[Raw]:
        """The special procedures, those on the spot only for the changes that touch the conditions of the business."""
        if unknown := set(changes) - {one["field"] for one in self.groups}:
            raise AfterwardsWrong(f"afterwards.{self.act}: no such change: {', '.join(sorted(unknown))}")
        return [
            one | {"changes": changes} if one["kind"] == "2" else one
            for one in self.item.get("special_procedures", ())
        ]

    def _clock(self) -> Raw:
        """Its own limits; where the base item tells the right to a hearing 听证 before a refusal, so do the two that
        are refused on the same grounds: who lives by the licence is hit harder by that (行政许可法 art. 47)."""
        base, own = self.item["clock"], self.said.get("clock") or self.words["clock"]
        if self.act not in (Act.RENEW, Act.CHANGE) or "hearing" not in base:
            return dict(own)
        return {"hearing": base["hearing"], **own}

    def _after(self) -> Raw:
        assert self.result is not None
        window = {name: self.said[name] for name in _WINDOW if name in self.said}
        return {
            "act": self.act.value,
            "licence_type": self.result["licence_type"],
            "base": self.item["code"],
            "base_name": self.item["name"],
            "fields": tuple(self.fields),
        } | ({"window": window} if self.act is Act.RENEW else {})

    def _result(self) -> Raw:
        assert self.result is not None
        if self.act is Act.CANCEL:
            return {
                "name": self.words["result"],
                "kind": "approval",
                "delivery": self.words["delivery"],
                "mark": "synthetic",
            }
        return {**self.result, "delivery": self.words["delivery"]}

    def _named(self, what: str) -> Raw:
        assert self.result is not None
        item, licence = self.item["name"], self.result["name"]
        zh, en = self.words[what]["zh"], self.words[what]["en"]
        return {
            "zh": zh.format(item=item["zh"], licence=licence["zh"]),
            "en": en.format(item=item["en"], licence=_in_a_sentence(licence["en"])),
        }

    def _materials(self) -> list[Raw]:
        wanted = {one["code"] for one in self.said.get("materials", ())}
        known = {one["code"] for one in self.item.get("materials", ())}
        if unknown := wanted - known:
            raise AfterwardsWrong(f"afterwards.{self.act}: no such material: {', '.join(sorted(unknown))}")
        return [one for one in self.item.get("materials", ()) if one["code"] in wanted]

    def _form(self) -> Raw:
        properties = {**self._of_the_licence(), **self._of_the_matter(), **self._of_the_applicant()}
        for one in self.said.get("materials", ()):
            place: Raw = {"material": one["code"], "section": "papers"}
            if "when" in one:
                place["when"] = {"field": "changes", "includes": one["when"]}
            properties[f"file_{one['code']}"] = place
        properties["declaration"] = _declaration(self.said.get("declaration") or self.words["declaration"])
        optional = {name for name in properties if name in self.asked or name.startswith(NEW)}
        base_required = set(self.whole["form"]["required"])
        required = [
            name for name in properties if name not in optional or name.removeprefix(NEW) in base_required
        ]
        sections = [
            {"key": key, "title": self.alike[key]}
            for key in ("held", "matter", "holder", "papers")
            if any(_section(rule) == key for rule in properties.values())
        ]
        return {
            "$schema": self.whole["form"]["$schema"],
            "type": "object",
            "required": required,
            "properties": properties,
            "x-ui": {"sections": sections},
        }

    def _of_the_licence(self) -> Raw:
        """What the licence says of itself; the district decides who is competent, as for the base item."""
        made: Raw = {
            "held_number": _told(
                "held_number", self.alike["number"], self.alike["not_told"], {"type": "string"}
            ),
        }
        date = {"type": "string", "format": "date"}
        if self.act is Act.RENEW:
            made["held_until"] = _told(
                "held_until", self.alike["until"], self.alike["not_told"], date, widget="date"
            )
        if self.act in (Act.REISSUE, Act.CANCEL):
            made["held_from"] = _told(
                *("held_from", self.alike["issued"], self.alike["not_told"], date),
                widget="date",
                not_after="today",
            )
        district = self.whole.get("district_field")
        if district:
            made[district] = _moved(self.asked[district], "held", prefill=district, editable=False)
        return made

    def _of_the_matter(self) -> Raw:
        match self.act:
            case Act.RENEW:
                return self._renewal()
            case Act.CHANGE:
                return self._changes(None)
            case Act.REISSUE:
                return self._reissue()
            case _:
                return self._cancellation()

    def _renewal(self) -> Raw:
        if not self.groups:
            return {}
        words = self.words
        options = [
            {"value": "same", "label": words["same"]},
            {"value": "differs", "label": words["differs"]},
        ]
        ask = _choice("DE-RENEWAL-CHANGES", words["question"], options)
        return {"unchanged": ask, **self._changes({"field": "unchanged", "is": ["differs"]})}

    def _changes(self, when: Raw | None) -> Raw:
        """Which change, and of each the present words beside the new ones."""
        values = [one["field"] for one in self.groups]
        ui = {
            "label": self.alike["changes"]["label"],
            "hint": self.alike["changes"]["hint"],
            "element": "DE-CHANGES",
            "section": "matter",
            "widget": "choices",
            "options": [{"value": name, "label": _label(self.asked[name])} for name in values],
        }
        changes = {
            "type": "array",
            "uniqueItems": True,
            "minItems": 1,
            "maxItems": len(values),
            "items": {"type": "string", "enum": values},
            "x-ui": ui | ({"when": when} if when else {}),
        }
        made: Raw = {"changes": changes}
        for one in self.groups:
            name, chosen = one["field"], {"field": "changes", "includes": one["field"]}
            of_today = _about(self.alike["of_today"], self.asked[name])
            made[name] = _moved(
                *(self.asked[name], "matter"), prefill=name, editable=False, when=chosen, label=of_today
            )
            to_be = _about(self.alike["to_be"], self.asked[name])
            made[f"{NEW}{name}"] = _moved(
                *(self.asked[name], "matter"), prefill=name, editable=True, when=chosen, label=to_be
            )
            for more in one.get("with", ()):
                rule = self.asked[more]
                hangs = _renamed(rule["x-ui"].get("when"), {name, *one["with"]}) or chosen
                made[f"{NEW}{more}"] = _moved(rule, "matter", prefill=more, editable=True, when=hangs)
        return made

    def _reissue(self) -> Raw:
        words = self.words
        return {
            "how_lost": _choice("DE-HOW-LOST", words["how"], words["options"]),
            "lost_on": _date("DE-LOST-ON", words["day"], not_before="held_from", not_after="today"),
            "lost_words": _text("DE-LOST-WORDS", words["words"], hint=words["words_hint"]),
        }

    def _cancellation(self) -> Raw:
        words, other = self.words, {"field": "why_cancel", "is": ["other"]}
        return {
            "why_cancel": _choice("DE-WHY-CANCEL", words["why"], words["options"]),
            "cancel_words": _text("DE-CANCEL-WORDS", words["words"], when=other),
            "cancel_on": _date("DE-CANCEL-ON", words["day"], not_before="held_from", not_after="today+6m"),
        }

    def _of_the_applicant(self) -> Raw:
        """Who applies, as the base item asks it: filled by the licence, the registers and the account."""
        assert self.result is not None
        made, face = {}, self.result.get("face", ())
        for name, rule in self.asked.items():
            element = rule["x-ui"].get("element")
            if element in _HOLDER and name not in self.fields:
                said = _ON_IT.get(element) or (name if element in _ON_ITS_FACE and name in face else None)
                told: Raw = {"prefill": said, "editable": False} if said else {}
                made[name] = _moved(rule, "holder", **told)
            if element == _PHONE:
                made[name] = _moved(rule, "papers")
        return made


def _in_a_sentence(english: str) -> str:
    return english[:1].lower() + english[1:]


def _section(rule: Mapping[str, Any]) -> str:
    return str(rule.get("section") or rule["x-ui"]["section"])


def _label(rule: Mapping[str, Any]) -> Raw:
    label: Raw = rule["x-ui"]["label"]
    return label


def _about(words: Raw, rule: Mapping[str, Any]) -> Raw:
    label = _label(rule)
    return {"zh": words["zh"].format(label=label["zh"]), "en": words["en"].format(label=label["en"])}


def _moved(rule: Raw, section: str, *, prefill: str = "", **more: Any) -> Raw:
    """A question of the base form in another place; with ``prefill`` the held licence tells it, else who told it.

    The numbers that it is held against there are not asked here.
    """
    ui = {name: value for name, value in rule["x-ui"].items() if name not in _OF_ITS_PLACE}
    if prefill:
        ui["prefill"] = {"resource": HELD, "field": prefill}
    return {**rule, "x-ui": {**ui, "section": section, **more}}


def _renamed(when: Raw | None, names: set[str]) -> Raw | None:
    """A condition on base questions as one on the new answers; None where it looks elsewhere."""
    if when is None:
        return None
    for joint in ("all", "any"):
        if joint in when:
            parts = [_renamed(part, names) for part in when[joint]]
            return {joint: parts} if all(parts) else None
    return {**when, "field": f"{NEW}{when['field']}"} if when.get("field") in names else None


def _told(name: str, label: Raw, hint: Raw, rule: Raw, **more: Any) -> Raw:
    ui = {"label": label, "hint": hint, "element": f"DE-{name.upper().replace('_', '-')}", "section": "held"}
    return {**rule, "x-ui": {**ui, "prefill": {"resource": HELD, "field": name}, "editable": False, **more}}


def _choice(element: str, label: Raw, options: list[Raw]) -> Raw:
    ui = {"label": label, "element": element, "section": "matter", "widget": "radios", "options": options}
    return {"type": "string", "enum": [one["value"] for one in options], "x-ui": ui}


def _date(element: str, label: Raw, **more: Any) -> Raw:
    ui = {"label": label, "element": element, "section": "matter", "widget": "date", **more}
    return {"type": "string", "format": "date", "x-ui": ui}


def _text(element: str, label: Raw, **more: Any) -> Raw:
    ui = {"label": label, "element": element, "section": "matter", "widget": "textarea", **more}
    return {"type": "string", "minLength": 4, "maxLength": 500, "x-ui": ui}


def _declaration(words: Raw) -> Raw:
    unread = {"zh": "请阅读并勾选。", "en": "Please read the statement and tick it."}
    ui = {
        "label": words,
        "element": "DE-DECLARATION",
        "section": "papers",
        "widget": "checkbox",
        "errors": {"const": unread, "required": unread},
    }
    return {"type": "boolean", "const": True, "x-ui": ui}
