"""What the identity room holds about a person beside her account's own facts 个人信息副本 (PIPL art. 45).

Who stands on the other side of a power or a claim is a third person: masked, as the bar of a page has her.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tongban.identity.model.people import open_name
from tongban.identity.model.powers import Power
from tongban.identity.store import held, powers
from tongban.kit import papers
from tongban.kit.db import Database
from tongban.kit.held import forms_sent_by, sessions_of


async def beside_account(db: Database, who: UUID) -> dict[str, Any]:
    """Sessions, powers on either side, claims to be a parent, log-ins at systems and other traces, by their word in
    the copy."""
    return {
        **await held.traces_of(db, who),
        "sessions": await sessions_of(db, who),
        "forms_sent": await forms_sent_by(db, who),
        "powers_given": [
            {"agent": papers.mask_name(one.agent_name), **_power(one)}
            for one in await powers.ever_given(db, who)
        ],
        "powers_held": [
            {"principal": one.shown_principal, **_power(one)} for one in await powers.every_held(db, who)
        ],
        "child_claims": [_claim(row) for row in await held.claims_about(db, who)],
    }


def _power(one: Power) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "items": None if one.items is None else sorted(one.items),
        "errands": None if one.errands is None else sorted(one.errands),
        "most": one.most,
        "basis": one.basis,
        "starts_at": one.starts_at,
        "until": one.until,
        "state": one.state,
        "offered_at": one.offered_at,
        "answered_at": one.answered_at,
        "ended_at": one.ended_at,
    }


def _claim(row: Any) -> dict[str, Any]:
    other = (
        {"child": papers.mask_name(open_name(row["name_sealed"], row["id"]))}
        if row["own"]
        else {"guardian": papers.mask_name(open_name(row["guardian_sealed"], row["guardian"]))}
    )
    return {
        **other,
        "state": row["state"],
        "claimed_at": row["claimed_at"],
        "consented_at": row["consented_at"],
        "answered_at": row["answered_at"],
    }
