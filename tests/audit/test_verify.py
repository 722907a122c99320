"""The verifier names what was altered, removed, slipped in or cut off: from the database and from a file."""

from __future__ import annotations

from pathlib import Path

import asyncpg
import pytest

from tests.audit.cast import complete, lines, resident, seal_all
from tongban import audit
from tongban.kit import keys
from tongban.kit.db import Database


@pytest.fixture
async def sealed(db: Database, dsn: str, data_dir: Path) -> str:
    """A ledger of two buckets sealed in three passes, with one row still to be sealed; gives its address."""
    person, other = resident(5), resident(6)
    for _ in range(3):
        await lines(db, person.id, 3)
        await lines(db, other.id, 2)
        await complete(db)
        await seal_all(db, 5)
    await lines(db, person.id, 1)
    return dsn


async def found(dsn: str, tampering: str) -> list[tuple[str, str]]:
    connection = await asyncpg.connect(dsn)
    await connection.execute(tampering)
    await connection.close()
    report = await audit.verify(dsn)
    return [(finding.kind, finding.place) for finding in report.findings]


async def row_id(db: Database) -> str:
    return str(await db.value("SELECT row_ids[2] FROM audit.seal_block WHERE bucket = 5 AND seq = 2"))


async def test_untouched_is_whole(sealed: str) -> None:
    report = await audit.verify(sealed)
    assert (report.findings, report.rows, report.tail, report.passes) == ([], 16, 1, 3)
    assert len(report.last_head) == 64


@pytest.mark.parametrize(
    "change",
    [
        "reference = 'x'",
        "actor_name = ''",
        "detail = '{\"n\": 2}'",
        "at = at + interval '1 microsecond'",
        "hash = '\\x00'",
        "purpose = gen_random_uuid()",
        "kind = 'read'",
        "department = NULL",
    ],
)
async def test_an_altered_row_is_named(db: Database, sealed: str, change: str) -> None:
    row = await row_id(db)
    assert await found(sealed, f"UPDATE audit.ledger SET {change} WHERE id = '{row}'") == [
        ("row_altered", row)
    ]


async def test_a_removed_row_is_named(db: Database, sealed: str) -> None:
    row = await row_id(db)
    assert await found(sealed, f"DELETE FROM audit.ledger WHERE id = '{row}'") == [("row_removed", row)]


async def test_a_row_moved_to_another_bucket_is_named_twice(db: Database, sealed: str) -> None:
    row = await row_id(db)
    kinds = await found(sealed, f"UPDATE audit.ledger SET bucket = 9 WHERE id = '{row}'")
    assert kinds == [("row_removed", row), ("row_inserted", row)]


async def test_a_row_slipped_in_below_the_mark_is_named(db: Database, sealed: str) -> None:
    columns = "at, kind, actor_role, actor, actor_name, department, action, subject, reference, purpose, detail, hash"
    row = await row_id(db)
    (kind, place), *more = await found(
        sealed,
        f"INSERT INTO audit.ledger (bucket, id, xid, {columns}) "
        f"SELECT bucket, gen_random_uuid(), xid, {columns} FROM audit.ledger WHERE id = '{row}'",
    )
    assert (kind, more) == ("row_inserted", [])
    assert place != row


async def test_an_altered_row_that_waits_for_sealing_is_named(sealed: str) -> None:
    newest = "SELECT id FROM audit.ledger ORDER BY xid DESC LIMIT 1"
    kinds = await found(sealed, f"UPDATE audit.ledger SET reference = 'x' WHERE id = ({newest})")
    assert [kind for kind, _ in kinds] == ["row_altered"]


async def test_a_rewritten_block_breaks_its_chain_and_the_heads(db: Database, sealed: str) -> None:
    kinds = await found(
        sealed,
        "UPDATE audit.seal_block SET row_hashes[1] = row_hashes[2], root = root WHERE bucket = 5 AND seq = 2",
    )
    assert ("block_altered", "5/2") in kinds
    assert ("chain_broken", "5/3") in kinds
    assert ("head_altered", "pass 2") in kinds


async def test_a_removed_block_is_named(sealed: str) -> None:
    kinds = await found(sealed, "DELETE FROM audit.seal_block WHERE bucket = 6 AND seq = 2")
    assert ("chain_broken", "6/3") in kinds
    assert ("head_altered", "pass 2") in kinds
    assert len([kind for kind, _ in kinds if kind == "row_inserted"]) == 2


async def test_a_chain_rebuilt_whole_fails_at_the_signed_head(db: Database, sealed: str) -> None:
    """Row, block and tip rewritten consistently in the last block: only the node's key could hide it."""
    from tongban.audit.model.seal import Block
    from tongban.audit.store import reading_all

    connection = await asyncpg.connect(sealed)
    async with connection.transaction():
        blocks = [block async for block in reading_all.blocks(connection)]
    (last,) = [block for block in blocks if (block.bucket, block.seq) == (5, 3)]
    forged = Block(
        **{name: getattr(last, name) for name in last.__struct_fields__} | {"row_hashes": [b"x" * 32] * 3}
    )
    forged = Block(
        **{name: getattr(forged, name) for name in forged.__struct_fields__} | {"root": forged.true_root}
    )
    await connection.execute(
        "UPDATE audit.seal_block SET row_hashes = $1, root = $2, hash = $3 WHERE bucket = 5 AND seq = 3",
        forged.row_hashes,
        forged.root,
        forged.true_hash,
    )
    await connection.execute("UPDATE audit.seal_tip SET hash = $1 WHERE bucket = 5", forged.true_hash)
    await connection.close()
    kinds = [finding.kind for finding in (await audit.verify(sealed)).findings]
    assert kinds[0] == "head_altered"
    assert "chain_broken" not in kinds


async def test_a_head_not_signed_by_the_node_is_named(sealed: str) -> None:
    forged = "UPDATE audit.head SET signature = decode(repeat('00', 64), 'hex') WHERE pass = 2"
    assert await found(sealed, forged) == [("signature_wrong", "pass 2")]


async def test_the_last_head_cut_off_is_named(sealed: str) -> None:
    kinds = await found(sealed, "DELETE FROM audit.head WHERE pass = 3")
    assert ("head_missing", "pass 3") in kinds
    assert ("mark_altered", "seal_mark") in kinds


async def test_the_last_pass_cut_off_whole_shows_at_mark_and_tips(sealed: str) -> None:
    kinds = await found(
        sealed, "DELETE FROM audit.head WHERE pass = 3; DELETE FROM audit.seal_block WHERE pass = 3"
    )
    assert {kind for kind, _ in kinds} >= {"mark_altered", "tip_altered"}


async def test_a_file_is_verified_with_the_public_keys_only(sealed: str, tmp_path: Path) -> None:
    file = tmp_path / "ledger.jsonl"
    assert await audit.export(sealed, file) == 16
    jwks = keys.current().jwks("node")
    report = await audit.verify_export(file, jwks)
    assert (report.findings, report.rows, report.tail, report.blocks) == ([], 16, 1, 6)
    text = file.read_text()
    file.write_text(text.replace('"c1"', '"c2"', 1))
    assert [finding.kind for finding in (await audit.verify_export(file, jwks)).findings] == ["row_altered"]
    lines_ = text.splitlines(keepends=True)
    file.write_text("".join(lines_[:-4]))
    assert {finding.kind for finding in (await audit.verify_export(file, jwks)).findings} == {"row_removed"}
    file.write_text("".join(line for line in lines_ if '"row"' not in line))
    assert {finding.kind for finding in (await audit.verify_export(file, jwks)).findings} == {"row_removed"}
    file.write_text(text + "nonsense\n")
    with pytest.raises(audit.ExportUnreadable, match="line 26"):
        await audit.verify_export(file, jwks)


async def test_a_strangers_key_does_not_pass(sealed: str, tmp_path: Path) -> None:
    file = tmp_path / "ledger.jsonl"
    await audit.export(sealed, file)
    (tmp_path / "else").mkdir()
    keys.ensure(tmp_path / "else")
    strange = keys.load(tmp_path / "else").jwks("node")
    assert {finding.kind for finding in (await audit.verify_export(file, strange)).findings} == {
        "signature_wrong"
    }
