"""Reconsideration of decisions on licences 对证照决定的行政复议: how it is asked for, what its desk sees of them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tongban import catalogue, licences, regions
from tongban.cases import store
from tongban.cases.actions.afterwards.linking import Reconsidering, reconsidering
from tongban.cases.actions.moving import organ_of
from tongban.cases.actions.reading.cases import Opened
from tongban.cases.actions.reading.contested import contested_case
from tongban.cases.model import CaseInBrief
from tongban.cases.model.contested import UnderReview, under_review
from tongban.cases.model.linked import OF_A_DECISION, paper_contested, ways_now
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.i18n import N_
from tongban.kit.policy import Actor

_LATE = N_("60 日已过。因不可抗力或者其他正当理由耽误的，写明原因后可以申请，由行政复议机关决定是否受理。")
_BUSY = N_(
    "您对前一个决定的复议正在办理，网上一次只能办一件：等它办结或者撤回以后，再对这个决定申请；来不及的，可以先书面申请。"
)


async def contested_by(
    db: Database, *, holder: UUID, reference: UUID, now: datetime
) -> licences.Against | None:
    """What a holder can do against the decision on the licence that this case of hers gave; one statement.

    What the licences ask for their page. None where the case is not in this house, or bears no such decision (yet).
    """
    found = await store.progress(db, case_id=reference, applicant=holder)
    if found is None:
        return None
    case, events, linked = found
    return await against_licence(db, case, await reconsidering(db, case, linked, events), now=now)


async def against_licence(
    db: Database, case: CaseInBrief, found: Reconsidering, *, now: datetime
) -> licences.Against | None:
    """The same, of a case whose decision has been looked at; no statement of its own."""
    decision = found.on_licence
    if decision is None:
        return None
    organ = decision.reconsidered_by or await regions.reconsideration_organ(db, case.department or "")
    version = await catalogue.version(db, case.item, case.item_version)
    if found.earlier is not None:
        ways, basis = ways_now(version, organ, found.earlier, on_licence=True)
        return licences.Against(ways, basis, f"/my/cases/{found.earlier.id}", N_("查看行政复议"))
    if found.above is not None:
        return licences.Against((*organ.ways, organ.in_writing), organ.basis)
    if found.busy is not None:
        ways = (*organ.ways, _BUSY, organ.in_writing)
        return licences.Against(ways, organ.basis, f"/my/cases/{found.busy.id}", N_("查看行政复议"))
    assert found.until is not None
    late = now > found.until
    online = N_(
        "可以在网上申请行政复议，最晚 {day} 申请，不用另交书面申请。",
        day=f"{clock.city_time(found.until):%Y-%m-%d %H:%M}",
    )
    calendar = await clock.current_calendar(db)
    moves = clock.may_move(clock.unannounced(calendar, (clock.city_day(found.until),)))
    if moves is not None:
        online = N_("{words}{more}", words=online, more=moves)
    return licences.Against(
        (*organ.ways, _LATE if late else online),
        organ.basis,
        f"/apply/reconsideration?about={case.id}",
        N_("说明耽误的原因，申请行政复议") if late else N_("申请行政复议"),
    )


async def contested_at_desk(
    db: Database, actor: Actor, opened: Opened, *, now: datetime
) -> UnderReview | None:
    """The decision that an opened reconsideration is about, with its grounds, for who examines it; None of other cases.

    One statement with its ledger row, under the purpose that the case itself is read under (行政复议法 art. 48: the
    organ that decided hands in its file).
    """
    case = opened.case
    if opened.version.about != OF_A_DECISION or case.about is None or case.submitted_at is None:
        return None
    found = await contested_case(
        *(db, actor),
        by=case.id,
        about=case.about,
        applicant=case.applicant,
        purpose=opened.purpose,
        fields=["decision"],
        now=now,
    )
    if found is None:
        return None  # its file was destroyed when its time was over
    contested, events = found
    return under_review(
        contested,
        await catalogue.version(db, contested.item, contested.item_version),
        events,
        paper_contested(opened.form, case.answers),
        organ=await organ_of(db, contested),
        before=case.submitted_at,
    )
