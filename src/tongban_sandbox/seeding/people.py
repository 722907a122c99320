"""One synthetic person with all that the registers will say, and the single draws that make one."""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

from tongban_sandbox.city import Address, Area, City
from tongban_sandbox.civil import months_later
from tongban_sandbox.digits import firm_code, id_check

from . import words


@dataclass(slots=True)
class Job:
    """Employment with its contributions; `gap_every` = every n-th calendar month was never paid."""

    employer: tuple[str, str]
    since: date
    contract_until: date
    ended: date | None = None
    gap_every: int | None = None


@dataclass(slots=True)
class Home:
    """A dwelling owned or leased; `until` of a lease is renewed yearly as long as the person lives there."""

    kind: str
    address: str
    since: date
    document_no: str
    until: date | None = None


@dataclass(slots=True)
class Study:
    """An enrolment."""

    school: str
    level: str
    since: date
    until: date


@dataclass(slots=True)
class Stay:
    """A residence registration; `floats` = always five months and so many days old, until cast."""

    since: date
    address: Address
    registered: bool = True
    floats: int | None = None
    moves: list[tuple[date, date, Address]] = field(default_factory=list)


@dataclass(slots=True)
class Person:
    """What all registers together know of one person."""

    id_number: str
    name: str
    sex: str
    born: date
    ethnicity: str
    hukou_address: str
    hukou_area: str
    local: bool
    phone: str | None
    stay: Stay
    relation: str = "户主"
    status: str = "正常"
    status_since: date | None = None
    job: Job | None = None
    homes: list[Home] = field(default_factory=list)
    study: Study | None = None


class Draw:
    """All chance of one world: the same seed and reference date draw the same people."""

    def __init__(self, seed: int, today: date, city: City) -> None:
        self.random = random.Random(seed)
        self.today = today
        self.city = city
        self.numbers: set[str] = set()
        self.phones: set[str] = set()
        self.document = 0
        self.firms = [self._firm(i) for i in range(420)]

    def chance(self, share: float) -> bool:
        """True in `share` of the cases."""
        return self.random.random() < share

    def days_ago(self, least: int, most: int) -> date:
        """A day between `least` and `most` days before the reference date."""
        return self.today - timedelta(days=self.random.randint(least, most))

    def born_at(self, youngest: int, oldest: int) -> date:
        """A birth date that makes a person `youngest` to `oldest` full years old on the reference date."""
        first = months_later(self.today, -12 * (oldest + 1)) + timedelta(days=1)
        last = months_later(self.today, -12 * youngest)
        return first + timedelta(days=self.random.randint(0, (last - first).days))

    def id_number(self, area: str, born: date, sex: str) -> str:
        """A number never drawn before (GB 11643); odd sequence = male."""
        while True:
            sequence = self.random.randint(0, 499) * 2 + (1 if sex == "男" else 0)
            first17 = f"{area}{born:%Y%m%d}{sequence:03d}"
            number = first17 + id_check(first17)
            if sequence and number not in self.numbers:
                self.numbers.add(number)
                return number

    def phone(self) -> str:
        """A mobile number nobody else has."""
        while True:
            number = f"1{self.random.randint(3, 9)}{self.random.randrange(10**9):09d}"
            if number not in self.phones:
                self.phones.add(number)
                return number

    def surname(self) -> str:
        """A family name, one in sixty compound."""
        return self.random.choice(words.COMPOUND if self.chance(1 / 60) else words.SURNAMES)

    def given(self, sex: str) -> str:
        """A given name of one or two characters, one in a hundred with a rare one."""
        pool = words.MALE if sex == "男" else words.FEMALE
        if self.chance(0.01):
            return self.random.choice(words.RARE)
        first = self.random.choice(pool)
        return first if self.chance(0.18) else first + self.random.choice(pool)

    def sex(self) -> str:
        """男 or 女."""
        return "男" if self.chance(0.5) else "女"

    def firm(self) -> tuple[str, str]:
        """An employer: code and name."""
        return self.random.choice(self.firms)

    def document_no(self, kind: str, since: date, district: str) -> str:
        """A certificate number of an owned home or the filing number of a lease."""
        self.document += 1
        if kind == "owned":
            return f"示({since.year})字不动产权第{self.document:06d}号"
        return f"租备{since.year}-{district}-{self.document:06d}"

    def person(
        self,
        stay: Stay,
        born: date,
        *,
        local: bool,
        sex: str = "",
        surname: str = "",
        home: Area | None = None,
    ) -> Person:
        """A person of a given age at a given stay; nothing of work, home or study yet."""
        sex = sex or self.sex()
        area = home or self.city.birth_area(self.random, born, local=local)
        number = self.id_number(
            self.city.birth_area(self.random, born, local=local).code if local else area.code, born, sex
        )
        adult = (self.today - born).days > 12 * 366
        return Person(
            id_number=number,
            name=(surname or self.surname()) + self.given(sex),
            sex=sex,
            born=born,
            ethnicity=self.random.choices([e for e, _ in words.ETHNIC], [w for _, w in words.ETHNIC])[0],
            hukou_address=stay.address.text
            if local
            else f"{area.name}{self.random.choice(words.OUTSIDE_STREETS)}{self.random.randint(1, 399)}号",
            hukou_area=stay.address.district if local else area.code,
            local=local,
            phone=self.phone() if adult else None,
            stay=stay,
        )

    def _firm(self, serial: int) -> tuple[str, str]:
        district = self.random.choice(self.city.districts).code
        name = self.random.choice(words.FIRM_STEMS) + self.random.choice(words.FIRM_STEMS)
        trade = self.random.choice(words.FIRM_TRADES)
        return firm_code(district, 100000 + serial), f"{self.city.name}{name}{trade}有限公司"
