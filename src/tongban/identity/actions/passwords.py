"""Passwords: Argon2id in a thread, and the same work for an account that does not exist."""

from __future__ import annotations

import asyncio
import secrets
from functools import cache

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

#: Argon2id (RFC 9106) with 19 MiB, 2 passes, 1 lane: OWASP's first choice for servers; about 20 ms a core.
_hasher = PasswordHasher(
    time_cost=2, memory_cost=19456, parallelism=1, hash_len=32, salt_len=16, type=Type.ID
)


@cache
def _nobody() -> str:
    """A hash that no password has: verified when the account is unknown, so that both take as long."""
    return _hasher.hash(secrets.token_urlsafe(24))


def _verify(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


async def hashed(password: str) -> str:
    """The hash to store, with its parameters and salt."""
    return await asyncio.to_thread(_hasher.hash, password)


@cache
def _shared(password: str) -> str:
    return _hasher.hash(password)


async def shared(password: str) -> str:
    """The hash of a password that all demo accounts share, made once in a process: whoever sees one knows them all."""
    return await asyncio.to_thread(_shared, password)


async def holds(stored: str | None, password: str) -> bool:
    """Whether the password is the stored one; False for nobody, after the same work."""
    known = await asyncio.to_thread(_verify, stored or _nobody(), password)
    return known and stored is not None
