"""Sources: who tells which data elements, so that nobody is asked what the city knows (一数一源)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

import msgspec

from tongban.catalogue.model.guide import Mark
from tongban.catalogue.model.item import ItemVersion
from tongban.kit.forms import compile_form
from tongban.kit.i18n import Text
from tongban.kit.rules import All, AnyOf, Condition, Not

SourceKind = Literal["resource", "licence_type", "commitment"]
SourceState = Literal["up", "down", "planned"]


class Source(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A source 数据来源: a shared resource, a licence type or the template of a commitment.

    ``elements`` are the field names that it tells; ``tells`` says of them which data element 数据元 each is, by its
    code. ``replaces`` are the standard materials 标准材料 whose place it takes, by their codes. ``not_for`` are the
    items for which a commitment may not be used 不适用告知承诺. ``planned`` sources are announced and cannot be asked
    yet; what is ``down`` is a source nevertheless, only away.
    """

    kind: SourceKind
    code: str
    name: Text
    provider: Text
    elements: tuple[str, ...]
    tells: dict[str, str] = {}
    replaces: tuple[str, ...] = ()
    not_for: tuple[str, ...] = ()
    state: SourceState = "up"
    mark: Mark


class SourceUse(NamedTuple):
    """What an item reads of one source and what for: a row of the notice before applying."""

    source: Text
    read: Text
    purpose: Text


_FILL = Text("预填表单", "Filling in the form")
_CHECK = Text("核对条件", "Checking the conditions")


def source_uses(item: ItemVersion, sources: Mapping[str, Source]) -> list[SourceUse]:
    """For each source what the form fills in from it and what the rules check with it, in the item's own words."""
    labels: dict[tuple[str, str], Text] = {}
    for field in compile_form(item.form).fields:
        if field.ui.prefill is not None:
            labels.setdefault((field.ui.prefill.resource, field.ui.prefill.field), field.label)
    conditions = _labels_of(item.rules.root)
    uses = []
    # jsonb keeps no order of names: the form's own order is the one that a person meets.
    met = list(dict.fromkeys(resource for resource, _ in labels))
    met += [resource for resource in sorted(item.purpose_fields) if resource not in met]
    for resource in (one for one in met if one in item.purpose_fields):
        fields = item.purpose_fields[resource]
        words = [labels.get((resource, name)) or conditions[f"{resource}.{name}"] for name in fields]
        checked = any(f"{resource}.{name}" in conditions for name in fields)
        filled = any((resource, name) in labels for name in fields)
        uses.append(
            SourceUse(
                sources[resource].provider,
                _joined(words, ", "),
                _joined([*([_FILL] if filled else []), *([_CHECK] if checked else [])], "; "),
            )
        )
    return uses


def _joined(texts: list[Text], between: str) -> Text:
    """A list in words. In English a label has its capital at the head only; "ID number" keeps its own."""
    english = [
        text.en if not place or text.en[1:2].isupper() else text.en[:1].lower() + text.en[1:]
        for place, text in enumerate(texts)
    ]
    return Text("、".join(text.zh for text in texts), between.join(english))


def _labels_of(condition: Condition) -> dict[str, Text]:
    """The words of each condition by the fact that it looks at."""
    if isinstance(condition, All | AnyOf):
        return {fact: label for part in condition.of for fact, label in _labels_of(part).items()}
    if isinstance(condition, Not):
        return _labels_of(condition.of)
    return {condition.fact: condition.label}
