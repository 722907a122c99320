"""What a search asks and finds. Pure: a query is cut here without a dictionary, which costs 140 MB a process.

PostgreSQL's trigrams do not index two-character Chinese words, so the catalogue keeps terms of its own:
every two neighbouring characters, words, and pinyin; see ``actions/indexing.py`` for their making.
"""

from __future__ import annotations

import re
import unicodedata

import msgspec

from tongban.catalogue.model.listing import Card

_RUN = re.compile(r"[\u3400-\u9fff\U00020000-\U000323af〇]+|[a-z0-9]+")
#: Words that carry a sentence and name no affair; longer ones first, so that none leaves half a word behind.
_FILLERS = re.compile(
    "怎么样|怎么办理|怎么办|怎么|怎样|如何|请问|我想要|我想|我要|想要|需要|可以|什么|哪里|在哪|去哪|多少|办理|申请|一下|有没有|我|办|吗|呢|的|了"
)
# fmt: off
_SMALL_WORDS = frozenset((
    "a", "an", "and", "apply", "can", "do", "for", "get", "have", "how", "i", "in", "is", "it", "me",
    "my", "need", "of", "on", "or", "please", "the", "to", "want", "what", "where",
))
# fmt: on
#: Longest query that is looked at, in characters: enough for a sentence.
LONGEST = 60


class Words(msgspec.Struct, frozen=True):
    """A query cut into ``terms``; ``joined`` are its Latin words without blanks (``ju zhu zheng``), else empty.

    ``whole`` is all that was typed, without blanks.
    """

    terms: tuple[str, ...]
    joined: str
    whole: str


class Hit(msgspec.Struct, frozen=True):
    """An item that a search found; ``score`` runs from 0 to 4, see :func:`tongban.catalogue.search`."""

    code: str
    card: Card
    online: bool
    score: float


def plain(text: str) -> str:
    """One spelling: full-width forms made narrow, lower case."""
    return unicodedata.normalize("NFKC", text).lower()


def runs(text: str) -> list[str]:
    """The unbroken runs of Chinese characters, and of Latin letters and digits."""
    return _RUN.findall(plain(text))


def is_latin(run: str) -> bool:
    """Whether a run is letters and digits."""
    return run.isascii()


def pairs(run: str) -> list[str]:
    """Every two neighbouring characters of a Chinese run; a single character stands for itself."""
    return [run[place : place + 2] for place in range(len(run) - 1)] or [run]


def singular(word: str) -> str:
    """An English word without its plural s: good enough for both sides to meet."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def cut(text: str) -> list[str]:
    """The terms of a text, in order: pairs of Chinese characters, words of Latin letters."""
    terms: list[str] = []
    for run in runs(text):
        terms += [singular(run)] if is_latin(run) else pairs(run)
    return terms


def terms_of_query(words: str) -> Words:
    """A query's terms, without the words that only carry the sentence unless it has no others."""
    wanted = plain(words.strip()[:LONGEST])
    asked = _FILLERS.sub(" ", wanted)
    terms = [term for term in cut(asked) if term not in _SMALL_WORDS] or cut(wanted)
    found = runs(wanted)
    joined = "".join(found) if len(found) > 1 and all(is_latin(run) for run in found) else ""
    return Words(tuple(dict.fromkeys(terms)), joined, "".join(found))
