"""Jobs, homes and studies, drawn so that they agree with the person's stay."""

from datetime import date, timedelta

from tongban_sandbox.city import Address
from tongban_sandbox.civil import months_later

from . import words
from .people import Draw, Home, Job, Person, Stay, Study

SETTLED = 250  # days; more than eight months, so that nobody near the six-month line counts as settled


def settled_stay(draw: Draw, *, years: int = 12) -> Stay:
    """A registration older than eight months, one in five with earlier addresses in the city."""
    since = draw.days_ago(SETTLED + 10, 365 * years)
    stay = Stay(since, draw.city.address(draw.random))
    age = (draw.today - since).days
    if age > 700 and draw.chance(0.2):
        until = since + timedelta(days=draw.random.randint(200, age - 300))
        stay.moves.append((since, until, draw.city.address(draw.random)))
    return stay


def here_since(stay: Stay) -> date:
    """Since when the present address is lived at."""
    return stay.moves[-1][1] if stay.moves else stay.since


def employed(draw: Draw, person: Person, *, gap_every: int | None = None) -> None:
    """Give a present job, begun around or after the registration and paid for more than six months."""
    first = max(person.stay.since - timedelta(days=60), months_later(person.born, 12 * 18))
    last = draw.today - timedelta(days=SETTLED)
    since = first + timedelta(days=draw.random.randint(0, max(0, (last - first).days)))
    until = months_later(draw.today, draw.random.randint(14, 40))
    person.job = Job(draw.firm(), min(since, last), until, gap_every=gap_every)


def formerly_employed(draw: Draw, person: Person) -> None:
    """Give a job that ended at least two months ago and lasted some months."""
    first = max(person.stay.since + timedelta(days=10), months_later(person.born, 12 * 18))
    ended = draw.days_ago(70, 200)
    since = first + timedelta(days=draw.random.randint(0, max(0, (ended - first).days - 30)))
    person.job = Job(draw.firm(), min(since, ended - timedelta(days=20)), ended, ended=ended)


def housed(draw: Draw, people: list[Person], kind: str) -> None:
    """Give adults of one household the home they are registered at, owned or leased together."""
    stay = people[0].stay
    since = here_since(stay)
    until = None if kind == "owned" else months_later(since, 12)
    number = draw.document_no(kind, since, stay.address.district)
    address = stay.address.text
    for person in people:
        person.homes.append(Home(kind, address, max(since, here_since(person.stay)), number, until))


def let_elsewhere(draw: Draw, person: Person) -> None:
    """Give a second, owned home at another address."""
    elsewhere = draw.city.address(draw.random)
    since = draw.days_ago(900, 5000)
    number = draw.document_no("owned", since, elsewhere.district)
    person.homes.append(Home("owned", elsewhere.text, since, number))


def _september(year: int) -> date:
    return date(year, 9, 1)


def studying(person: Person, level: str, school: str, since: date) -> None:
    """Give an enrolment that ends at the end of a June, `level` years after its September."""
    start = since.year if since.month >= 7 else since.year - 1
    person.study = Study(school, level, since, date(start + words.YEARS[level], 6, 30))


def schooled(draw: Draw, child: Person) -> None:
    """Enrol a child of school age at the level of its age; one who moved in later changed school then."""
    for level in ("高中", "初中", "小学"):
        start = _september(child.born.year + words.START_AGE[level] + (child.born.month > 8))
        if start > draw.today:
            continue
        if draw.today < date(start.year + words.YEARS[level], 6, 30):
            arrived = child.stay.since + timedelta(days=20)
            kind = "第一" if draw.chance(0.5) else "实验"
            school = f"{draw.city.name}{child.stay.address.subdistrict[:2]}{kind}"
            school += "小学" if level == "小学" else ("中学" if level == "初中" else "高级中学")
            studying(child, level, school, start)
            if child.study and arrived > start:
                child.study.since = arrived
        return


def college(draw: Draw) -> tuple[str, str, date, int]:
    """School, level, first day and usual age at it, of a student with half a year behind and a year ahead."""
    while True:
        school, level = draw.random.choice(words.COLLEGES)
        since = _september(draw.today.year - draw.random.randint(0, words.YEARS[level]))
        end = date(since.year + words.YEARS[level], 6, 30)
        if (draw.today - since).days > SETTLED + 15 and (end - draw.today).days > 200:
            return school, level, since, words.START_AGE[level]


def dormitory(draw: Draw, school: str, since: date) -> Stay:
    """A collective household at the school, registered some days after the first day."""
    place = draw.city.address(draw.random)
    room = f"{draw.random.randint(1, 20)}号楼{draw.random.randint(101, 699)}室"
    text = f"{place.text.split('弄')[0]}号{school}学生公寓{room}"
    return Stay(
        since + timedelta(days=draw.random.randint(1, 14)), Address(place.district, place.subdistrict, text)
    )
