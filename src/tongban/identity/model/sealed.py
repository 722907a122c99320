"""The places that this room's sealed values belong to: table's word and owner; elsewhere they do not open."""

from __future__ import annotations

from uuid import UUID


def name_of(owner: UUID) -> bytes:
    """Of a person's or officer's name."""
    return b"identity.name\x1f" + owner.bytes


def id_number_of(owner: UUID) -> bytes:
    """Of the number of a person's paper."""
    return b"identity.id_number\x1f" + owner.bytes


def hukou_address_of(owner: UUID) -> bytes:
    """Of the address of a person's hukou."""
    return b"identity.hukou_address\x1f" + owner.bytes


def residence_address_of(owner: UUID) -> bytes:
    """Of the address at which a person is registered to live."""
    return b"identity.residence_address\x1f" + owner.bytes


def totp_of(owner: UUID) -> bytes:
    """Of an officer's secret of her authenticator."""
    return b"identity.totp\x1f" + owner.bytes


def agent_name_of(power: UUID) -> bytes:
    """Of the agent's name in a power."""
    return b"power.agent." + power.bytes


def principal_name_of(power: UUID) -> bytes:
    """Of the principal's name in a power."""
    return b"power.principal." + power.bytes
