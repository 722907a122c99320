"""The sealed column of the room: the answers to a guide's questions tell of a person's life."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import msgspec

from tongban.kit import keys
from tongban.kit.sealed import sealed_columns


def place_of(run_id: UUID) -> bytes:
    """What the answers of a run are sealed to."""
    return b"bundles.run\x1fanswers_sealed\x1f" + run_id.bytes


def seal(run_id: UUID, answers: Mapping[str, str]) -> bytes:
    """Answers as the row keeps them."""
    return keys.current().seal(msgspec.json.encode(dict(answers)), place_of(run_id))


def opened(run_id: UUID, sealed: bytes) -> dict[str, str]:
    """The answers of a row."""
    return msgspec.json.decode(keys.current().open(sealed, place_of(run_id)), type=dict[str, str])


SEALED = (sealed_columns("bundles.run", answers_sealed=lambda row: place_of(row["id"])),)
