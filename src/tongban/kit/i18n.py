"""Two languages: words in code through gettext (msgids are Chinese), words in data as ``{zh, en}``.

A page's language lives in a context variable that the web floor sets for each request, so that
neither a rule nor a store has to hand a language around.
"""

from __future__ import annotations

import gettext
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from tongban.kit.directions import isolated

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
LOCALE_DIR = Path(__file__).resolve().parents[1] / "locale"

_language: ContextVar[Language] = ContextVar("language", default="zh")


def language() -> Language:
    """The language of the page or answer that is being made."""
    return _language.get()


@contextmanager
def use_language(wanted: Language) -> Iterator[None]:
    """Speak ``wanted`` inside the block; used by the web floor, letters and tests."""
    token = _language.set(wanted)
    try:
        yield
    finally:
        _language.reset(token)


@cache
def translations(wanted: Language) -> gettext.NullTranslations:
    """The catalogue of one language. Chinese needs none: the msgids are Chinese."""
    if wanted == "zh":
        return gettext.NullTranslations()
    return gettext.translation("tongban", LOCALE_DIR, languages=[wanted], fallback=True)


def say(msgid: str) -> str:
    """Translate one msgid into the language of the moment."""
    return translations(_language.get()).gettext(msgid)


def say_plural(singular: str, plural: str, number: int) -> str:
    """Translate with a number, for templates."""
    return translations(_language.get()).ngettext(singular, plural, number)


def say_within(context: str, msgid: str) -> str:
    """Translate a msgid that has other English words elsewhere, for templates: "日" of a date, "日" of a week."""
    return translations(_language.get()).pgettext(context, msgid)


class Text(msgspec.Struct, frozen=True):
    """Words in data 双语文本: an item's name, a rule's reason. ``str()`` gives the page's language."""

    zh: str
    en: str

    def __str__(self) -> str:
        return self.en if _language.get() == "en" and self.en else self.zh

    def within(self, wanted: Language) -> str:
        """The words in a named language, for papers that carry both."""
        return self.en if wanted == "en" else self.zh


class Message:
    """A sentence of the code with its values, translated when it is shown, not when it is raised."""

    __slots__ = ("msgid", "number", "params")

    def __init__(self, msgid: str, params: dict[str, object], number: int | None = None) -> None:
        self.msgid = msgid
        self.params = params
        self.number = number

    def __str__(self) -> str:
        counted = self.number is not None
        words = say_plural(self.msgid, self.msgid, self.number or 0) if counted else say(self.msgid)
        return words.format(**isolated_values(self.params)) if self.params else words

    def __repr__(self) -> str:
        return f"Message({self.msgid!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Message) and (self.msgid, self.params, self.number) == (
            *(other.msgid, other.params),
            other.number,
        )

    def __hash__(self) -> int:
        return hash(self.msgid)


def isolated_values(values: Mapping[str, object]) -> dict[str, object]:
    """What is put into a sentence, each text so that it turns nothing but itself."""
    return {name: isolated(value) if type(value) is str else value for name, value in values.items()}


def N_(msgid: str, **params: object) -> Message:  # noqa: N802 - the name that Babel extracts
    """Mark a sentence for translation; ``{name}`` places in it are filled from ``params``."""
    return Message(msgid, params)


def N_counted(msgid: str, number: int, **params: object) -> Message:  # noqa: N802 - as N_
    """Mark a sentence that counts: ``{n}`` in it is the number, by which English has a singular and a plural."""
    return Message(msgid, {"n": number, **params}, number)


def both(message: Message) -> Text:
    """A sentence of the code in both languages at once, for letters that are kept."""
    return in_both(message.__str__)


def in_both(words: Callable[[], str]) -> Text:
    """What is said in the language of the moment, in both at once."""
    spoken = {}
    for wanted in LANGUAGES:
        with use_language(wanted):
            spoken[wanted] = words()
    return Text(**spoken)
