"""Which columns of the identity room are sealed, and to whom: for a new sealing key."""

from __future__ import annotations

from tongban.identity.model.sealed import (
    agent_name_of,
    hukou_address_of,
    id_number_of,
    name_of,
    principal_name_of,
    residence_address_of,
    totp_of,
)
from tongban.kit.sealed import sealed_columns
from tongban.notices import phone_place

SEALED = (
    sealed_columns(
        "identity.account",
        name_sealed=lambda row: name_of(row["id"]),
        phone_sealed=lambda row: phone_place(row["id"]),
    ),
    sealed_columns(
        "identity.application",
        name_sealed=lambda row: name_of(row["id"]),
        id_number_sealed=lambda row: id_number_of(row["id"]),
        phone_sealed=lambda row: phone_place(row["id"]),
        hukou_address_sealed=lambda row: hukou_address_of(row["id"]),
        residence_address_sealed=lambda row: residence_address_of(row["id"]),
    ),
    sealed_columns(
        "identity.child_claim",
        name_sealed=lambda row: name_of(row["id"]),
        id_number_sealed=lambda row: id_number_of(row["id"]),
    ),
    sealed_columns(
        "identity.name_history",
        read=("account",),
        name_sealed=lambda row: name_of(row["account"]),
        id_number_sealed=lambda row: id_number_of(row["account"]),
    ),
    sealed_columns(
        "identity.paper_dispute",
        name_sealed=lambda row: name_of(row["id"]),
        id_number_sealed=lambda row: id_number_of(row["id"]),
        phone_sealed=lambda row: phone_place(row["id"]),
    ),
    sealed_columns("identity.person", id_number_sealed=lambda row: id_number_of(row["id"])),
    sealed_columns(
        "identity.power",
        agent_name_sealed=lambda row: agent_name_of(row["id"]),
        principal_name_sealed=lambda row: principal_name_of(row["id"]),
    ),
    sealed_columns(
        "identity.residence",
        hukou_address_sealed=lambda row: hukou_address_of(row["id"]),
        residence_address_sealed=lambda row: residence_address_of(row["id"]),
    ),
    sealed_columns("identity.staff", totp_sealed=lambda row: totp_of(row["id"])),
    sealed_columns(
        "identity.window_recovery",
        read=("account",),
        phone_sealed=lambda row: phone_place(row["account"]),
    ),
)
