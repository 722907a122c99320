"""The English words of the house: find what is missing, take in what is new.

    python scripts/translations.py --check     exit 1 when a sentence has no English, is unsure or unused
    python scripts/translations.py --update    merge new sentences into the .po file and compile the .mo file

Msgids are Chinese, so Chinese needs no catalogue. Catalogue and compiled file are both committed: an
installation needs no build step, and the check proves that the one is made from the other.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

HOME = Path(__file__).resolve().parents[1]
PACKAGE = HOME / "src" / "tongban"
PO = PACKAGE / "locale" / "en" / "LC_MESSAGES" / "tongban.po"
MO = PO.with_suffix(".mo")
KEYWORDS = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "N_": None,
    # Chinese has one form for all numbers, so its sentence stands for singular and plural.
    "N_counted": (1, 1),
    "say": None,
    "say_plural": (1, 2),
}
HEADER = (
    "# English words of Tongban. Msgids are the Chinese sentences of the code; see scripts/translations.py."
)
_PLACES = re.compile(r"%\((\w+)\)s|\{(\w+)[^}]*\}")
_HAN = re.compile(r"[\u4e00-\u9fff]")


def extract(folder: Path = PACKAGE) -> Catalog:
    """Every sentence of the code and the templates, with the files that say it."""
    with (HOME / "babel.cfg").open() as config:
        methods, options = parse_mapping_cfg(config)  # type: ignore[no-untyped-call]
    found = Catalog(project="tongban", charset="utf-8")
    for path, _line, message, comments, context in extract_from_dir(
        folder, methods, options, keywords=KEYWORDS, comment_tags=("Translators:",)
    ):
        # Files without line numbers: moving code must not change the catalogue.
        found.add(message, None, [(path, None)], auto_comments=comments, context=context)  # type: ignore[list-item]
    return found


def read(path: Path = PO) -> Catalog:
    """The English catalogue as committed."""
    if not path.exists():
        return Catalog(locale="en", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale="en", charset="utf-8")


def problems(found: Catalog, english: Catalog) -> list[str]:
    """What keeps the English from being complete, one sentence each."""
    wrong = []
    for message in found:
        if not message.id:
            continue
        known = english.get(message.id, message.context)
        where = ", ".join(sorted({path for path, _ in message.locations})[:2])
        if known is None or not all(_strings(known)):
            wrong.append(f"missing: {_first(message)} ({where})")
        elif known.fuzzy:
            wrong.append(f"unsure: {_first(message)} ({where})")
        else:
            wrong += _unlike(message, known)
    wrong += [
        f"unused: {_first(message)}"
        for message in english
        if message.id and found.get(message.id, message.context) is None
    ]
    return wrong + [f"left over: {_first(message)}" for message in english.obsolete.values()]


def _unlike(message: Message, known: Message) -> list[str]:
    """English that names other places than the Chinese, or is the Chinese again."""
    places = {_named(text) for text in _ids(message)}
    wrong = [
        f"places differ: {_first(message)}: {text}"
        for text in _strings(known)
        if _named(text) not in places
        and not (len(_ids(message)) > 1 and _named(text) <= max(places, key=len))
    ]
    return (
        wrong
        + [f"not English: {_first(message)}: {text}" for text in _strings(known) if _HAN.search(text)]
        + [f"not counted: {_first(message)}: {text}" for text in _strings(known) if "(s)" in text]
    )


def _named(text: str) -> frozenset[str]:
    return frozenset(one or other for one, other in _PLACES.findall(text))


def _ids(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def _strings(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ("",))


def _first(message: Message) -> str:
    return _ids(message)[0]


def update() -> None:
    """Take new sentences in, drop unused ones, compile."""
    english = read()
    english.update(extract(), no_fuzzy_matching=True)
    english.obsolete.clear()
    PO.parent.mkdir(parents=True, exist_ok=True)
    with PO.open("wb") as file:
        # No header: its dates and versions would change with every update, and gettext needs none of it.
        write_po(file, english, width=110, sort_output=True, omit_header=True, include_lineno=False)
    english = read()
    if not current_mo(english):
        # Its header carries the time of writing: without need it is not written again.
        with MO.open("wb") as file:
            write_mo(file, english)


def current_mo(english: Catalog, path: Path = MO) -> bool:
    """Whether the compiled file says what the catalogue says; its header may differ."""
    if not path.exists():
        return False
    with path.open("rb") as file:
        made = read_mo(file)
    return _said(made) == _said(english)


def _said(catalogue: Catalog) -> dict[tuple[str, str], tuple[str, ...]]:
    return {
        (_context(message), _first(message)): _strings(message)
        for message in catalogue
        if message.id and all(_strings(message))
    }


def _context(message: Message) -> str:
    # Babel's read_mo leaves the context as the bytes of the file.
    context: str | bytes = message.context or ""
    return context.decode() if isinstance(context, bytes) else context


def check() -> list[str]:
    """All problems of the committed catalogue."""
    english = read()
    wrong = problems(extract(), english)
    if not current_mo(english):
        wrong.append(
            f"{MO.relative_to(HOME)} is not made from {PO.name}: run scripts/translations.py --update"
        )
    return wrong


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--check", action="store_true")
    what.add_argument("--update", action="store_true")
    if parser.parse_args().update:
        update()
        missing = sum(line.startswith("missing") for line in check())
        print(f"{PO.relative_to(HOME)}: {missing} sentences wait for their English")
        return 0
    wrong = check()
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
