"""Papers get the e-seal of the organ that gave them: by the worker, one after another, each once."""

from __future__ import annotations

import hashlib
import time
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from tongban import audit, identity, licences, regions
from tongban.cases import store
from tongban.cases.actions.archiving import archive_anew
from tongban.cases.actions.papers.illustrating import illustrated
from tongban.cases.actions.papers.printing import drawn, signers_of
from tongban.cases.actions.reading.cases import Opened, laid_open
from tongban.cases.model import CaseEvent
from tongban.cases.model.papers import PaperKind, kinds_of, standing
from tongban.kit import files
from tongban.kit.db import Database, write
from tongban.kit.files import File
from tongban.kit.pdf import press
from tongban.kit.policy import SYSTEM
from tongban.settings import settings

log = structlog.get_logger("tongban.cases")

#: How long a case stays with whoever took it, and how many cases one round takes.
_LEASE, _ROUND = timedelta(minutes=3), 50
#: The longest wait between two tries while the authority is away; and where somebody has to act first.
_LONGEST, _UNTIL_MENDED = timedelta(minutes=5), timedelta(hours=1)
_SUFFIX = ".pdf"
#: What who applied hands in, with her own signature on it.
_SIGNED = (PaperKind.RECEIPT, PaperKind.COMMITMENT)


async def kept_paper(
    db: Database, *, case_id: UUID, applicant: UUID, step: int, kind: str, now: datetime
) -> File | None:
    """The sealed file of a paper that whoever asks may read (the caller has made sure); one statement.

    None while it has none: then it is on its way, also of a case of before there were seals.
    """
    file = await store.sealed_paper(db, case_id=case_id, applicant=applicant, step=step, kind=kind)
    if file is None:
        await store.want_seals(db, case_id=case_id, applicant=applicant, now=now)
    return file


async def seal_papers(db: Database, *, now: datetime) -> int:
    """Seal the papers of cases that wait, longest first; gives how many papers were sealed.

    An authority that is away for one is away for the others: the round ends, what waits stays. Killed in the middle, a
    case comes back when its lease runs out, and what is sealed by then is not sealed again.
    """
    begun, sealed = time.monotonic(), 0
    for _ in range(_ROUND):
        moment = now + timedelta(seconds=time.monotonic() - begun)
        wanted = await store.next_wanted(db, now=moment, until=moment + _LEASE)
        if wanted is None:
            break
        try:
            sealed += await _seal_case(db, wanted, now=moment)
        except licences.SealAway as away:
            wait = min(timedelta(seconds=2 ** min(wanted.attempts, 9)), _LONGEST)
            await _put_off(db, wanted, f"away: {away}", due=moment + wait)
            break
        except licences.SealRefused as refused:
            await _put_off(db, wanted, f"refused: {refused}", due=moment + _UNTIL_MENDED)
        else:
            await store.wish_done(db, wanted, now=moment)
    return sealed


async def _put_off(db: Database, wanted: store.Wanted, reason: str, *, due: datetime) -> None:
    log.warning("papers wait for their seal", case=str(wanted.case_id), reason=reason)
    await store.put_off(db, wanted, reason=reason, due=due)


async def _seal_case(db: Database, wanted: store.Wanted, *, now: datetime) -> int:
    found = await store.with_steps(db, case_id=wanted.case_id)
    if found is None:
        return 0  # a draft that was given up meanwhile
    opened = await laid_open(db, *found)
    have = await store.sealed_papers(db, case_id=wanted.case_id)
    wanting = [
        (one, kind) for one in opened.events for kind in kinds_of(one) if (one.version, kind) not in have
    ]
    for step, kind in wanting:
        await _seal(db, opened, step, kind, now=now)
    if wanting:
        await archive_anew(db, case_id=wanted.case_id, applicant=wanted.applicant, at=now, now=now)
    return len(wanting)


async def _seal(db: Database, opened: Opened, step: CaseEvent, kind: PaperKind, *, now: datetime) -> None:
    case = opened.case
    paper = await illustrated(
        db, await drawn(db, opened, step, kind), case_id=case.id, applicant=case.applicant
    )
    department = await _organ(db, opened, step)
    made = await press.printed(paper)
    assert made.seal is not None
    content = made.content
    if kind in _SIGNED:
        content = await _signed(
            db, opened, step, content, number=paper.reference, reason=f"{paper.title} {paper.reference}"
        )
    sealed = await licences.seal_paper(
        db,
        content,
        department=department,
        reason=f"{paper.title} {paper.reference}",
        place=made.seal,
        words=_words(),
        now=now,
    )
    content = sealed.content
    digest = hashlib.sha256(content).digest()
    name = f"{paper.title}-{paper.reference}{_SUFFIX}"
    received = await files.deposit(content, name=name, pages=made.seal.page + 1)
    file = files.named(received, subject=case.applicant, reference=case.id, now=now)
    await write(
        db,
        store.keeping_sealed(
            file,
            case_id=case.id,
            step=step.version,
            kind=kind,
            department=department,
            seal=UUID(sealed.seal),
            sha256=digest,
            at=sealed.at,
        ),
        files.keeping([file]),
        audit.record(
            *(SYSTEM, "cases.seal"),
            subject=case.applicant,
            reference=case.id,
            purpose=case.purpose,
            detail={"paper": kind, "step": step.version, "sha256": digest.hex()},
            now=now,
        ),
    )


async def _signed(
    db: Database, opened: Opened, step: CaseEvent, pdf: bytes, *, number: str, reason: str
) -> bytes:
    """A receipt, or the commitment signed with an application, with the signature of each who filed what it tells of:
    what they filed when, and that it was they."""
    case = opened.case
    for seat, account in enumerate((case.applicant, *signers_of(case, step))):
        person = await identity.person(db, account)
        pdf = await licences.sign_for(
            pdf, seat=seat, name_masked=person.name_masked, reference=number, reason=reason
        )
    return pdf


async def _organ(db: Database, opened: Opened, step: CaseEvent) -> str:
    """The department whose name stands on the paper: a case that was passed on has another by now."""
    then = standing(step.detail)
    if then is not None:
        for one in await regions.departments(db):
            if one.name == then.organ:
                return one.code
    assert opened.case.department is not None
    return opened.case.department


def _words() -> tuple[str, ...]:
    """What stands in the middle of a seal; a city whose data are made up says so there too."""
    city = regions.city_of(settings().city_dir)
    return ("电子印章", f"{city.name.zh}·合成") if city.note.zh else ("电子印章",)
