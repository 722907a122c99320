"""People and accounts as the other rooms see them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

import msgspec

from tongban.kit import keys, papers
from tongban.kit.i18n import N_, Message
from tongban.kit.policy import Actor, Role

#: Real-name levels (brief §4.1). L1: name and ID number checked against the population register, phone checked.
LEVEL_CHECKED = 1


class Person(msgspec.Struct, frozen=True):
    """A resident with an account 个人用户, as the register confirmed her at ``as_of`` (UTC).

    ``id_number`` and ``phone`` are in the clear here: pages show the masked ones.
    """

    id: UUID
    name: str
    id_number: str
    phone: str
    level: int
    as_of: datetime
    checked_at: datetime

    def __repr__(self) -> str:
        return f"Person({self.id})"

    @property
    def name_masked(self) -> str:
        """``李*雯``."""
        return papers.mask_name(self.name)

    @property
    def id_masked(self) -> str:
        """``3101**********001X``."""
        return papers.mask_id(self.id_number)

    @property
    def phone_masked(self) -> str:
        """``138****5001``."""
        return papers.mask_phone(self.phone)

    @property
    def sex(self) -> Literal["male", "female"]:
        """As the ID number tells."""
        return papers.sex_of(self.id_number)

    @property
    def salutation(self) -> Message:
        """How she is addressed: 李女士."""
        surname = papers.surname(self.name)
        if self.sex == "female":
            return N_("{surname}女士", surname=surname, name=self.name)
        return N_("{surname}先生", surname=surname, name=self.name)

    @property
    def birth(self) -> date:
        """The day of birth, as the ID number tells."""
        return papers.birth_of(self.id_number)


class Account(msgspec.Struct, frozen=True):
    """What a log-in knows of an account: nothing is opened before it is needed."""

    id: UUID
    role: Role
    name_sealed: bytes
    phone_sealed: bytes
    level: int
    password: str
    department: str | None

    def actor(self) -> Actor:
        """The one who acts once logged in. Sessions carry a resident's masked name, an officer's whole one."""
        name = open_name(self.name_sealed, self.id)
        shown = name if self.role is Role.OFFICER else papers.mask_name(name)
        return Actor(self.role, self.id, shown, self.department, self.level)


class DemoPerson(msgspec.Struct, frozen=True):
    """A resident of the demo city who has an account from the start."""

    name: str
    id_number: str
    phone: str


class DemoOfficer(msgspec.Struct, frozen=True):
    """An officer of the demo city: log-in name, own name, department code, phone for the code."""

    username: str
    name: str
    department: str
    phone: str


def _context(column: str, owner: UUID) -> bytes:
    return b"identity." + column.encode() + b"\x1f" + owner.bytes


def seal_name(name: str, owner: UUID) -> bytes:
    """A name as its column keeps it."""
    return keys.current().seal(name.encode(), _context("name", owner))


def open_name(sealed: bytes, owner: UUID) -> str:
    """The name again; raises keys.SealBroken for another owner's."""
    return keys.current().open(sealed, _context("name", owner)).decode()


def seal_id_number(number: str, owner: UUID) -> bytes:
    """An ID number as its column keeps it."""
    return keys.current().seal(number.encode(), _context("id_number", owner))


def open_id_number(sealed: bytes, owner: UUID) -> str:
    """The number again; raises keys.SealBroken for another owner's."""
    return keys.current().open(sealed, _context("id_number", owner)).decode()
