"""The exchange room: what other organs know of a person, read over signed calls, each under a purpose.

It owns the schema ``exchange``: how each shared resource is called, and the log of calls, which holds no personal
values. :func:`read` is the only way to a register: it asks whether the purpose stands and covers the fields, calls
with the node's signature, a limit and a breaker, and writes one ledger row before it tells anything (a kill between
answer and row leaves the question in the register's own log alone, under its ``msg_id``); a source that is away is
:class:`SourceDown`, never a dead end. :func:`check_person`, :func:`check_parent` and :func:`check_firm` are the
register checks that identity declares.
"""

from tongban.exchange.actions.calling import forget_breakers
from tongban.exchange.actions.checking import CHECKED, FIRM_CHECKED, check_firm, check_parent, check_person
from tongban.exchange.actions.reading import read, read_many
from tongban.exchange.actions.resources import listed_sources, load
from tongban.exchange.model import Answer, PurposeMissing, ResourceUnknown, SourceDown

__all__ = [
    "CHECKED",
    "FIRM_CHECKED",
    "Answer",
    "PurposeMissing",
    "ResourceUnknown",
    "SourceDown",
    "check_firm",
    "check_parent",
    "check_person",
    "forget_breakers",
    "listed_sources",
    "load",
    "read",
    "read_many",
]
