"""PostgreSQL as the house uses it: one pool, one round trip a statement, one statement a write."""

from tongban.kit.db.parts import Part, as_text_array, beside, write, write_in_turn
from tongban.kit.db.pool import Bulk, Database, DatabaseAway, DatabaseBusy, connect

__all__ = [
    "Bulk",
    "Database",
    "DatabaseAway",
    "DatabaseBusy",
    "Part",
    "as_text_array",
    "beside",
    "connect",
    "write",
    "write_in_turn",
]
