"""L3 at a window 窗口当面核验: an officer sees the person and her paper and enters what she saw, in her own name."""

from __future__ import annotations

from datetime import datetime

import msgspec

from tongban import audit
from tongban.identity.actions.levels import raised_notice
from tongban.identity.actions.seeing import must_be_another
from tongban.identity.model.levels import LEVEL_OF, VettingInvalid, Way, ends_of, until_of
from tongban.identity.model.people import paper_hash
from tongban.identity.model.rights import POLICY
from tongban.identity.model.seen import Seen, faults_of, name_fault, no_account
from tongban.identity.store import accounts, levels
from tongban.kit import clock
from tongban.kit.db import Database, write
from tongban.kit.policy import Actor, Relation
from tongban.kit.web.levelling import levelling_sessions

__all__ = ["Seen", "Vetted", "vet"]


class Vetted(msgspec.Struct, frozen=True):
    """Whose level rose at the window: the masked name, the level, and until when it stands."""

    name: str
    level: int
    until: datetime


async def vet(db: Database, actor: Actor, *, seen: Seen, key: str, now: datetime) -> Vetted:
    """The account of whom the officer saw rises to L3. ``key`` is the form's: the same again changes nothing.

    The paper must be the account's, its name the account's by every character, and it must not have ended. Raises
    VettingInvalid with a sentence for each field, OwnMatter. Three or four round trips; the ledger row is the person's.
    """
    POLICY.require(actor, "identity.vet", Relation.ANY)
    assert actor.id is not None
    paper = seen.paper
    if faults := faults_of(seen, today=clock.city_day(now)):
        raise VettingInvalid(faults)
    owner = (await accounts.residents_by_claims(db, [paper_hash(paper)])).get(paper_hash(paper))
    known = None if owner is None else await accounts.person(db, owner)
    if known is None:
        raise VettingInvalid({"number": no_account()})
    if fault := name_fault(seen.name, known.name):
        raise VettingInvalid({"name": fault})
    await must_be_another(db, actor, known)
    ends = None if seen.ends is None or seen.for_good else clock.end_of_day(seen.ends)
    until = until_of(Way.WINDOW, now=now, paper_ends=ends)
    level = LEVEL_OF[Way.WINDOW]
    _, session = levelling_sessions(known.id, level=level, ends=ends_of(level, until), now=now)
    await write(
        db,
        levels.noting(
            known.id,
            level=level,
            way=Way.WINDOW,
            reference=key,
            seen=paper.kind,
            officer=actor.id,
            department=actor.department,
            until=until,
            now=now,
        ),
        levels.raising(),
        session,
        audit.record(
            actor,
            "identity.vet",
            subject=known.id,
            reference=actor.department or "",
            detail={"level": level, "paper": paper.kind},
            now=now,
        ),
        raised_notice(known.id, level, now=now),
    )
    return Vetted(known.name_masked, level, until)
