"""Whether a bundle may be published 发布检查: every way through it leads somewhere, nothing waits for itself.

Each finding names the path: the items that wait for each other, the answers that lead nowhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from itertools import product

from tongban.bundles.model.bundle import Bundle
from tongban.bundles.model.joining import OneForm, one_form
from tongban.bundles.model.planning import asked, chosen, settled
from tongban.catalogue import Finding, ItemVersion
from tongban.kit.forms import BadForm
from tongban.kit.i18n import Text

#: More ways through the questions than these nobody can look through: such a bundle is two bundles.
MOST_WAYS = 20_000
#: Conditions of a bundle are about answers: no day settles them.
_DAY = date(2026, 2, 28)

Ways = list[tuple[dict[str, str], frozenset[str]]]


def lint(bundle: Bundle, versions: Mapping[str, ItemVersion], *, off: Collection[str] = ()) -> list[Finding]:
    """Every broken rule of a bundle over the items' versions in force; empty when it may be published.

    ``off`` are the codes of items that are cancelled."""
    found = [
        *_cancelled(bundle, off),
        *_items(bundle, versions),
        *_words(bundle),
        *_cycles(bundle),
        *_facts(bundle),
    ]
    if found:
        return found
    ways = _ways(bundle)
    if ways is None:
        return [
            _said(
                "WAYS-1",
                "questions",
                f"问题的组合超过 {MOST_WAYS} 种，请拆成两件事。",
                f"There are more than {MOST_WAYS} ways through the questions; make two bundles of it.",
            )
        ]
    found = [*_unreachable(bundle, ways), *_dead_ends(ways), *_contradictions(bundle, ways)]
    return found or [*_form(bundle, versions, ways)]


def _said(rule: str, field: str, zh: str, en: str) -> Finding:
    return Finding(rule, field, Text(zh, en))


def _items(bundle: Bundle, versions: Mapping[str, ItemVersion]) -> Iterator[Finding]:
    """Each item is there, can be applied for here, is for whom the bundle is for, and stands once."""
    seen: set[str] = set()
    for place, row in enumerate(bundle.rows):
        field = f"rows.{place}.item"
        version = versions.get(row.item)
        if row.item in seen:
            yield _said(
                "ITEM-2", field, f"事项“{row.item}”重复。", f"The item {row.item!r} stands there twice."
            )
        elif version is None:
            yield _said("ITEM-1", field, f"没有事项“{row.item}”。", f"There is no item {row.item!r}.")
        elif not version.is_online or version.about:
            yield _said(
                "ITEM-3",
                field,
                f"事项“{row.item}”不能在网上单独申请。",
                f"The item {row.item!r} cannot be applied for online by itself.",
            )
        seen.add(row.item)
    for place, row in enumerate(bundle.rows):
        for one in row.after:
            if one not in seen:
                yield _said(
                    "AFTER-1",
                    f"rows.{place}.after",
                    f"“{row.item}”等待的“{one}”不在这件事里。",
                    f"{row.item!r} waits for {one!r}, which is not part of it.",
                )
        for one in row.given.values():
            if one.partition("#")[0] not in row.after:
                yield _said(
                    "GIVEN-1",
                    f"rows.{place}.given",
                    f"“{row.item}”取用“{one}”，却不等待它。",
                    f"{row.item!r} takes {one!r} and does not wait for it.",
                )


def _cancelled(bundle: Bundle, off: Collection[str]) -> Iterator[Finding]:
    """ITEM-4: nothing that nobody can apply for any more."""
    for place, row in enumerate(bundle.rows):
        if row.item in off:
            yield _said(
                "ITEM-4",
                f"rows.{place}.item",
                f"事项“{row.item}”已经取消，请去掉这一项或者换成替代的事项。",
                f"The item {row.item!r} is cancelled: take it out, or put in what has come in its place.",
            )


def _words(bundle: Bundle) -> Iterator[Finding]:
    if bundle.atomic and bundle.whole is None:
        yield _said("ATOMIC-1", "whole", "不可分的，应写明原因。", "Where it is all or nothing, say why.")
    for one in bundle.questions:
        values = {value for value, _ in one.options}
        if one.prefill is not None and not values.issuperset(one.prefill.options.values()):
            yield _said(
                "PREFILL-1",
                f"questions.{one.key}",
                "预填的值不是这个问题的选项。",
                "It is prefilled with what is no option of it.",
            )


def _cycles(bundle: Bundle) -> Iterator[Finding]:
    """One finding, with the way round: what waits for itself is never filed."""
    state: dict[str, int] = {}
    way: list[str] = []

    def walk(item: str) -> list[str] | None:
        state[item] = 1
        way.append(item)
        for one in bundle.by_item[item].after if item in bundle.by_item else ():
            if state.get(one) == 1:
                return [*way[way.index(one) :], one]
            if one not in state and (found := walk(one)):
                return found
        state[item] = 2
        way.pop()
        return None

    for row in bundle.rows:
        if row.item not in state and (round_ := walk(row.item)):
            path = " → ".join(round_)
            yield _said("CYCLE-1", "rows", f"互相等待：{path}", f"They wait for each other: {path}")
            return


def _facts(bundle: Bundle) -> Iterator[Finding]:
    """Conditions look at answers to questions that are asked before."""
    known = [one.fact for one in bundle.questions]
    for name, rules in bundle.rules.items():
        before = known[: known.index(name)] if name in known else known
        for fact in sorted(rules.facts):
            if fact not in before:
                yield _said(
                    "FACT-1",
                    name,
                    f"条件引用的“{fact}”不是前面的问题。",
                    f"The condition names {fact!r}, which is no earlier question.",
                )


def _ways(bundle: Bundle) -> Ways | None:
    """All ways through the questions, each with the items that it leads to; None when there are too many."""
    count = 1
    for one in bundle.questions:
        count *= len(one.options)
    if count > MOST_WAYS:
        return None
    found: dict[tuple[tuple[str, str], ...], tuple[dict[str, str], frozenset[str]]] = {}
    for values in product(*([value for value, _ in one.options] for one in bundle.questions)):
        answers = settled(bundle, dict(zip(bundle.by_key, values, strict=True)), today=_DAY)
        key = tuple(sorted(answers.items()))
        if key not in found:
            rows = chosen(bundle, answers, today=_DAY)
            found[key] = (answers, frozenset(row.item for row in rows))
    return list(found.values())


def _unreachable(bundle: Bundle, ways: Ways) -> Iterator[Finding]:
    """An item, or a question, that no answers lead to: its condition contradicts itself or another."""
    reached = frozenset[str]().union(*(items for _, items in ways))
    for place, row in enumerate(bundle.rows):
        if row.item not in reached:
            words = bundle.rules[row.item].root.label
            yield _said(
                "REACH-1",
                f"rows.{place}.when",
                f"任何回答都到不了“{row.item}”，条件互相矛盾：{words.zh}",
                f"No answers lead to {row.item!r}; its conditions contradict: {words.en}",
            )
    put = {one.key for answers, _ in ways for one in asked(bundle, answers, today=_DAY)}
    for place, one in enumerate(bundle.questions):
        if one.key not in put:
            yield _said(
                "REACH-2",
                f"questions.{place}.when",
                f"问题“{one.text.zh}”永远不会问到。",
                f"The question {one.text.en!r} is never asked.",
            )


def _dead_ends(ways: Ways) -> Iterator[Finding]:
    for answers, items in ways:
        if not items:
            path = "，".join(f"{key}={value}" for key, value in answers.items())
            yield _said(
                "END-1", "rows", f"这样回答没有任何事项可办：{path}", f"These answers lead to nothing: {path}"
            )
            return


def _contradictions(bundle: Bundle, ways: Ways) -> Iterator[Finding]:
    """What waits for another that is never part of the same plan waits for nothing."""
    for place, row in enumerate(bundle.rows):
        together = [items for _, items in ways if row.item in items]
        for one in row.after:
            if not any(one in items for items in together):
                yield _said(
                    "AFTER-2",
                    f"rows.{place}.after",
                    f"“{row.item}”等待“{one}”，但两者从不同时选中。",
                    f"{row.item!r} waits for {one!r}, and no answers lead to both.",
                )


def _form(bundle: Bundle, versions: Mapping[str, ItemVersion], ways: Ways) -> Iterator[Finding]:
    """The one form of every set of items is a form, and what the bundle joins is there."""
    for field in [one for first, others in bundle.joined.items() for one in (first, *others)]:
        item, _, name = field.partition(".")
        if item not in bundle.by_item or name not in versions[item].form.get("properties", {}):
            yield _said(
                "JOIN-1", f"joined.{field}", f"没有问题“{field}”。", f"There is no question {field!r}."
            )
    apart: set[str] = set()
    for items in dict.fromkeys(items for _, items in ways):
        try:
            form = one_form(
                bundle, {row.item: versions[row.item] for row in bundle.rows if row.item in items}
            )
        except BadForm as wrong:
            path = "、".join(sorted(items))
            yield _said(
                "FORM-1",
                "rows",
                f"{path}的表单合不成一张：{wrong}",
                f"The forms of {path} make no one form: {wrong}",
            )
            return
        apart |= {first for first in bundle.joined if len(_asked_as(bundle, form, first)) > 1}
    for first in sorted(apart):
        yield _said(
            *("JOIN-2", f"joined.{first}"),
            f"“{first}”和写成同一问题的几项规则不同，合不成一个问题。",
            f"What is written as one question with {first!r} has other rules and is asked apart.",
        )


def _asked_as(bundle: Bundle, form: OneForm, first: str) -> set[str]:
    """The questions of the one form that stand for what the bundle joins to ``first``: one, if they are joined."""
    places = [place.split(".", 1) for place in (first, *bundle.joined[first])]
    return {form.of(item)[name] for item, name in places if name in form.of(item)}
