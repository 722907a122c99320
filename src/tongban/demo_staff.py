"""Who works in the demo city beside the officers of its desks: the three administrators, and the halls' windows."""

from __future__ import annotations

from tongban import identity, regions
from tongban.kit.db import Database
from tongban.kit.policy import Duty

#: Their synthetic numbers, between those of the police branches and those of the other departments.
PHONES = 13800006500
_OFFICE = "data-310000"
_SURNAMES = "何吕施张孔曹严华金魏陶姜"

#: Two of each, so that one may be away and still two persons grant.
_ADMINISTRATORS: tuple[tuple[str, str, Duty], ...] = (
    ("sysadmin", "系统管理员", Duty.SYSTEM_ADMIN),
    ("sysadmin-2", "系统管理员", Duty.SYSTEM_ADMIN),
    ("secadmin", "安全管理员", Duty.SECURITY_ADMIN),
    ("secadmin-2", "安全管理员", Duty.SECURITY_ADMIN),
    ("auditadmin", "审计管理员", Duty.AUDIT_ADMIN),
    ("auditadmin-2", "审计管理员", Duty.AUDIT_ADMIN),
)
#: At the windows of a hall: 窗口人员, 核验, 帮办.
_WINDOWS: tuple[tuple[str, str, tuple[Duty, ...]], ...] = (
    ("window", "窗口员", ()),
    ("vet", "核验员", (Duty.VET,)),
    ("assist", "帮办员", (Duty.ASSIST,)),
)
#: Who maintains items and sources: log-in, department, duties.
_KEEPERS: tuple[tuple[str, str, tuple[Duty, ...]], ...] = (
    ("items-police", "police-310000", (Duty.CATALOGUE,)),
    ("items-market", "market-regulation-310000", (Duty.CATALOGUE,)),
    ("items-health", "health-310000", (Duty.CATALOGUE,)),
    ("sources", _OFFICE, (Duty.SOURCES, Duty.CATALOGUE)),
    ("items-labour", "human-resources-310000", (Duty.CATALOGUE,)),
    ("items-science", "science-310000", (Duty.CATALOGUE,)),
)
_KEEPER = "事项管理员"
#: How all of these are addressed.
TITLES = tuple(
    dict.fromkeys(
        [title for _, title, _ in _ADMINISTRATORS] + [title for _, title, _ in _WINDOWS] + [_KEEPER]
    )
)


async def everybody(db: Database) -> list[identity.DemoOfficer]:
    """The administrators, the windows of each hall in whose district there is a service centre, who keeps items."""
    found = [
        identity.DemoOfficer(login, _SURNAMES[place] + title, _OFFICE, _phone(place), (duty,))
        for place, (login, title, duty) in enumerate(_ADMINISTRATORS)
    ]
    centres = {one.district: one.code for one in await regions.departments(db, kind="service_centre")}
    for hall in await regions.halls(db):
        if (centre := centres.get(hall.district)) is None or hall.district is None:
            continue
        for login, title, duties in _WINDOWS:
            place = len(found)
            name = _SURNAMES[place % len(_SURNAMES)] + title
            found.append(
                identity.DemoOfficer(
                    f"{login}-{hall.district}", name, centre, _phone(place), duties, hall.code
                )
            )
    for login, department, duties in _KEEPERS:
        place = len(found)
        name = _SURNAMES[place % len(_SURNAMES)] + _KEEPER
        found.append(identity.DemoOfficer(login, name, department, _phone(place), duties))
    return found


def _phone(place: int) -> str:
    return str(PHONES + place)
