"""Households of each kind, drawn one by one so that a whole city never lies in memory."""

from collections.abc import Iterator
from datetime import date, timedelta

from tongban_sandbox.city import Area
from tongban_sandbox.civil import months_later

from . import facts, words
from .people import Draw, Person, Stay

# kind → how many households; together some 22,500 people
PLAN = {
    "worker": 1800,
    "newcomers": 2800,
    "student": 2650,
    "five_months": 520,
    "no_basis": 520,
    "interrupted": 520,
    "moved_out": 320,
    "local": 3000,
    "bereaved": 480,
}


def worker(draw: Draw) -> list[Person]:
    """One outsider who works here; some have a lease in their own name, the others live at the firm's."""
    person = draw.person(facts.settled_stay(draw), draw.born_at(19, 55), local=False)
    facts.employed(draw, person)
    if draw.chance(0.4):
        facts.housed(draw, [person], "leased")
    return [person]


def _spouse(draw: Draw, head: Person) -> Person:
    """A spouse of similar age, who came with the head or joined later as an adult."""
    youngest = max(20, (draw.today - head.born).days // 365 - 6)
    born = draw.born_at(youngest, youngest + 9)
    grown = min(months_later(born, 12 * 20), draw.today - timedelta(days=facts.SETTLED + 5))
    stay = head.stay if grown <= head.stay.since else Stay(grown, head.stay.address)
    spouse = draw.person(stay, born, local=head.local, sex="女" if head.sex == "男" else "男")
    spouse.relation = "配偶"
    return spouse


def _children(draw: Draw, parents: list[Person], surname: str) -> list[Person]:
    youngest_parent = max(p.born for p in parents)
    children = []
    for _ in range(draw.random.choices((0, 1, 2), (28, 52, 20))[0]):
        first = months_later(youngest_parent, 12 * 21)
        last = min(months_later(youngest_parent, 12 * 40), draw.today - timedelta(days=40))
        first = max(first, months_later(draw.today, -12 * 18) + timedelta(days=5))
        if first >= last:
            continue
        born = first + timedelta(days=draw.random.randint(0, (last - first).days))
        stay = parents[0].stay
        home = None
        if not parents[0].local:
            home = Area(parents[0].hukou_area, parents[0].hukou_address.split("区")[0], 0)
        child = draw.person(
            Stay(max(stay.since, born + timedelta(days=20)), stay.address),
            born,
            local=parents[0].local,
            surname=surname,
            home=home,
        )
        child.hukou_address, child.hukou_area = parents[0].hukou_address, parents[0].hukou_area
        child.relation = "子" if child.sex == "男" else "女"
        facts.schooled(draw, child)
        children.append(child)
    return children


def _surname(person: Person) -> str:
    return person.name[:2] if person.name[:2] in words.COMPOUND else person.name[0]


def newcomers(draw: Draw) -> list[Person]:
    """A family from elsewhere: head, mostly a spouse, children; a home leased or owned."""
    head = draw.person(facts.settled_stay(draw), draw.born_at(23, 52), local=False)
    adults = [head]
    if draw.chance(0.85):
        adults.append(_spouse(draw, head))
    for person, share in zip(adults, (0.7, 0.35), strict=False):
        if draw.chance(share):
            facts.employed(draw, person)
    facts.housed(draw, adults, "leased" if draw.chance(0.7) else "owned")
    return adults + _children(draw, adults, _surname(head))


def student(draw: Draw) -> list[Person]:
    """A student from elsewhere in a dormitory."""
    school, level, since, age = facts.college(draw)
    born = date(since.year - age, 1, 1) + timedelta(days=draw.random.randint(0, 240))
    person = draw.person(facts.dormitory(draw, school, since), born, local=False)
    person.relation = "集体户成员"
    facts.studying(person, level, school, since)
    return [person]


def five_months(draw: Draw) -> list[Person]:
    """One who began to work eight months ago and registered too late: only the half year is missing."""
    floats = draw.random.randint(0, 12)
    since = months_later(draw.today, -5) - timedelta(days=floats)
    stay = Stay(since, draw.city.address(draw.random), floats=floats)
    person = draw.person(stay, draw.born_at(20, 50), local=False)
    facts.employed(draw, person)
    return [person]


def no_basis(draw: Draw) -> list[Person]:
    """Registered long enough, with neither work nor home nor study; some had a job once."""
    person = draw.person(facts.settled_stay(draw), draw.born_at(20, 60), local=False)
    if draw.chance(0.5):
        facts.formerly_employed(draw, person)
    return [person]


def interrupted(draw: Draw) -> list[Person]:
    """In work, but every third month was never paid, so six in a row never stand."""
    person = draw.person(facts.settled_stay(draw, years=6), draw.born_at(20, 55), local=False)
    facts.employed(draw, person, gap_every=3)
    return [person]


def moved_out(draw: Draw) -> list[Person]:
    """Once of this city, hukou moved to another province, registration ended."""
    person = draw.person(facts.settled_stay(draw), draw.born_at(20, 60), local=True)
    area = draw.city.birth_area(draw.random, draw.today, local=False)
    person.hukou_address, person.hukou_area = f"{area.name}建设路{draw.random.randint(1, 300)}号", area.code
    person.local, person.status, person.stay.registered = False, "迁出", False
    person.status_since = draw.days_ago(20, 200)
    return [person]


def local(draw: Draw) -> list[Person]:
    """A family of this city's own hukou."""
    born = draw.born_at(26, 62)
    years = min(30, (draw.today - born).days // 366)
    head = draw.person(facts.settled_stay(draw, years=years), born, local=True)
    adults = [head]
    if draw.chance(0.7):
        adults.append(_spouse(draw, head))
    for person in adults:
        if draw.chance(0.8) and person.born > months_later(draw.today, -12 * 60):
            facts.employed(draw, person)
    roof = draw.random.random()
    if roof < 0.75:
        facts.housed(draw, adults, "owned")
    elif roof < 0.9:
        facts.housed(draw, adults, "leased")
        if draw.chance(0.3):
            facts.let_elsewhere(draw, head)
    return adults + _children(draw, adults, _surname(head))


def bereaved(draw: Draw) -> list[Person]:
    """A local family whose old mother or father died within the last years."""
    family = local(draw)
    head = family[0]
    age = (draw.today - head.born).days // 365
    stay = Stay(head.stay.since, head.stay.address, registered=False)
    old = draw.person(stay, draw.born_at(age + 21, age + 34), local=True, surname=_surname(head))
    old.relation, old.status = ("父" if old.sex == "男" else "母"), "死亡"
    old.status_since = max(draw.days_ago(20, 1500), old.stay.since + timedelta(days=200))
    return [*family, old]


KINDS = {
    "worker": worker,
    "newcomers": newcomers,
    "student": student,
    "five_months": five_months,
    "no_basis": no_basis,
    "interrupted": interrupted,
    "moved_out": moved_out,
    "local": local,
    "bereaved": bereaved,
}


def households(draw: Draw) -> Iterator[list[Person]]:
    """All households of the world; the head comes first."""
    for kind, count in PLAN.items():
        for _ in range(count):
            yield KINDS[kind](draw)
