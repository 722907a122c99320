"""Which columns of the portal room are sealed, and to which copy or request: for a new sealing key."""

from __future__ import annotations

from tongban.kit.sealed import sealed_columns
from tongban.portal.store.copies import place
from tongban.portal.store.requests import answer_of, said_of

SEALED = (
    sealed_columns(
        "portal.copy",
        json_sealed=lambda row: place(row["id"], "json"),
        pdf_sealed=lambda row: place(row["id"], "pdf"),
    ),
    sealed_columns(
        "portal.request",
        said_sealed=lambda row: said_of(row["id"]),
        answer_sealed=lambda row: answer_of(row["id"]),
    ),
)
