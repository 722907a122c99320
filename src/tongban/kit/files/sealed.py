"""Which columns of files are sealed, and to which row: for a new sealing key."""

from __future__ import annotations

from tongban.kit.files.store import name_place, sm3_place, upload_place
from tongban.kit.sealed import sealed_columns

SEALED = (
    sealed_columns(
        "kit.file",
        name=lambda row: name_place(row["id"]),
        sm3=lambda row: sm3_place(row["id"]),
    ),
    sealed_columns("kit.upload", name=lambda row: upload_place(row["id"])),
)
