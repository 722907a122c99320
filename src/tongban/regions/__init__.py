"""The regions room: the installing city, its districts, its departments.

It owns the schema ``regions``: reference tables that an installing city fills from its folder
(``city.yaml``, ``districts.csv``, ``departments.yaml``, ``halls.yaml``) and that every process keeps in memory. Which
department is competent for a matter is asked with :func:`department_for`, who reconsiders what it decides with
:func:`reconsideration_organ`.
"""

from tongban.regions.actions import (
    city_of,
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
from tongban.regions.model import (
    GOVERNMENT,
    POLICY,
    City,
    CityDataWrong,
    Department,
    DepartmentUnknown,
    District,
    Hall,
    HallUnknown,
    ReconsiderationOrgan,
)

__all__ = [
    "GOVERNMENT",
    "POLICY",
    "City",
    "CityDataWrong",
    "Department",
    "DepartmentUnknown",
    "District",
    "Hall",
    "HallUnknown",
    "ReconsiderationOrgan",
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
