"""Verifying the ledger: from the database, or offline from an exported file with only the public keys."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from itertools import groupby
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import asyncpg
import msgspec
from cryptography.hazmat.primitives.asymmetric import ec

from tongban.audit.model.checking import Check, Row, Sealed, SignatureHolds
from tongban.audit.model.report import Report
from tongban.audit.model.seal import Block, Head
from tongban.audit.store import reading_all
from tongban.kit import keys
from tongban.kit.keys.ring import signature_holds, thumbprint

T = TypeVar("T")
_Line = Head | Block | Row
_encode = msgspec.json.Encoder().encode
_decoder = msgspec.json.Decoder(_Line)


class ExportUnreadable(ValueError):  # noqa: N818 - a verdict
    """The file is not an export of a ledger; the message names the line."""


def node_signed(kid: str, text: bytes, signature: bytes) -> bool:
    """Whether this installation's node signed ``text``."""
    return keys.current().verify(kid, text, signature, purpose="node")


async def verify(dsn: str, *, signed: SignatureHolds = node_signed) -> Report:
    """Walk every chain and every row of the database in one snapshot, in constant memory.

    The report names altered, removed and inserted rows, broken blocks and heads. What the last head covers
    is proved; cutting off the newest passes whole shows only against a head kept elsewhere (``last_head``).
    """
    check = Check(signed)
    async with _snapshot(dsn) as connection:
        async for head, blocks in _passes(connection):
            check.take_pass(head, blocks)
        check.compare_mark(*await reading_all.mark(connection))
        check.compare_tips(await reading_all.tips(connection))
        await check.take_rows(reading_all.sealed(connection), reading_all.rows(connection))
    return check.report


async def export(dsn: str, path: Path) -> int:
    """Write heads, blocks and rows as JSON lines, to be verified elsewhere; gives the number of rows.

    The file names no resident, but its ids say who dealt with whose affair: treat it accordingly.
    """
    count = 0
    async with _snapshot(dsn) as connection:
        with path.open("wb") as file:
            async for head, blocks in _passes(connection):
                lines: list[_Line] = [head, *blocks] if head else [*blocks]
                file.writelines(_encode(line) + b"\n" for line in lines)
            async for row in reading_all.rows(connection):
                file.write(_encode(row) + b"\n")
                count += 1
    return count


async def verify_export(path: Path, jwks: Mapping[str, Any]) -> Report:
    """Verify an exported file with nothing but the node's published keys (RFC 7517 key set).

    Raises ExportUnreadable. Keeps the sealed hashes in memory: about 150 bytes a row.
    """
    held = {thumbprint(key): key for key in map(_public_key, jwks["keys"])}
    check = Check(lambda kid, text, signature: kid in held and signature_holds(held[kid], text, signature))
    sealed: list[Sealed] = []
    with path.open("rb") as file:
        for pass_, lines in groupby(_lines(file), key=_pass_of):
            if pass_ is None:
                sealed.sort(key=lambda one: (one.bucket, one.id.int))
                await check.take_rows(_each(sealed), _each(_only_rows(lines)))
                sealed = []
                continue
            heads, blocks = _parted(lines)
            check.take_pass(heads[0] if len(heads) == 1 else None, blocks)
            sealed += [
                Sealed(block.bucket, id_, hash_)
                for block in blocks
                for id_, hash_ in zip(block.row_ids, block.row_hashes, strict=False)
            ]
    if sealed:
        await check.take_rows(_each(sorted(sealed, key=lambda one: (one.bucket, one.id.int))), _each(()))
    return check.report


@asynccontextmanager
async def _snapshot(dsn: str) -> AsyncIterator[asyncpg.Connection[Any]]:
    connection = await asyncpg.connect(dsn, server_settings={"timezone": "UTC", "jit": "off"})
    try:
        await connection.set_type_codec(
            "jsonb", schema="pg_catalog", encoder=str, decoder=msgspec.json.decode
        )
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            yield connection
    finally:
        await connection.close()


async def _passes(connection: asyncpg.Connection[Any]) -> AsyncIterator[tuple[Head | None, list[Block]]]:
    """Heads with their blocks, ascending; blocks without a head and heads without blocks too."""
    heads, blocks = reading_all.heads(connection), reading_all.blocks(connection)
    head, block = await anext(heads, None), await anext(blocks, None)
    while head is not None or block is not None:
        pass_ = min(one.pass_ for one in (head, block) if one is not None)
        mine: list[Block] = []
        while block is not None and block.pass_ == pass_:
            mine.append(block)
            block = await anext(blocks, None)
        if head is not None and head.pass_ == pass_:
            yield head, mine
            head = await anext(heads, None)
        else:
            yield None, mine


def _lines(file: BinaryIO) -> Iterator[_Line]:
    for number, text in enumerate(file, start=1):
        try:
            yield _decoder.decode(text)
        except msgspec.MsgspecError as unreadable:
            raise ExportUnreadable(f"line {number}: {unreadable}") from unreadable


def _pass_of(line: _Line) -> int | None:
    return None if isinstance(line, Row) else line.pass_


def _parted(lines: Iterable[_Line]) -> tuple[list[Head], list[Block]]:
    every = list(lines)
    return (
        [line for line in every if isinstance(line, Head)],
        [line for line in every if isinstance(line, Block)],
    )


def _only_rows(lines: Iterable[_Line]) -> Iterator[Row]:
    for line in lines:
        if isinstance(line, Row):
            yield line


async def _each(values: Iterable[T]) -> AsyncIterator[T]:
    for value in values:
        yield value


def _public_key(jwk: Mapping[str, str]) -> ec.EllipticCurvePublicKey:
    x, y = (
        int.from_bytes(urlsafe_b64decode(jwk[name] + "=" * (-len(jwk[name]) % 4)), "big")
        for name in ("x", "y")
    )
    return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
