"""SQL of whose office a department holds 机构合并: its own, and those that it has taken over, from one to the next.

No row of an ended case, a licence, a question or a record moves when departments merge: who asks for them looks here.
"""

from __future__ import annotations

from tongban.kit.db import Database

_OFFICES = """ARRAY(WITH RECURSIVE office (code) AS (
        VALUES ($n::text)
        UNION SELECT s.former FROM cases.succession s JOIN office o ON s.successor = o.code
    ) SELECT code FROM office)"""
#: For ``department = ANY(…)``: the department that the parameter of this number names, and all whose office it has.
OFFICES_OF_1, OFFICES_OF_2, OFFICES_OF_3, OFFICES_OF_4, OFFICES_OF_8 = (
    _OFFICES.replace("$n", f"${number}") for number in (1, 2, 3, 4, 8)
)


async def has_succeeded(db: Database, *, former: str, successor: str) -> bool:
    """Whether a department has taken over another's office, by one transfer or by one after the other."""
    return bool(await db.value(f"SELECT $2::text = ANY({OFFICES_OF_1})", successor, former))


async def holder_of_office(db: Database, *, department: str) -> str:
    """Who has the office of a department now: itself, or at the end of the line who took it over.

    Where it was split the one who came last; where it came back to one of the line, that one.
    """
    found = await db.value(
        """WITH RECURSIVE line (successor, started_at) AS (
            SELECT successor, started_at FROM cases.succession WHERE former = $1
            UNION SELECT s.successor, s.started_at FROM cases.succession s JOIN line l ON s.former = l.successor
        )
        SELECT successor FROM line
        ORDER BY EXISTS (SELECT FROM cases.succession o WHERE o.former = line.successor), started_at DESC LIMIT 1""",
        department,
    )
    return found if isinstance(found, str) else department
