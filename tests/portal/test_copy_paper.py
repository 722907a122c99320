"""The PDF of a person's data is for a person to read: labels, words, the city's time, and nothing of the machine's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from tests import make
from tests.cast import Resident
from tests.portal.filled import MARK, fill
from tests.portal.test_held import TABLES
from tongban import notices, rooms
from tongban.kit import clock
from tongban.kit.db import Database, Part, write
from tongban.kit.i18n import LANGUAGES, Language, Text
from tongban.kit.pdf.model import Facts, Heading, Paper, Paragraph, Table
from tongban.portal.actions.copy_paper import paper_of
from tongban.portal.actions.copy_words import ELSEWHERE, Speaker, speaker_of

#: What only a machine writes. A word alone in small letters is a code on a Chinese paper.
_CODES = {
    "dotted": re.compile(r"\b[a-z]+(?:_[a-z]+)*\.(?!pdf\b|zip\b)[a-z_]{2,}\b"),
    "snake": re.compile(r"\b[a-z]+_[a-z_]+\b"),
    "instant": re.compile(r"\d{4}-\d\d-\d\dT|[+]00:00"),
    "python": re.compile(r"\b(?:True|False|None|null)\b|\bUUID\(|[(\[{]'|\[\]|\{\}"),
    "id": re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-"),
}
_WORD = re.compile(r"[a-z]{2,}")
_HAN = re.compile(r"[\u4e00-\u9fff]")
#: Columns with a check on what they may say → where a copy has them.
_CHECKED = {
    "identity.power.kind": ("identity", "powers_given.kind"),
    "identity.power.state": ("identity", "powers_held.state"),
    "identity.child_claim.state": ("identity", "child_claims.state"),
    "identity.code.act": ("identity", "codes.act"),
    "identity.qr_login.answer": ("identity", "qr_log_ins.answer"),
    "identity.alias.proof": ("identity", "merged.proof"),
    "identity.paper_dispute.state": ("identity", "paper_disputes.state"),
    "identity.face_check.state": ("identity", "face_checks.state"),
    "identity.level_check.way": ("identity", "level_checks.way"),
    "identity.firm_binding.state": ("identity", "firms_asked.state"),
    "identity.consent.way": ("identity", "consent.way"),
    "identity.residence.residence_permit_state": ("identity", "residence.residence_permit_state"),
    "cases.supervision.lamp": ("cases", "supervisions.lamp"),
    "cases.archive.state": ("cases", "archive.state"),
    "cases.appraisal.decision": ("cases", "appraisals.decision"),
    "licences.card_order.state": ("licences", "card_orders.state"),
    "audit.purpose.kind": ("audit", "ground_of_reading.kind"),
    "audit.ledger.kind": ("audit", "kind"),
    "portal.request.sort": ("portal", "kind"),
    "portal.request.state": ("portal", "state"),
}


def told(paper: Paper) -> Iterator[tuple[str, str]]:
    """Everything that stands in the paper's sheets and tables: its label and its words."""
    for block in paper.blocks:
        if isinstance(block, Facts):
            yield from block.rows
        if isinstance(block, Table):
            for row in block.rows:
                yield from zip(block.head, row, strict=True)


def codes_in(paper: Paper) -> list[str]:
    """What of it is a machine's, with its label."""
    codes = [*_CODES.items(), *([("word", _WORD)] if paper.language == "zh" else [])]
    return [
        f"{label}: {words} ({name})"
        for label, written in told(paper)
        for words in [written.replace(f"{MARK}", "")]  # which she typed herself, by the filled request
        for name, code in codes
        if (code.fullmatch if code is _WORD else code.search)(words)
    ]


async def papers_of(db: Database, who: UUID) -> dict[Language, Paper]:
    held = {room: await one.export(db, who) for room, one in rooms.PERSONAL.items()}
    speaker = await speaker_of(db, held, {room: one.words for room, one in rooms.PERSONAL.items()})
    brand = Text("示范市", "Shifan City")
    return {
        wanted: paper_of(held, speaker, copy_id=who, brand=brand, note=brand, at=clock.now(), wanted=wanted)
        for wanted in LANGUAGES
    }


async def test_the_paper_is_told_in_words(city: Database, owner: Resident) -> None:
    """How it can fail (tried): print an action's code, an instant as JSON has it, a tuple as Python writes it; let a
    message come in both languages; leave a heading to Chinese; put the ledger first."""
    who = owner.actor.id
    assert who is not None
    db = city.sibling()
    case_id = await make.submitted(city, owner)
    await write(
        db,
        Part("SELECT 1 AS told"),
        notices.telling(
            recipient=who,
            title=Text("只说一遍的消息", "Told only once"),
            body=Text("内容", "Words"),
            link="/my",
            now=clock.now() + timedelta(seconds=1),
        ),
    )
    before = await papers_of(db, who)
    await fill(db, who, TABLES, case_id=case_id)
    after = await papers_of(db, who)
    assert "; ".join(one for paper in (*before.values(), *after.values()) for one in codes_in(paper)) == ""
    for wanted, paper in after.items():
        first = next(block for block in paper.blocks if isinstance(block, Facts))
        assert owner.number in dict(first.rows).values(), "she is told first who she is"
        words = [value for _, value in told(paper)]
        assert ("只说一遍的消息" in words) is (wanted == "zh")
        assert ("Told only once" in words) is (wanted == "en")
        assert any(re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", one) for one in words)
    english = after["en"]
    titles = [block.text for block in english.blocks if isinstance(block, (Heading, Paragraph))]
    labels = {label for label, _ in told(english)} - {
        label for label, value in told(before["zh"]) if label in value
    }
    assert [one for one in (*titles, *labels) if _HAN.search(one)] == []
    chapters = [block.text for block in english.blocks if isinstance(block, Heading)]
    assert chapters[:3] == ["Who you are", "Cases", "Licences"]
    assert chapters[-3:-1] == ["Record of acts and readings", "Log-ins and checks"]


async def test_every_code_that_a_column_may_have_has_its_words(city: Database) -> None:
    """How it can fail (tried): leave a state of a power, or an act of a code, out of identity's table of words."""
    rows = await city.sibling().rows(
        """SELECT conrelid::regclass::text AS of, pg_get_constraintdef(oid) AS says FROM pg_constraint
        WHERE contype = 'c' AND pg_get_constraintdef(oid) LIKE '%= ANY (ARRAY[%'"""
    )
    allowed: dict[str, set[str]] = {}
    for row in rows:
        for column, words in re.findall(r"\(\(?(\w+) = ANY \(ARRAY\[([^\]]*)\]", row["says"]):
            allowed.setdefault(f"{row['of']}.{column}", set()).update(re.findall(r"'([^']*)'", words))
    speaker = Speaker({room: one.words for room, one in rooms.PERSONAL.items()}, {}, {})
    assert sorted(_CHECKED.keys() - allowed.keys()) == []
    said = {
        f"{column}={code}": speaker.said(*_CHECKED[column], code)
        for column in _CHECKED
        for code in sorted(allowed[column])
    }
    assert len(said) > 60
    assert [
        code for code, words in said.items() if words in ("", ELSEWHERE.zh) or _WORD.fullmatch(words)
    ] == []
