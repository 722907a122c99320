"""The child process that computes search terms: items' words on stdin, entries on stdout, then it ends.

Nothing in the house imports this module, so no serving process ever holds the dictionaries.
"""

from __future__ import annotations

import logging
import sys
from functools import cache

import jieba
import msgspec
from pypinyin import lazy_pinyin

from tongban.catalogue.actions.indexing import Wording
from tongban.catalogue.model.searching import cut, is_latin, runs, singular
from tongban.catalogue.store.searching import Entry

#: Names longer than this get pinyin for their parts up to it: the parts' number grows with the square.
_LONGEST_RUN = 12
_SHORTEST_PREFIX = 4
_SHORTEST_INITIALS = 3
# Items share most of their sentences and parts of names, so what is computed once is kept as long as the child lives.


@cache
def name_terms(name: str) -> set[str]:
    """Of a name: its terms, each character, every part in pinyin and initials, beginnings of English words."""
    terms = set(cut(name))
    for run in runs(name):
        if is_latin(run):
            word = singular(run)
            terms |= {word[:length] for length in range(_SHORTEST_PREFIX, len(word) + 1)}
        else:
            terms |= set(run)
            # A part is read as it is read in its name, so the dictionary is asked once for all parts.
            syllables = lazy_pinyin(run)
            for start in range(len(syllables)):
                for end in range(start + 1, min(len(syllables), start + _LONGEST_RUN) + 1):
                    terms |= typed(syllables[start:end])
    return terms


@cache
def spoken(word: str) -> set[str]:
    """A Chinese word as it is typed on a Latin keyboard."""
    return typed(lazy_pinyin(word))


def typed(syllables: list[str]) -> set[str]:
    """Full pinyin, and initials of two syllables and more."""
    initials = "".join(syllable[:1] for syllable in syllables)
    return {"".join(syllables), initials} if len(syllables) > 1 else {"".join(syllables)}


@cache
def text_terms(text: str) -> set[str]:
    """Of a running text: its terms, the dictionary's words, and these in pinyin (initials from three on)."""
    terms = set(cut(text))
    for run in runs(text):
        if is_latin(run):
            continue
        for word in jieba.cut_for_search(run):
            if len(word) > 1:
                forms = spoken(word)
                terms |= {word, *(form for form in forms if len(form) >= _SHORTEST_INITIALS)}
    return terms


def entry(words: Wording) -> Entry:
    """The entry of one item."""
    named = name_terms(words.name_zh) | name_terms(words.name_en)
    called = {term for name in words.called for term in name_terms(name)}
    called |= {"".join(runs(name)) for name in words.called}  # whole: who types just that means this item
    told = {term for text in words.texts for term in text_terms(text)}
    return Entry(
        code=words.code,
        named=sorted(named),
        called=sorted(called),
        terms=sorted(named | called | told),
        pinyin=" ".join(lazy_pinyin(words.name_zh)),
    )


def main() -> None:
    """Read, compute, write."""
    jieba.setLogLevel(logging.ERROR)
    items = msgspec.json.decode(sys.stdin.buffer.read(), type=list[Wording])
    sys.stdout.buffer.write(msgspec.json.encode([entry(item) for item in items]))


if __name__ == "__main__":
    main()
