"""The fields of a form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.ui.govuk.calling import Difference, Equal, Options, Words, macro, part, renamed, words
from tests.ui.govuk.meaning import Node, called, without

#: What a control of ours takes as a free attribute.
_PLAIN = ("pattern", "spellcheck", "autocapitalize", "autocomplete", "disabled")

INVALID = Difference(
    "a refused control says so itself (technique ARIA21)", ours=without("aria-invalid", value="true")
)
HINT = Difference("a hint is a sentence, so a paragraph", ours=called("p", "div", id=".*-hint"))
EMPTY = Difference("an empty value is none", ours=without("value", of="input", value=""))
ITEM_HINT = Difference(
    "a choice's hint stands in the line of its label", ours=called("span", "div", id=".*-item-hint")
)
MORE_WORDS = "what describes a field is its hint and its error; nothing else is named"
HEADING = "a page of one field has a heading of its own; only a legend can be the heading"
NAMES = "the names are always the field's with -year, -month, -day"
FREE = "free attributes are for the control alone"
ROWS = Difference(
    "a reason is four lines, not five",
    theirs=without("rows", value="5"),
    ours=without("rows", value="4"),
)


def _attributes(options: Options, *names: str) -> dict[str, Any]:
    """Plain attributes of the control, as ours take them: a true one empty, a false ``disabled`` none."""
    told = {
        name: str(value).lower() if isinstance(value, bool) else value
        for name, value in ({**options.get("attributes", {}), **options}).items()
        if name in (*names, *options.get("attributes", {}))
    }
    if "disabled" in told:
        told["disabled"] = "" if told["disabled"] == "true" else None
    return told


def _field(name: str, **names: str) -> Callable[[Options], str]:
    """A call of a field's macro; ``names`` are further options, ours = theirs."""

    def call(options: Options) -> str:
        return macro(
            name,
            options["name"],
            part(options, "label"),
            hint=part(options, "hint"),
            error=part(options, "errorMessage"),
            id=options.get("id"),
            attrs=_attributes(options, *(one for one in _PLAIN if one not in names.values())),
            **renamed(options, **names),
            **{side: part(options, side) for side in ("prefix", "suffix") if side in options},
        )

    return call


FIELD = ("label.text", "label.html", "name", "id", "hint.text", "errorMessage.text")
NO_FIELD = {"describedBy": MORE_WORDS, "label.isPageHeading": HEADING}


def _chosen(options: Options) -> list[Any]:
    marked = [one["value"] for one in options["items"] if one and one.get("checked")]
    return marked or options.get("values") or ([options["value"]] if "value" in options else [])


def _choices(name: str) -> Callable[[Options], str]:
    def call(options: Options) -> str:
        chosen = _chosen(options)
        return macro(
            name,
            options["name"],
            part(options["fieldset"], "legend"),
            [
                (one.get("value", ""), words(one), part(one, "hint"))
                if "hint" in one
                else (one["value"], words(one))
                for one in options["items"]
                if one
            ],
            hint=part(options, "hint"),
            error=part(options, "errorMessage"),
            id=options.get("idPrefix"),
            **({"heading": True} if options["fieldset"]["legend"].get("isPageHeading") else {}),
            **(
                {"values": chosen}
                if name == "field_checkboxes"
                else {"value": next(iter(chosen), None)}
            ),
        )  # fmt: skip

    return call


CHOICES = (
    "name", "idPrefix", "fieldset.legend.text", "fieldset.legend.html", "fieldset.legend.isPageHeading",
    "items[]", "items[].value", "items[].text", "items[].html", "items[].checked", "items[].hint.text",
    "hint.text", "errorMessage.text", "value", "values[]",
)  # fmt: skip
NO_CHOICES = {
    "items[].conditional.html": "a question that hangs on another comes with the server's next answer",
    "items[].divider": "the choice that differs from the others says so in its words",
    "items[].id": "ids are made of the field's, so that the summary's link arrives",
    "items[].disabled": "what cannot be chosen is not offered",
    "fieldset.describedBy": MORE_WORDS,
}
NO_SEVERAL = {
    **NO_CHOICES,
    "items[].behaviour": "what excludes all others is a question of its own",
    "items[].name": "the choices of one question have one name",
    "describedBy": MORE_WORDS,
}
LEGEND = {"fieldset.legend": "choices always have their question as legend"}


def _date(options: Options) -> str:
    given: dict[str, str] = {}
    for name in ("year", "month", "day"):
        one = options.get(name) or next(
            (item for item in options.get("items", []) if item and item.get("name") == name), {}
        )
        prefix = f"{options['namePrefix']}-" if options.get("namePrefix") else ""
        values = options.get("values", {})
        given[name] = str(one.get("value") or values.get(f"{prefix}{name}", values.get(name, "")))
    return macro(
        "field_date",
        options.get("namePrefix") or options["id"],
        part(options.get("fieldset", {}), "legend") or "",
        value=given,
        hint=part(options, "hint"),
        error=part(options, "errorMessage"),
        id=options["id"],
        days=options.get("day", True) is not False,
    )


def _pairs(box: Node) -> list[tuple[Node, Node]]:
    """The labels and fields of a date's box, two or three."""
    labels = [one for one in box.inside if one.name == "label"]
    fields = [one for one in box.inside if one.name == "input"]
    return list(zip(labels, fields, strict=True)) if len(fields) in (2, 3) else []


def _year_first(root: Node) -> bool:
    """Day, month, year in the order that Chinese dates are written; the whole has no id, its first field has."""
    for box in root.walk():
        if pairs := _pairs(box)[::-1]:
            label, year = pairs[0]
            base = box.attributes.pop("id", None) or year.attributes["id"].rpartition("-")[0]
            label.attributes["for"] = year.attributes["id"] = base
            for _, one in pairs:
                if "-" not in one.attributes["name"]:
                    one.attributes["name"] = f"{base}-{one.attributes['name']}"
            box.inside = [one for pair in pairs for one in pair]
            box.name = "date"
            return True
    return False


def _boxed(root: Node) -> bool:
    """Give our fields the box that theirs stand in."""
    for box in root.walk():
        if pairs := _pairs(box):
            parts = [one for pair in pairs for one in pair]
            whole = Node("date")
            whole.inside = parts
            box.inside = [*(one for one in box.inside if one not in parts), whole]
            for one in parts:
                one.attributes.pop("maxlength", None)
            return True
    return False


def _is(item: Options, options: Options) -> bool:
    return "value" in options and bool(item["value"] == options["value"])


def _written(value: Any) -> Any:
    """A value as their templates write it."""
    return str(value).lower() if isinstance(value, bool) else value


def _select(options: Options) -> str:
    chosen = next(
        (one["value"] for one in filter(None, options["items"]) if one.get("selected", _is(one, options))),
        None,
    )
    return macro(
        "field_select",
        options["name"],
        part(options, "label"),
        [(_written(one["value"]), one["text"]) for one in options["items"] if one],
        value=_written(chosen),
        hint=part(options, "hint"),
        error=part(options, "errorMessage"),
        id=options.get("id"),
        attrs=_attributes(options),
    )


def _group(options: Options) -> str:
    inside: Words = words(options)
    return macro(
        "fieldset",
        part(options, "legend") or "",
        heading=bool((options.get("legend") or {}).get("isPageHeading")),
        **({"caller": lambda: inside} if inside else {}),
    )


FIELDS: dict[str, Equal] = {
    "input": Equal(
        _field("field_text", value="value", type="type", inputmode="inputmode", autocomplete="autocomplete"),
        (*FIELD, "prefix.text", "prefix.html", "suffix.text", "suffix.html", "value", "type", "inputmode",
         "autocomplete", "pattern", "spellcheck", "autocapitalize", "disabled"),
        NO_FIELD,
        (INVALID, HINT, EMPTY),
    ),
    "password-input": Equal(
        _field("field_password", autocomplete="autocomplete"),
        (*FIELD, "autocomplete"),
        {
            **NO_FIELD,
            "value": "a password is never sent back to the page",
            "show*Text": "the words of the button are one pair for all pages",
            "hide*Text": "the words of the button are one pair for all pages",
            "password*Text": "the name of the button changes, which is read out by itself",
        },
        (INVALID, HINT),
    ),
    "textarea": Equal(
        _field("field_textarea", value="value", rows="rows"),
        (*FIELD, "value", "rows", "autocomplete", "spellcheck"),
        NO_FIELD,
        (INVALID, HINT, ROWS),
    ),
    "character-count": Equal(
        _field("field_textarea", value="value", rows="rows", limit="maxlength"),
        (*FIELD, "maxlength", "value", "rows", "spellcheck"),
        {
            "label.isPageHeading": HEADING,
            "maxwords": "Chinese has no words to count",
            "countType": "one way to count: characters as the check counts them",
            "threshold": "the words stand from the first character on",
            "*Text": "the words are one set for all pages",
            "*Text.*": "the words are one set for all pages",
            "attributes.maxlength": "a limit that refuses, or a field that takes no more: not both",
        },
        (INVALID, HINT, ROWS),
        {"maxlength": "without a limit it is a textarea"},
    ),
    "radios": Equal(_choices("field_radios"), CHOICES, NO_CHOICES, (HINT, ITEM_HINT), LEGEND),
    "checkboxes": Equal(_choices("field_checkboxes"), CHOICES, NO_SEVERAL, (HINT, ITEM_HINT), LEGEND),
    "select": Equal(
        _select,
        (*FIELD, "items[]", "items[].value", "items[].text", "items[].selected", "value"),
        {**NO_FIELD, "items[].disabled": "what cannot be chosen is not offered"},
        (INVALID, HINT),
        {"items[].value": "a choice without a value would send its words"},
    ),
    "date-input": Equal(
        _date,
        ("id", "namePrefix", "fieldset.legend.text", "fieldset.legend.html", "hint.text", "errorMessage.text",
         "values.*", "items[]", "items[].name", "items[].value", "year.value",
         "day"),
        {
            "*.label": "the three are always 年, 月, 日",
            "items[2]": "the parts of a date are known: days=False leaves out the day",
            "day.name": NAMES,
            "month.name": NAMES,
            "year.name": NAMES,
            "year": "a day of every year is a choice, not a date",
            "*.error": "an error says which of the three it means",
            "items[].pattern": "what a date is, is checked by the server",
            "items[].inputmode": "digits, always",
            "items[].id": "ids are made of the field's",
            "items[].autocomplete": "only a birthday is known to a browser: birth=True",
            "fieldset.describedBy": MORE_WORDS,
        },
        (
            INVALID,
            HINT,
            EMPTY,
            Difference("year, month, day; the first carries the field's id, where the summary's link leads",
                       theirs=_year_first, ours=_boxed),
        ),
        LEGEND,
    ),
    "fieldset": Equal(
        _group,
        ("legend.text", "legend.html", "legend.isPageHeading", "html"),
        {"describedBy": MORE_WORDS, "role": "a fieldset is a group"},
    ),
}  # fmt: skip
