"""Who is competent 管辖: the department that handles a case, by the district that the matter belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tongban import catalogue, regions
from tongban.kit.db import Database
from tongban.settings import settings


def district_of(version: catalogue.ItemVersion, answers: Mapping[str, Any]) -> str:
    """The district by the answer that decides it; the whole city's code for what its own organ handles."""
    if version.district_field:
        return str(answers.get(version.district_field))
    return regions.city_of(settings().city_dir).code


async def competent_department(
    db: Database, version: catalogue.ItemVersion, answers: Mapping[str, Any]
) -> regions.Department:
    """The department of the item's kind for that district; raises DepartmentUnknown."""
    return await regions.department_for(
        db, kind=version.department_kind, district=district_of(version, answers)
    )
