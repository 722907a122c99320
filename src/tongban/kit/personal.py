"""What a room answers for a person 个人信息权益: her copy of what it holds, and what of it may go when she asks.

The house's table is ``rooms.PERSONAL``. What each kind of data is, who its source is, why and how long it is kept are
data (``portal/held.yaml``, ``city/keeping.yaml``); the functions are the rooms' own.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import msgspec

from tongban.kit.db import Database
from tongban.kit.errors import Words


class Erasure(msgspec.Struct, frozen=True):
    """What goes 删除 and what stays: kind of data (``portal/held.yaml``) → how many records. None of 0 is named."""

    goes: Mapping[str, int] = {}
    stays: Mapping[str, int] = {}


class Eraser(Protocol):
    """Says what of a person's data in a room may go (PIPL art. 47), and lets it go unless it is only to ``look``.

    ``closing``: her account ends, so what only the account needs goes too. Repeated it finds nothing more to do; broken
    off it is called again.
    """

    async def __call__(
        self, db: Database, who: UUID, *, closing: bool, look: bool, now: datetime
    ) -> Erasure: ...


#: What the codes of one member of a record are called: a table by the code, which may be an enumeration's, or a
#: function of it.
Spoken = Mapping[Any, Words] | Callable[[str], Words | str]


class Held(msgspec.Struct, frozen=True):
    """A room's answers for a person: ``export`` gives its rows for her copy, ``erase`` lets go what may go.

    ``words`` says what the codes in the rows are called where a person reads them: by the member's name, or, where
    members of one name differ, with those it stands within before it (``powers_given.state``).
    """

    export: Callable[[Database, UUID], Coroutine[Any, Any, list[dict[str, Any]]]]
    erase: Eraser
    kept: str
    words: Mapping[str, Spoken] = {}


def counted(numbers: Mapping[str, int]) -> dict[str, int]:
    """Numbers by kind of data, without those of which there is nothing."""
    return {name: number for name, number in numbers.items() if number}
