"""One person, several accounts 一人一户: for a record of a merged account its owner acts as that account.

Lists ask for all her accounts at once (``Actor.accounts``). A page or an act of one record is reached by its id, and
each rule below asks whose the record is; so whose it is is found out here, once, before the route runs, and only for
whom an account was merged into: nobody else is asked a statement more.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from tongban.kit.db import Database, Part
from tongban.kit.ids import bucket_of, id_told
from tongban.kit.policy import Actor

#: Which of these accounts a record is of, or concerns; None for none. At most one statement.
Whose = Callable[[Database, UUID, Sequence[UUID]], Awaitable[UUID | None]]

#: Writes down, before she is shown it, what an agent has opened: by the route's action and what its address names.
Noting = Callable[[Database, Actor, str, Mapping[str, Any]], Awaitable[None]]

#: What a route says of itself whose query names the record that it is about: by which parameter. No other route's query
#: is looked at, so that nobody does by an address of her own what is the account's.
WHOSE = "whose"


async def as_whose(
    db: Database, actor: Actor, parameters: Mapping[str, Any], owners: Mapping[str, Whose]
) -> Actor:
    """The actor as that one of her accounts whose record an address names; as she came where it is of none.

    ``parameters`` are those of the address, ``owners`` says of each by its name who knows whose such a record is.
    """
    for name, whose in owners.items():
        record = _id(parameters.get(name))
        found = None if record is None else await whose(db, record, actor.accounts)
        if found is not None:
            return actor.at(found)
    return actor


def _id(value: Any) -> UUID | None:
    """The id that a parameter holds: of the path, where it was judged, or of the query, where it may be anything."""
    if isinstance(value, UUID):
        return value
    return id_told(value) if isinstance(value, str) else None


def joining(lasting: UUID, others: Sequence[UUID]) -> Part:
    """The part by which the living sessions of a lasting account have what was merged into it."""
    return Part(
        """UPDATE kit.session AS s SET also = s.also || $3::uuid[] FROM guard
        WHERE s.bucket = $1::smallint AND s.actor = $2::uuid""",
        (bucket_of(lasting), lasting, list(others)),
    )


def parting(lasting: UUID, other: UUID) -> Part:
    """The part by which they no longer have an account whose merge is undone."""
    return Part(
        """UPDATE kit.session AS s SET also = array_remove(s.also, $3::uuid) FROM guard
        WHERE s.bucket = $1::smallint AND s.actor = $2::uuid""",
        (bucket_of(lasting), lasting, other),
    )
