"""What an agent looks at 代办人查看: which pages of the principal's leave a row in the ledger, and under which name.

Both sides see every act of a power, and what was looked at is one (民法典 art. 922: an agent acts as her principal
bids; 个人信息保护法 art. 51: what is done with data is kept). The gate says which route answered; here stands what that
is called. A route that no row names leaves none, and has its reason in :data:`NOT_READ`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

from tongban import audit
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.policy import Actor


class Opens(msgspec.Struct, frozen=True):
    """What a route opens 查看内容: its ``record``, named by the parameter ``by`` of its address, and otherwise a
    ``list`` of the principal's; each the action that the ledger names. Two pages have no list's name in common:
    the second would leave no row for an hour after the first."""

    list: str
    record: str = ""
    by: str = ""


_CASES = Opens("cases.see_list", "cases.see_case", "case_id")
_BUNDLES = Opens("bundles.see_list", "bundles.see_run", "run_id")
#: Action of a route → what a GET of it opens.
READINGS: dict[str, Opens] = {
    **dict.fromkeys(("cases.mine", "cases.draft", "cases.correct", "cases.supply", "cases.hearing"), _CASES),
    **dict.fromkeys(("cases.withdraw", "cases.submit", "cases.enclose"), _CASES),
    **dict.fromkeys(("bundles.mine", "bundles.fill", "bundles.correct", "bundles.withdraw"), _BUNDLES),
    "cases.materials": Opens("cases.see_materials"),
    "cases.confirmations": Opens("cases.see_confirmations"),
    "licences.library": Opens("licences.see_library", "licences.see_licence", "licence"),
    "notices.inbox": Opens("notices.see_inbox"),
    "portal.mine": Opens("portal.see_overview"),
    "portal.requests": Opens("portal.see_requests", "portal.see_request", "request_id"),
    "portal.ask_correction": Opens("portal.see_correction_form"),
    "portal.ask_review": Opens("portal.see_review_form"),
    "portal.decided": Opens("portal.see_decision", "portal.see_decision", "case_id"),
    "portal.my_data": Opens("portal.see_data"),
    "portal.erase": Opens("portal.see_erasure"),
    "portal.read_copy": Opens("portal.take_copy"),
    "identity.consents": Opens("identity.see_consents"),
    "audit.readings": Opens("audit.see_readings"),
}
#: A thing within the record: by which parameter, under which key the row has it, and what the reading is called.
_WITHIN: dict[str, dict[str, tuple[str, str]]] = {
    "cases.see_case": {"file_id": ("file", "cases.see_file"), "name": ("paper", "cases.see_paper")},
    "portal.see_request": {"file_id": ("file", "portal.see_proof")},
}
#: What agents may ask for and what leaves no row here, with the reason.
NOT_READ: dict[str, str] = {
    "cases.start": "an empty form; the draft that comes of it is an act",
    "licences.show": "a showing is an act and noted as one, by licences",
    "notices.read_notice": "noted as an act, by notices",
    "identity.acting": "the agent's own powers and the record of acts itself",
    "identity.empower": "the form by which a power is given; giving is an act",
    "identity.firm": "what the public register says of the firm",
    "identity.take_over": "a form; taking over is an act",
    "identity.close_account": "a form; closing is an act",
}
#: The longest name of a paper that a row keeps.
_NAMED = 20


def reading_of(action: str, named: Mapping[str, Any]) -> tuple[str, UUID | None, dict[str, str]] | None:
    """What a GET of a route opens: the ledger's action, the record (None: a list), and what of it.

    ``named`` are the parameters of the address. None for what leaves no row.
    """
    opens = READINGS.get(action)
    if opens is None:
        return None
    record = named.get(opens.by)
    if not isinstance(record, UUID):
        return opens.list, None, {}
    for name, (key, said) in _WITHIN.get(opens.record, {}).items():
        if name in named:
            return (
                said,
                record,
                {key: str(named[name])[:36] if name == "file_id" else str(named[name])[:_NAMED]},
            )
    return opens.record, record, {}


async def note(db: Database, actor: Actor, action: str, named: Mapping[str, Any]) -> None:
    """Write down that an agent has opened something of her principal's, before she is shown it.

    At most one statement, once an hour for each power and thing. Raises what the database does: what cannot be noted
    is not shown.
    """
    read = reading_of(action, named)
    if read is not None and actor.id is not None:
        said, record, of = read
        await audit.note_agents_reading(
            db, actor, said, reference=record or actor.id, detail=of, now=clock.now()
        )
