"""Loading the city, and asking for its districts and departments."""

from tongban.regions.actions.files import city_of
from tongban.regions.actions.tables import (
    department,
    department_for,
    departments,
    districts,
    hall,
    halls,
    kind_names,
    load,
    reconsideration_organ,
    warm,
)

__all__ = [
    "city_of",
    "department",
    "department_for",
    "departments",
    "districts",
    "hall",
    "halls",
    "kind_names",
    "load",
    "reconsideration_organ",
    "warm",
]
