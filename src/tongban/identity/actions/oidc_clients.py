"""The register of systems that log people in through us: ``oidc_clients.yaml`` of the city's folder."""

from __future__ import annotations

import hashlib
import secrets
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import msgspec

from tongban import regions
from tongban.identity.model.oidc import Client, ClientsWrong
from tongban.identity.store import oidc as store
from tongban.kit.db import Database

FILE = "oidc_clients.yaml"
#: Where a system's log-in goes on once she has logged in.
RESUME = "/oidc/resume"
_LONGEST_ID = 100


class _Systems(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    systems: list[Client]


def clients_of(city_dir: Path) -> list[Client]:
    """The systems of the file, checked; none where the city has no such file. Raises ClientsWrong."""
    path = city_dir / FILE
    if not path.exists():
        return []
    try:
        found = msgspec.yaml.decode(path.read_bytes(), type=_Systems).systems
    except (OSError, msgspec.MsgspecError) as wrong:
        raise ClientsWrong(f"{FILE}: {wrong}") from wrong
    names = [one.id for one in found]
    for one in found:
        if names.count(one.id) > 1:
            raise ClientsWrong(f"{FILE}: {one.id} stands there twice")
        try:
            fault = one.fault()
        except ValueError as wrong:
            fault = f"holds what cannot be read: {wrong}"
        if fault:
            raise ClientsWrong(f"{FILE}: {one.id} {fault}")
    return found


async def load_clients(db: Database, city_dir: Path) -> int:
    """Register what the file names, drop what it no longer names; idempotent. Gives how many; raises ClientsWrong."""
    found = clients_of(city_dir)
    known = {one.code for one in await regions.departments(db)}
    for one in found:
        if one.department not in known:
            raise ClientsWrong(f"{FILE}: {one.id} is of {one.department}, which is no department")
    await store.put_clients(db, found)
    return len(found)


async def system_behind(db: Database, path: str) -> Client | None:
    """The system for whose log-in somebody goes on at this address of ours; None, and no statement, for any other."""
    address = urlsplit(path)
    named = dict(parse_qsl(address.query)).get("client_id", "") if address.path == RESUME else ""
    return await store.client(db, named) if named.isprintable() and 0 < len(named) <= _LONGEST_ID else None


def new_secret() -> tuple[str, str]:
    """A fresh secret for a system, and the hash that the file takes; the secret is kept nowhere."""
    secret = secrets.token_urlsafe(32)
    return secret, hashlib.sha256(secret.encode()).hexdigest()
