"""The check against the population register: declared here, plugged in by the house."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

import msgspec

from tongban.identity.model.residence import Residence
from tongban.kit.papers import Paper

if TYPE_CHECKING:
    from tongban.kit.db import Database


class CheckResult(msgspec.Struct, frozen=True):
    """The register's answer at ``as_of``: whether name, ID number and phone are one living person's.

    ``reasons`` say what does not hold: ``unknown``, ``name``, ``phone``, ``deceased``, ``moved_out``. ``papers`` are
    the other papers that she has or had, ``residence`` her hukou and where she lives, where they were asked for and all
    of it fits.
    """

    match: bool
    reasons: tuple[str, ...] = ()
    as_of: datetime | None = None
    papers: tuple[Paper, ...] = ()
    residence: Residence | None = None


class RegisterCheck(Protocol):
    """Asks the register under the purpose whose id is ``candidate``, opened before.

    ``id_number`` is that of the paper ``paper_kind`` (GA/T 2000.156); a passport's state is ``country``; ``phone`` is
    empty where none is compared: of who has none. The purpose is of ``subject``, of an enrolment that of the candidate
    herself. ``linked`` asks for her other papers too, ``settled`` for her hukou and
    residence. Raises a kit.errors.Unavailable when the register does not answer.
    """

    async def __call__(
        self,
        db: Database,
        *,
        candidate: UUID,
        name: str,
        id_number: str,
        phone: str,
        now: datetime,
        paper_kind: str,
        country: str,
        subject: UUID | None = None,
        linked: bool = False,
        settled: bool = False,
    ) -> CheckResult: ...
