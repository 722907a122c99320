"""How a component of theirs is called as a macro of ours, and the words for where the two differ on purpose."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from tests.ui import gallery
from tests.ui.govuk.meaning import Change

Options = Mapping[str, Any]
Words = str | Markup | None


@dataclass(frozen=True)
class Difference:
    """A deliberate difference: why, and the change of their tree or ours after which the two must be equal."""

    reason: str
    theirs: Change | None = None
    ours: Change | None = None


@dataclass(frozen=True)
class Equal:
    """Our macro for a component: the call, the options it has a word for, those it lacks with the reason of each.

    Options are named by their path, ``items[].hint.text``; ``*`` stands for anything. ``bare`` is the path of an
    option without which the call makes no sense, with the reason.
    """

    call: Callable[[Options], str]
    takes: tuple[str, ...]
    lacks: Mapping[str, str] = field(default_factory=dict)
    differs: tuple[Difference, ...] = ()
    bare: Mapping[str, str] = field(default_factory=dict)


def macro(name: str, /, *given: Any, **named: Any) -> str:
    """One of our macros, called as a page calls it, in English as theirs are."""
    return str(getattr(gallery.components(), name)(*given, **named))


def words(options: Options, name: str = "") -> Words:
    """Words that are given as text, or as HTML: ``text`` / ``html``, ``titleText`` / ``titleHtml``."""
    html, text = (f"{name}Html", f"{name}Text") if name else ("html", "text")
    if options.get(html) is not None:
        return Markup(options[html])
    given = options.get(text)
    return None if given is None else str(given)


def part(options: Options, name: str) -> Words:
    """The words of a part: ``label: {text: …}``."""
    return words(options[name]) if options.get(name) else None


def renamed(options: Options, **names: str) -> dict[str, Any]:
    """Ours = theirs, for those that are given."""
    return {ours: options[theirs] for ours, theirs in names.items() if theirs in options}
