"""People and accounts as the other rooms see them."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import msgspec

from tongban.identity.model.ages import OF_AGE, age
from tongban.identity.model.firms import FirmState
from tongban.identity.model.hashes import number_hash
from tongban.identity.model.residence import Residence
from tongban.identity.model.sealed import id_number_of, name_of
from tongban.kit import keys, papers
from tongban.kit.i18n import N_, Message
from tongban.kit.not_allowed import REAL_NAME
from tongban.kit.policy import NO_ENDS, OFFICERS_DUTIES, STAFF, Actor, Duty, LevelEnds, Role
from tongban.notices import open_phone

#: Real-name levels 实名等级. L1: name and ID number checked against the population register, phone checked.
LEVEL_CHECKED = REAL_NAME
#: L0: known by a phone that received a code, and nothing else.
LEVEL_PHONE = 0
#: L3: seen at a window with her paper.
LEVEL_SEEN = 3


class Person(msgspec.Struct, frozen=True):
    """A resident or a firm with an account 个人用户、法人用户, as the register confirmed her at ``as_of`` (UTC).

    ``id_number`` and ``phone`` are in the clear here: pages show the masked ones. ``id_number`` is that of her paper:
    of an ID card mostly, else of the kind that ``paper_kind`` names, of a passport with its ``country``.
    ``state`` is what the register says of a firm.
    """

    id: UUID
    name: str
    id_number: str
    phone: str
    level: int
    as_of: datetime
    checked_at: datetime
    paper_kind: str = papers.CITIZEN
    country: str = ""
    state: FirmState = "active"

    def __repr__(self) -> str:
        return f"Person({self.id})"

    @property
    def paper(self) -> papers.Paper:
        """The paper that the register knows her by."""
        return papers.Paper(self.paper_kind, self.id_number, self.country)

    @property
    def is_firm(self) -> bool:
        """Whether it is a legal person 法人."""
        return self.paper_kind == papers.FIRM

    @property
    def name_masked(self) -> str:
        """``李*雯``; a firm's name is public and stays whole."""
        return self.name if self.is_firm else papers.mask_name(self.name)

    @property
    def id_masked(self) -> str:
        """``3101**********001X``, or as the paper's kind is masked."""
        return self.paper.masked

    @property
    def phone_masked(self) -> str:
        """``138****5001``."""
        return papers.mask_phone(self.phone)

    @property
    def sex(self) -> papers.Sex | None:
        """As the number tells; a passport's tells none."""
        return self.paper.told.sex

    def salutation(self, today: date) -> Message | str:
        """How she is addressed: 李女士; a child, a foreigner, and whose number tells no sex, by the name."""
        sex = self.sex
        if sex is None or papers.is_latin(self.name) or self.is_minor(today):
            return self.name
        surname = papers.surname(self.name)
        if sex == "female":
            return N_("{surname}女士", surname=surname, name=self.name)
        return N_("{surname}先生", surname=surname, name=self.name)

    @property
    def birth(self) -> date | None:
        """The day of birth, as the number tells; a passport's tells none."""
        return self.paper.told.birth

    def is_minor(self, today: date) -> bool:
        """Whether she is under eighteen 未成年 (民法典 art. 17), as far as her number tells."""
        return self.birth is not None and age(self.birth, today) < OF_AGE


class Account(msgspec.Struct, frozen=True):
    """What a log-in knows of an account: nothing is opened before it is needed. One of a phone alone has no name."""

    id: UUID
    role: Role
    name_sealed: bytes
    phone_sealed: bytes
    level: int
    password: str
    department: str | None
    duties: frozenset[Duty] = frozenset()
    also: tuple[UUID, ...] = ()
    level_ends: LevelEnds = NO_ENDS

    def actor(self) -> Actor:
        """The one who acts once logged in. Sessions carry a resident's masked name, an officer's whole one; of an
        account of a phone alone the masked number."""
        name = open_name(self.name_sealed, self.id)
        shown = name if self.role in STAFF else papers.mask_name(name)
        if not name:
            shown = papers.mask_phone(open_phone(self.phone_sealed, self.id))
        return Actor(
            self.role,
            self.id,
            shown,
            self.department,
            self.level,
            duties=self.duties,
            also=self.also,
            level_ends=self.level_ends,
        )


class DemoPerson(msgspec.Struct, frozen=True):
    """A resident of the demo city who has an account from the start, as one who was seen at a window."""

    name: str
    id_number: str
    phone: str
    paper_kind: str = papers.CITIZEN
    country: str = ""
    level: int = LEVEL_SEEN
    residence: Residence | None = None

    @property
    def paper(self) -> papers.Paper:
        """The paper that the account is opened with."""
        return papers.Paper(self.paper_kind, self.id_number, self.country)


class DemoOfficer(msgspec.Struct, frozen=True):
    """An officer of the demo city: log-in name, own name, department code, phone for the code, duties there."""

    username: str
    name: str
    department: str
    phone: str
    duties: tuple[Duty, ...] = tuple(sorted(OFFICERS_DUTIES))
    hall: str | None = None


def seal_name(name: str, owner: UUID) -> bytes:
    """A name as its column keeps it."""
    return keys.current().seal(name.encode(), name_of(owner))


def open_name(sealed: bytes, owner: UUID) -> str:
    """The name again; raises keys.SealBroken for another owner's."""
    return keys.current().open(sealed, name_of(owner)).decode()


def seal_id_number(number: str, owner: UUID) -> bytes:
    """An ID number as its column keeps it."""
    return keys.current().seal(number.encode(), id_number_of(owner))


def paper_hash(paper: papers.Paper) -> bytes:
    """The hash by which a paper's holder is found: one person, one account.

    The number of the identity card, and of the residence permits that carry a 公民身份号码, needs no kind beside it; of
    a permit that is renewed under a counted number the lasting part is taken.
    """
    if paper.kind in papers.NUMBERED_AS_CITIZENS:
        return number_hash("id_number", paper.number)
    return number_hash("paper", f"{paper.kind}.{paper.country}.{paper.lasting}")


def open_id_number(sealed: bytes, owner: UUID) -> str:
    """The number again; raises keys.SealBroken for another owner's."""
    return keys.current().open(sealed, id_number_of(owner)).decode()
