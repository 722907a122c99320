"""The twelve people of the demo log-ins: the same names and numbers whatever the day or the seed."""

from dataclasses import dataclass
from datetime import date, timedelta

from tongban_sandbox.city import Area
from tongban_sandbox.civil import months_later
from tongban_sandbox.digits import id_check

from . import facts
from .people import Draw, Person, Stay


@dataclass(frozen=True, slots=True)
class Role:
    """A demo person's fixed part; everything dated is drawn relative to the reference date."""

    key: str
    name: str
    sex: str
    born: date
    origin: str  # area code of the place of origin; for locals the ordinal of the district
    sequence: int
    phone: str
    situation: str
    owns_a_firm: bool = False


ROLES = (
    Role("work", "李晓雯", "女", date(1993, 5, 18), "340321", 902, "13800005001", "eligible_work", True),
    Role("work_2", "欧阳建国", "男", date(1984, 11, 2), "330326", 903, "13800005002", "eligible_work", True),
    Role("home", "王佳悦", "女", date(1988, 2, 29), "420102", 904, "13800005003", "eligible_home"),
    Role("home_2", "张海波", "男", date(1979, 8, 15), "320324", 905, "13800005004", "eligible_home", True),
    Role("study", "陈思语", "女", date(2003, 3, 9), "510107", 906, "13800005005", "eligible_study"),
    Role("study_2", "刘子涵", "男", date(2002, 7, 21), "350203", 907, "13800005006", "eligible_study"),
    Role("five_months", "赵明", "男", date(1995, 12, 6), "410122", 909, "13800005007", "five_months"),
    Role("no_basis", "周静", "女", date(1990, 4, 4), "320923", 910, "13800005008", "no_basis"),
    Role("interrupted", "孙浩宇", "男", date(1996, 9, 27), "430121", 911, "13800005009", "interrupted_work"),
    Role("local", "沈婷雅", "女", date(1987, 6, 13), "1", 912, "13800005010", "local_hukou"),
    Role("deceased", "吴国志", "男", date(1941, 1, 30), "0", 913, "13800005011", "deceased"),
    Role("rare_name", "朱㛃", "女", date(1991, 10, 10), "220103", 914, "13800005012", "eligible_work"),
)


@dataclass(frozen=True, slots=True)
class Child:
    """A demo person's child, who lives with her: its fixed part. A child has no phone."""

    parent: str
    name: str
    sex: str
    born: date
    sequence: int


CHILDREN = (
    Child("work", "李一诺", "女", date(2017, 3, 12), 916),
    Child("local", "沈嘉树", "男", date(2011, 9, 5), 917),
)


def _area(draw: Draw, role: Role) -> Area:
    if role.situation in ("local_hukou", "deceased"):
        return draw.city.districts[int(role.origin) % len(draw.city.districts)]
    return next(area for area in draw.city.origins if area.code == role.origin)


def _stay(draw: Draw, role: Role) -> Stay:
    if role.situation == "five_months":
        return Stay(
            months_later(draw.today, -5) - timedelta(days=6), draw.city.address(draw.random), floats=6
        )
    return Stay(
        draw.days_ago(420, 900), draw.city.address(draw.random), registered=role.situation != "deceased"
    )


def demo_person(draw: Draw, role: Role) -> Person:
    """The person of a role."""
    area = _area(draw, role)
    local = role.situation in ("local_hukou", "deceased")
    stay = _stay(draw, role)
    if role.situation == "eligible_study":
        since = months_later(date(draw.today.year, 9, 1), -12 if draw.today.month > 8 else -24)
        stay = facts.dormitory(draw, "示范大学", since)
    person = draw.person(stay, role.born, local=local, sex=role.sex, home=area)
    first17 = f"{area.code}{role.born:%Y%m%d}{role.sequence - role.sequence % 2 + (role.sex == '男'):03d}"
    person.id_number = first17 + id_check(first17)
    person.name, person.phone, person.ethnicity = role.name, role.phone, "汉族"
    draw.numbers.add(person.id_number)
    draw.phones.add(role.phone)
    if role.situation in ("eligible_work", "five_months", "local_hukou"):
        facts.employed(draw, person)
    if role.situation in ("eligible_home", "local_hukou"):
        facts.housed(draw, [person], "leased" if role.key != "home_2" else "owned")
    if role.situation == "eligible_study":
        person.relation = "集体户成员"
        facts.studying(person, "硕士研究生", "示范大学", since)
    if role.situation == "interrupted_work":
        facts.employed(draw, person, gap_every=3)
    if role.situation == "deceased":
        person.status, person.status_since = "死亡", draw.days_ago(30, 90)
    return person


def demo_child(draw: Draw, child: Child, parent: Person) -> Person:
    """The child of a demo person, registered with her since some weeks after its birth or her coming."""
    stay = Stay(max(parent.stay.since, child.born + timedelta(days=20)), parent.stay.address)
    person = draw.person(stay, child.born, local=parent.local, sex=child.sex)
    sequence = child.sequence - child.sequence % 2 + (child.sex == "男")
    first17 = f"{parent.id_number[:6]}{child.born:%Y%m%d}{sequence:03d}"
    person.id_number = first17 + id_check(first17)
    person.name, person.phone, person.ethnicity = child.name, None, "汉族"
    person.hukou_address, person.hukou_area = parent.hukou_address, parent.hukou_area
    person.relation = "子" if child.sex == "男" else "女"
    draw.numbers.add(person.id_number)
    return person
