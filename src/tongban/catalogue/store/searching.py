"""SQL of the search."""

from __future__ import annotations

from typing import Any

import msgspec

from tongban.catalogue.model import Card, Facts, ItemVersion, Listed, Theme, Words
from tongban.kit.db import Bulk, Database, Part
from tongban.kit.i18n import Language, Text

#: More hits than a person reads; a search that finds so many is told to be more exact.
MOST = 200


class Entry(msgspec.Struct, frozen=True):
    """What a search looks at, as computed at publishing; ``terms`` contains the other two."""

    code: str
    named: list[str]
    called: list[str]
    terms: list[str]
    pinyin: str


class Line(msgspec.Struct, frozen=True):
    """What a list shows of an item, and what it filters and counts it by."""

    card: Card
    online: bool
    facts: Facts


async def matching(db: Database, words: Words, language: Language) -> list[tuple[str, float]]:
    """Codes and scores of the items that have at least half of the query's terms, best first.

    A term of the name counts 4, of what people call it 3, of the guide's text 1; the score is the mean
    over the query's terms. Words typed without their blanks (``ju zhu zheng``) count as one term. Ties: what
    can be done online first, then what people call just that, then the name that the query covers best (the fewest
    terms), then by name.
    """
    rows = await db.rows(
        """SELECT e.code, greatest(s.score, j.score) AS score
        FROM catalogue.search_entry e
        CROSS JOIN LATERAL (
            SELECT avg(CASE WHEN t = ANY(e.named) THEN 4 WHEN t = ANY(e.called) THEN 3
                            WHEN t = ANY(e.terms) THEN 1 ELSE 0 END)::float AS score,
                avg((t = ANY(e.terms))::integer) AS share
            FROM unnest($1::text[]) t
        ) s
        CROSS JOIN LATERAL (
            SELECT CASE WHEN $2::text = ANY(e.named) THEN 4 WHEN $2 = ANY(e.called) THEN 3
                        WHEN $2 = ANY(e.terms) THEN 1 ELSE 0 END::float AS score
        ) j
        WHERE e.terms && ($1::text[] || $2::text) AND (s.share >= 0.5 OR j.score > 0)
        ORDER BY score DESC, e.online DESC, ($5 = ANY(e.called)) DESC, cardinality(e.named),
            CASE WHEN $3 = 'en' THEN e.card->'name'->>'en' ELSE e.pinyin END, e.code
        LIMIT $4""",
        list(words.terms),
        words.joined,
        language,
        MOST,
        words.whole,
    )
    return [(row["code"], row["score"]) for row in rows]


async def every_line(db: Database) -> list[Listed]:
    """The whole catalogue as a list, by pinyin: no body is opened for it."""
    rows = await db.rows(
        "SELECT code, card, online, pinyin, facts FROM catalogue.search_entry ORDER BY pinyin, code"
    )
    return [
        Listed(
            *(row["code"], msgspec.convert(row["card"], Card), row["online"], row["pinyin"]),
            facts=msgspec.convert(row["facts"], Facts),
        )
        for row in rows
    ]


async def uncounted(db: Database, edition: str) -> list[ItemVersion]:
    """The versions in force of the items whose counts were not worked out by this edition of the rules."""
    rows = await db.rows(
        """SELECT v.body FROM catalogue.search_entry e JOIN catalogue.item i ON i.code = e.code
        JOIN catalogue.item_version v ON v.code = i.code AND v.number = i.number
        WHERE e.facts->>'edition' IS DISTINCT FROM $1""",
        edition,
    )
    return [msgspec.convert(row["body"], ItemVersion) for row in rows]


def putting_facts(found: dict[str, Facts]) -> Part:
    """Part: the facts of these items by their codes."""
    return Part(
        """UPDATE catalogue.search_entry e SET facts = f.facts
        FROM jsonb_to_recordset($1::jsonb) AS f(code text, facts jsonb) WHERE e.code = f.code
        RETURNING e.code""",
        ([{"code": code, "facts": msgspec.to_builtins(facts)} for code, facts in found.items()],),
    )


async def themes(db: Database) -> list[Theme]:
    """The themes in the city's order."""
    rows = await db.rows("SELECT code, name_zh, name_en, icon FROM catalogue.theme ORDER BY place")
    return [Theme(row["code"], Text(row["name_zh"], row["name_en"]), row["icon"]) for row in rows]


async def put_themes(db: Database, found: list[Theme]) -> None:
    """Enter or amend themes; the same again changes nothing."""
    await db.run(
        """INSERT INTO catalogue.theme (code, place, name_zh, name_en, icon)
        SELECT * FROM unnest($1::text[], $2::smallint[], $3::text[], $4::text[], $5::text[])
        ON CONFLICT (code) DO UPDATE SET place = EXCLUDED.place, name_zh = EXCLUDED.name_zh,
            name_en = EXCLUDED.name_en, icon = EXCLUDED.icon""",
        [theme.code for theme in found],
        list(range(len(found))),
        [theme.name.zh for theme in found],
        [theme.name.en for theme in found],
        [theme.icon for theme in found],
    )


def putting_entry(entry: Entry, line: Line) -> Part:
    """Part: what a search finds of the version that is being published."""
    return Part(
        """INSERT INTO catalogue.search_entry (code, named, called, terms, pinyin, online, card, facts)
        SELECT $1::text, $2::text[], $3::text[], $4::text[], $5::text, $6::boolean, $7::jsonb, $8::jsonb FROM guard
        ON CONFLICT (code) DO UPDATE SET named = EXCLUDED.named, called = EXCLUDED.called, terms = EXCLUDED.terms,
            pinyin = EXCLUDED.pinyin, online = EXCLUDED.online, card = EXCLUDED.card, facts = EXCLUDED.facts""",
        _row(entry, line),
    )


def entries(found: list[tuple[Entry, Line]]) -> Bulk:
    """What a search finds of items that were never published: rows to be copied in."""
    columns = ("code", "named", "called", "terms", "pinyin", "online", "card", "facts")
    return Bulk("catalogue", "search_entry", columns, [_row(entry, line) for entry, line in found])


def _row(entry: Entry, line: Line) -> tuple[Any, ...]:
    return (
        *(entry.code, entry.named, entry.called, entry.terms, entry.pinyin, line.online),
        *(msgspec.to_builtins(line.card), msgspec.to_builtins(line.facts)),
    )
