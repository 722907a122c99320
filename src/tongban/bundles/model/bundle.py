"""A bundle 一件事 as data: what it asks, which items its answers lead to, and in which order these are done."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cached_property
from typing import Any, Literal

import msgspec

from tongban import catalogue
from tongban.catalogue import Mark
from tongban.kit import rules
from tongban.kit.i18n import Text
from tongban.kit.rules import ALWAYS, All, Compare, Condition, RuleSet

#: What an answer is called in a condition: ``answer.<key of its question>``.
ANSWER = "answer."
Done = Literal["granted", "ended"]


class Question(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A question of the guide: ``why`` says what hangs on it; asked only ``when`` earlier answers say so, and only
    where ``prefill`` does not answer it."""

    key: str
    text: Text
    why: Text
    options: tuple[tuple[str, Text], ...]
    prefill: catalogue.Prefill | None = None
    when: Condition | None = None

    @property
    def fact(self) -> str:
        """The fact that its answer is."""
        return ANSWER + self.key

    @property
    def guided(self) -> catalogue.Question:
        """The same as a question of a guided questionnaire."""
        options = tuple(catalogue.Option(value=value, text=text) for value, text in self.options)
        when = self.when or ALWAYS
        return catalogue.Question(
            key=self.key, text=self.text, why=self.why, options=options, prefill=self.prefill, when=when
        )


class Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One item of a bundle: filed ``when`` the answers say so, once what it comes ``after`` is done.

    ``done`` says what that means: ``granted``, else it is not filed at all; or ``ended`` in whatever way. What is not
    chosen is not waited for. ``given`` are questions of its form that nobody is asked while what tells them is part of
    the plan: by the question's name ``item#code`` (of the organisation that the licence names), ``item#number`` (its
    own) or ``item#day`` (from which it holds). ``why`` is the sentence that the guide shows beside it.
    """

    item: str
    why: Text
    when: Condition | None = None
    after: tuple[str, ...] = ()
    done: Done = "granted"
    given: dict[str, str] = {}
    mark: Mark


class Bundle(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, dict=True
):
    """A matter that several departments settle by one application 一件事.

    ``lead`` is the kind of the department that leads 牵头. ``atomic``: a refusal in one part takes back the others, as
    far as that may be; ``whole`` then says why. ``joined`` are questions that items ask in different words and that are
    the same: by the first one's ``item.field`` the others. ``number`` is the version; 0 is a draft.
    """

    code: str
    number: int = 0
    name: Text
    summary: Text
    icon: str = "people"
    audience: Literal["person", "firm"]
    lead: str
    atomic: bool = False
    whole: Text | None = None
    basis: tuple[Text, ...] = ()
    questions: tuple[Question, ...] = ()
    rows: tuple[Row, ...]
    joined: dict[str, tuple[str, ...]] = {}
    mark: Mark

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the content, whatever its number: a run names the very bundle that it was begun by."""
        body = msgspec.structs.replace(self, number=0)
        return hashlib.sha256(_encoder.encode(body)).hexdigest()

    @cached_property
    def by_item(self) -> dict[str, Row]:
        """The rows by their items."""
        return {row.item: row for row in self.rows}

    @cached_property
    def by_key(self) -> dict[str, Question]:
        """The questions by their keys."""
        return {one.key: one for one in self.questions}

    @cached_property
    def guided(self) -> catalogue.Questionnaire:
        """Its questions and what they lead to as a guided questionnaire 主题引导, by which the next one is found."""
        return catalogue.Questionnaire(
            key=self.code,
            title=self.name,
            summary=self.summary,
            questions=tuple(one.guided for one in self.questions),
            rows=tuple(
                rules.Row(
                    key=row.item,
                    when=row.when or ALWAYS,
                    then=rules.Then(does="offer", of=row.item),
                    text=row.why,
                )
                for row in self.rows
            ),
            mark=self.mark,
        )

    @cached_property
    def rules(self) -> dict[str, RuleSet]:
        """The condition of each row and question that has one, as a rule set, by item or by the question's fact."""
        named = [(row.item, row.why, row.when) for row in self.rows]
        named += [(one.fact, one.text, one.when) for one in self.questions]
        return {name: RuleSet(name, words, when) for name, words, when in named if when is not None}


_encoder = msgspec.json.Encoder(order="deterministic")


def written_out(body: dict[str, Any]) -> dict[str, Any]:
    """A bundle's file with each short condition written out.

    ``when: {key: [values]}`` stands for: the answer to each of these questions is among those values. Its sentence is
    made of the question's and the options' own. A condition that says its ``op`` is left as it is.
    """
    asked = {one["key"]: one for one in body.get("questions", ())}
    whole = {**body}
    for part in ("questions", "rows"):
        whole[part] = [
            {**one, "when": _long(one["when"], asked)} if "when" in one and "op" not in one["when"] else one
            for one in body.get(part, ())
        ]
    return whole


def _long(when: Mapping[str, Any], asked: Mapping[str, Any]) -> dict[str, Any]:
    tests = [_test(key, list(values), asked.get(key, {})) for key, values in when.items()]
    if len(tests) == 1:
        return _encoded(tests[0])
    words = Text("同时符合", "All of these hold")
    return _encoded(All(label=words, of=tuple(tests)))


def _test(key: str, values: list[Any], question: Mapping[str, Any]) -> Compare:
    words = dict(question.get("options", ()))
    said = [words.get(one, {"zh": str(one), "en": str(one)}) for one in values]
    text = question.get("text", {"zh": key, "en": key})
    label = Text(
        f"{text['zh']}{'或者'.join(one['zh'] for one in said)}",
        f"{text['en']} {' or '.join(one['en'] for one in said)}",
    )
    return Compare(label=label, fact=ANSWER + key, comparison="in", value=values)


def _encoded(condition: Condition) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(condition)
    return plain
