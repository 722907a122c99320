"""What HTML means, without how it looks: a tree of elements, roles, names, wiring and words.

Classes, data attributes, drawings, decoration and boxes that say nothing are left out, so that two components of
different look can be compared line by line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser

VOID = frozenset({"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})
#: Elements that only carry look or weight; with an id, a role or the like they count.
BOXES = frozenset({"div", "span", "strong", "b"})
#: Classes of words that are only read out; such a box is an element `unseen`.
UNSEEN = {"vh", "govuk-visually-hidden"}
LOOK = re.compile(r"class|style|data-.*|novalidate|draggable")


class Node:
    """An element, or the words between elements (no name)."""

    def __init__(self, name: str, attributes: dict[str, str] | None = None) -> None:
        self.name, self.attributes = name, attributes or {}
        self.inside: list[Node] = []
        self.words = ""

    def walk(self) -> Iterator[Node]:
        yield self
        for one in self.inside:
            yield from one.walk()

    def find(self, name: str) -> Node | None:
        return next((one for one in self.walk() if one.name == name), None)

    def lines(self, depth: int = 0) -> Iterator[str]:
        """The tree as text, an element or a run of words a line."""
        indent = "  " * depth
        if not self.name:
            yield f"{indent}{self.words}"
            return
        told = "".join(f" {name}={value!r}" for name, value in sorted(self.attributes.items()))
        yield f"{indent}<{self.name}{told}>"
        for one in self.inside:
            yield from one.lines(depth + 1)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("root")
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        unseen = tag in BOXES and UNSEEN & set((dict(attrs).get("class") or "").split())
        node = Node(
            "unseen" if unseen else tag,
            {name: value or "" for name, value in attrs if not LOOK.fullmatch(name)},
        )
        self.open[-1].inside.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open[-1].name in (tag, "unseen"), f"</{tag}> closes <{self.open[-1].name}>"
            self.open.pop()

    def handle_data(self, data: str) -> None:
        words = Node("")
        words.words = data
        self.open[-1].inside.append(words)


def meaning(html: str) -> Node:
    """The tree of what an HTML fragment means."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    root = reader.root
    root.inside = list(_plain(root))
    return root


def _plain(node: Node) -> Iterator[Node]:
    """What is inside, without decoration and mute boxes, and with words that touch each other joined."""
    run: Node | None = None
    for one in _opened(node):
        if one.name:
            run = None
            one.inside = list(_plain(one))
            yield one
        elif run is None:
            run = Node("")
            run.words = one.words
            yield run
        else:
            run.words += one.words


def _opened(node: Node) -> Iterator[Node]:
    for one in node.inside:
        if one.attributes.get("aria-hidden") == "true" or one.name == "svg":
            continue
        if one.name in BOXES and not one.attributes:
            yield from _opened(one)
        else:
            yield one


def said(root: Node) -> list[str]:
    """The tree line by line, blanks as a browser shows them."""
    root.inside = list(_plain(root))
    for one in root.walk():
        one.words = " ".join(one.words.split())
        one.inside = [child for child in one.inside if child.name or child.words.split()]
    return [line for one in root.inside for line in one.lines()]


#: A change of a tree that makes a deliberate difference vanish; it tells whether there was one.
Change = Callable[[Node], bool]


def without(attribute: str, *, of: str = "", value: str | None = None) -> Change:
    """The attribute does not count."""

    def change(root: Node) -> bool:
        met = [
            one
            for one in root.walk()
            if of in ("", one.name)
            and attribute in one.attributes
            and value in (None, one.attributes[attribute])
        ]
        for one in met:
            del one.attributes[attribute]
        return bool(met)

    return change


def opened(name: str) -> Change:
    """The element does not count, what is in it does."""

    def change(root: Node) -> bool:
        met = False
        for one in root.walk():
            while any(child.name == name for child in one.inside):
                met = True
                one.inside = [
                    inner
                    for child in one.inside
                    for inner in (child.inside if child.name == name else [child])
                ]
        return met

    return change


def called(old: str, new: str, **with_attributes: str) -> Change:
    """An element of another name; only those with these attributes (a pattern each)."""

    def change(root: Node) -> bool:
        met = [
            one
            for one in root.walk()
            if one.name == old
            and all(
                re.fullmatch(pattern, one.attributes.get(name.replace("_", "-"), ""))
                for name, pattern in with_attributes.items()
            )
        ]
        for one in met:
            one.name = new
        return bool(met)

    return change


def worded(ours: str, theirs: str) -> Change:
    """The same said in our own words, between elements or in a spoken attribute."""

    def change(root: Node) -> bool:
        met = False
        for one in root.walk():
            if ours in one.words:
                one.words, met = one.words.replace(ours, theirs), True
            for name, value in one.attributes.items():
                if name.startswith("aria-") and value == ours:
                    one.attributes[name], met = theirs, True
        return met

    return change
