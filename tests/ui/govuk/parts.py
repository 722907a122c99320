"""Everything but the fields, and what of theirs has no equal here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.ui.govuk.calling import Difference, Equal, Options, Words, macro, part, renamed, words
from tests.ui.govuk.fields import FREE
from tests.ui.govuk.meaning import Node, opened, without, worded

ONE_SET = "the words are one set for all pages"
CALLER = "what is inside is the page's own"


def _button(options: Options) -> str:
    kinds = {"govuk-button--secondary": "secondary", "govuk-button--warning": "danger"}
    attrs = {**options.get("attributes", {}), **renamed(options, id="id")}
    return macro(
        "button",
        words(options),
        kinds.get(options.get("classes", ""), "primary"),
        attrs=attrs,
        **renamed(options, href="href", name="name", value="value", disabled="disabled"),
    )


def _nameless(root: Node) -> bool:
    met = [
        one
        for one in root.walk()
        if one.name == "button" and one.attributes.keys() & {"name", "value"} == {"value"}
    ]
    for one in met:
        del one.attributes["value"]
    return bool(met)


def _errors(options: Options) -> str:
    listed = [(one.get("href", "").removeprefix("#"), words(one)) for one in options["errorList"]]
    more = {"text": words(options, "description")} if words(options, "description") else {}
    return macro("error_summary", listed, title=words(options, "title"), **more)


def _banner(options: Options) -> str:
    names = {"level": "titleHeadingLevel"}
    return macro(
        "banner",
        words(options) if "html" not in options else "",
        title=words(options, "title"),
        tone="ok" if options.get("type") == "success" else "info",
        focus=options.get("type") == "success" and not options.get("disableAutoFocus"),
        id=options.get("titleId", "govuk-notification-banner-title"),
        **renamed(options, **names),
    )


def _confirmation(options: Options) -> str:
    return macro(
        "confirmation",
        words(options, "title"),
        words(options),
        **renamed(options, level="headingLevel"),
    )


def _crumbs(options: Options) -> str:
    return macro("breadcrumbs", [(one.get("href"), words(one)) for one in options["items"]])


def _summary(options: Options) -> str:
    rows: list[tuple[Any, ...]] = []
    for row in filter(None, options["rows"]):
        acts = row.get("actions", {}).get("items", [])
        rows.append(
            (words(row["key"]), words(row["value"]), *((one["href"], words(one)) for one in acts[:1]))
        )
        if acts:
            rows[-1] = (*rows[-1][:2], *rows[-1][2])
    return macro("summary_list", rows)


def _row_named(root: Node) -> bool:
    """Their action names its row in words that the page gives, or not at all; ours always by the row's own key."""
    met, key = False, ""
    for one in root.walk():
        if one.name == "dt":
            key = "".join(text.words for text in one.walk()).strip()
        if one.name == "a":
            named = Node("unseen")
            named.inside = [Node("")]
            named.inside[0].words = key
            one.inside = [*(child for child in one.inside if child.name != "unseen"), named]
            met = True
    return met


def _table(options: Options) -> str:
    rows = [[words(cell) or "" for cell in row] for row in options["rows"] if row]
    return macro(
        "data_table",
        [words(one) for one in options.get("head", [])],
        rows,
        **renamed(options, caption="caption", row_heads="firstCellIsHeader"),
    )


def _tabs(options: Options) -> str:
    items = [{"href": f"#{one['id']}", "text": one["label"]} for one in options["items"] if one]
    return macro("tabs", items, "", label=options.get("title", "Contents"))


def _named_by_heading(root: Node) -> bool:
    """Their heading over the links names our nav; their panels are the page's own sections."""
    heading = next((one for one in root.inside if one.name == "h2"), None)
    listed = next((one for one in root.inside if one.name == "ul"), None)
    if heading is None or listed is None:
        return False
    nav = Node("nav", {"aria-label": heading.inside[0].words.strip()})
    nav.inside = [listed]
    root.inside = [nav]
    return True


def _pagination(options: Options) -> str:
    def step(name: str) -> Any:
        one = options.get(name)
        if not one:
            return None
        shown = words(one)
        return (one["href"], shown, one["labelText"]) if "labelText" in one else (one["href"], shown)

    pages = [
        "⋯"
        if one.get("ellipsis")
        else {**one, **renamed(one, label="visuallyHiddenText")}
        for one in options.get("items", [])
        if one
    ]  # fmt: skip
    return macro(
        "pagination",
        pages,
        previous=step("previous"),
        next=step("next"),
        **renamed(options, label="landmarkLabel"),
    )


def _tasks(options: Options) -> str:
    def items() -> Iterator[dict[str, Any]]:
        for one in filter(None, options["items"]):
            tag = one["status"].get("tag")
            yield {
                "title": words(one["title"]),
                "href": one.get("href"),
                "hint": part(one, "hint"),
                "state": words(tag) if tag else words(one["status"]),
                "tone": "info" if tag else None,
            }

    return macro("task_list", list(items()), id=options.get("idPrefix", "task-list"))


def _inside(name: str, *given: Words, **named: Any) -> str:
    return macro(name, *given, **{key: value for key, value in named.items() if value is not None})


PARTS: dict[str, Equal] = {
    "button": Equal(
        _button,
        ("text", "html", "href", "name", "value", "disabled", "id", "attributes.aria-controls"),
        {"isStartButton": "a start button is the primary one",
         "preventDoubleClick": "every form is sent once in two seconds, and is idempotent besides",
         "type": "a button sends its form; what only scripts do, app.js shows"},
        (
            Difference("what leads to a page is a link, also in a button's look",
                       theirs=without("role", of="a", value="button")),
            Difference("disabled says it already", theirs=without("aria-disabled", value="true")),
            Difference("a name without a value is sent empty, as browsers do",
                       ours=without("value", of="button", value="")),
            Difference("a value without a name is never sent", theirs=_nameless),
        ),
    ),
    "error-summary": Equal(
        _errors,
        ("titleText", "titleHtml", "descriptionText", "descriptionHtml", "errorList[].href",
         "errorList[].text", "errorList[].html"),
        {"attributes.*": FREE, "disableAutoFocus": "focus=False, and there is no summary without errors"},
        (Difference("can take the focus as it stands, not by a script's leave",
                    ours=without("tabindex", value="-1")),),
        {"errorList": "without errors there is no summary"},
    ),
    "breadcrumbs": Equal(
        _crumbs,
        ("items[].text", "items[].href", "items[].html"),
        {"collapseOnMobile": "the bar on a phone takes their place", "labelText": ONE_SET,
         "attributes.id": FREE},
        (Difference("our own words", ours=worded("You are here", "Breadcrumb")),),
    ),
    "back-link": Equal(
        lambda options: macro("back_link", options.get("href", "#"), words(options)),
        ("text", "html", "href"),
        {"attributes.aria-label": FREE},
    ),
    "skip-link": Equal(
        lambda options: macro("skip_link", options.get("href", "#content"), words(options)),
        ("text", "html", "href"),
        {"attributes.aria-label": FREE},
    ),
    "details": Equal(
        lambda options: macro("details", words(options, "summary"), words(options) or "",
                              **renamed(options, id="id", open="open")),
        ("text", "html", "summaryText", "summaryHtml", "id", "open"),
        {"attributes.*": FREE},
    ),
    "inset-text": Equal(
        lambda options: macro("inset", words(options), **renamed(options, id="id")),
        ("text", "html", "id"),
    ),
    "warning-text": Equal(
        lambda options: macro("warning", words(options) or "", options.get("iconFallbackText", "Warning")),
        ("text", "html", "iconFallbackText"),
        {"attributes.*": FREE},
    ),
    "notification-banner": Equal(
        _banner,
        ("text", "type", "titleText", "titleHtml", "titleHeadingLevel", "titleId", "disableAutoFocus"),
        {"html": CALLER, "role": "the tone says whether it is read out at once", "attributes.*": FREE},
        (Difference("can take the focus as it stands, not by a script's leave",
                    ours=without("tabindex", value="-1")),),
    ),
    "panel": Equal(
        _confirmation,
        ("titleText", "titleHtml", "text", "html", "headingLevel"),
        {"actions.*": "what comes next stands below, not in the panel", "attributes.*": FREE},
    ),
    "phase-banner": Equal(
        lambda options: macro("phase", part(options, "tag") or "", words(options)),
        ("tag.text", "tag.html", "text", "html"),
        {"attributes.*": FREE},
    ),
    "tag": Equal(
        lambda options: macro("chip", words(options)),
        ("text", "html"),
        {"attributes.*": FREE},
    ),
    "summary-list": Equal(
        _summary,
        ("rows[]", "rows[].key.text", "rows[].key.html", "rows[].value.text", "rows[].value.html",
         "rows[].actions.items[].text", "rows[].actions.items[].html", "rows[].actions.items[].href",
         "rows[].actions.items[].visuallyHiddenText", "rows[].actions.items[]"),
        {"card.*": "the card around a list is card()",
         "rows[].actions.items[2]": "a row has one act; more belong on a page of the thing's own",
         "rows[].actions.items[??]": "a row has one act; more belong on a page of the thing's own"},
        (Difference("an action names its row by the row's own key", theirs=_row_named),),
    ),
    "table": Equal(
        _table,
        ("rows[]", "rows[][].text", "rows[][].html", "rows[][].format", "head[].text", "head[].html",
         "head[].format", "caption", "firstCellIsHeader"),
        {"*.colspan": "a cell that spans others cannot become a line on a phone",
         "*.rowspan": "a cell that spans others cannot become a line on a phone"},
    ),
    "tabs": Equal(
        _tabs,
        ("items[]", "items[].id", "items[].label", "items[].panel.text", "items[].panel.html", "title"),
        {"idPrefix": "a section has an id of its own", "id": FREE},
        (Difference("links to the sections of a page, a landmark; no script makes tabs of them",
                    theirs=_named_by_heading),),
        {"items[].label": "without sections there are no tabs"},
    ),
    "pagination": Equal(
        _pagination,
        ("items[]", "items[].number", "items[].href", "items[].current", "items[].ellipsis",
         "items[].visuallyHiddenText", "previous.href", "previous.text", "previous.labelText", "next.href",
         "next.text", "next.labelText", "landmarkLabel"),
        differs=(
            Difference("our own words", ours=worded("Pages", "Pagination")),
            Difference("上一页 is said in full", theirs=opened("unseen"), ours=opened("unseen")),
        ),
    ),
    "task-list": Equal(
        _tasks,
        ("items[].title.text", "items[].title.html", "items[].href", "items[].hint.text",
         "items[].hint.html", "items[].status.text", "items[].status.html", "items[].status.tag.text",
         "items[].status.tag.html", "idPrefix"),
        {"items[]": "no page names a part that is none"},
    ),
}  # fmt: skip

_IN_FIELDS = "stands inside every field; the fixtures of the fields prove it"
_FRAME = "the frame is the city's own: base.html"
#: Their components without an equal here, and why.
MISSING = {
    "label": _IN_FIELDS,
    "hint": _IN_FIELDS,
    "error-message": _IN_FIELDS,
    "file-upload": "files take several rounds: field_files is a group of what is here and the way to add one",
    "accordion": "sections that hide what they hold are hard to search and to print; details() hides single passages",
    "cookie-banner": "no cookies but those that the service needs, so nobody is asked",
    "exit-this-page": "for services about violence at home; none of the items is one",
    "feedback": "what people think of a service is a room's matter, not a component's",
    "footer": _FRAME,
    "generic-header": _FRAME,
    "header": _FRAME,
    "service-navigation": _FRAME,
    "language-navigation": "of two languages the other one is named; the frame has the link",
}
