"""Answers and facts under a new sealing key: each text finds its place by the case's form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tongban import catalogue
from tongban.cases.store.sealed import sealed
from tongban.kit import forms, keys
from tongban.kit.db import Database


async def _answers(db: Database, row: Mapping[str, Any]) -> tuple[Any, ...]:
    """What was stated, what the registers said (it lies under their names, sealed under the form's), a correction."""
    version = await catalogue.version(db, row["item"], row["item_version"])
    names = [field.name for field in forms.compile_form(version.form).sensitive]
    ring, place = keys.current(), row["id"].bytes
    return (
        forms.resealed(row["answers"], ring, place),
        forms.resealed(row["facts"], ring, place, names=names),
        forms.resealed(row["correction"], ring, place),
    )


async def _steps(_db: Database, row: Mapping[str, Any]) -> tuple[Any, ...]:
    """What a correction changed stays with its step."""
    return (forms.resealed(row["detail"], keys.current(), row["case_id"].bytes),)


SEALED = sealed(_answers, _steps)
