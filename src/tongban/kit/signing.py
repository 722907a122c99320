"""Calls to the outside world: who calls is who its message signature says; TLS guards only the channel."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from functools import cache
from pathlib import Path

import yaml

from tongban.kit import keys
from tongban.settings import settings


@cache
def _node_of(city_dir: Path) -> str:
    return f"node-{yaml.safe_load((city_dir / 'city.yaml').read_text())['code']}"


def node() -> str:
    """This installation's name among the nodes: its city's GB/T 2260 code."""
    return _node_of(settings().city_dir)


def signature_headers(method: str, path: str, body: bytes, *, timestamp: int) -> dict[str, str]:
    """The caller's name and ES256 signature over method, path, time and body's SHA-256 (raw r‖s, base64).

    ``timestamp`` is the wall clock in seconds, not the house's: the other side compares it with its own.
    """
    text = f"{method}\n{path}\n{timestamp}\n{hashlib.sha256(body).hexdigest()}\n"
    return {
        "Tongban-Node": node(),
        "Tongban-Timestamp": str(timestamp),
        "Tongban-Signature": b64encode(keys.current().sign("node", text.encode())).decode(),
    }
