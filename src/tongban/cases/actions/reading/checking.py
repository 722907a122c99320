"""How a case stands, for whoever holds a paper of it: by its code and the last four of the applicant's ID number."""

from __future__ import annotations

import hmac
import re
from datetime import datetime, timedelta

import msgspec

from tongban import audit, catalogue
from tongban.cases import store
from tongban.cases.actions.moving import organ_of
from tongban.cases.actions.papers.printing import Given, papers_given
from tongban.cases.model import (
    POLICY,
    CodeMistyped,
    CodeNotMatching,
    State,
    as_applicant_sees,
    holder_proof,
    is_short_code,
    last_four,
    typed_code,
)
from tongban.cases.model.linked import state_words
from tongban.kit import keys
from tongban.kit.db import Database, write
from tongban.kit.errors import Words
from tongban.kit.i18n import N_, Message, Text
from tongban.kit.ids import bucket_of, new_id
from tongban.kit.policy import Actor, Relation

_LAST_FOUR = re.compile(r"[A-Z\d]{4}", re.ASCII)
#: How long the purpose of one look stands: it is over when it is answered.
_A_LOOK = timedelta(minutes=1)
#: What a code that nobody has is compared with: as long as a proof, and none.
_NO_PROOF = bytes(49)


class Checked(msgspec.Struct, frozen=True):
    """How a case stands 办理进度, nothing of the person: item, organ, state, dates, and the papers it has given."""

    code: str
    item: Text
    organ: Text
    state: State
    state_words: Message
    submitted_at: datetime | None
    accepted_at: datetime | None
    due: datetime | None
    decided_at: datetime | None
    closed_at: datetime | None
    papers: list[Given]


async def check(db: Database, actor: Actor, *, code: str, four: str, now: datetime) -> Checked:
    """How the case of ``code`` stands, when ``four`` are the last of its applicant's ID number.

    Raises CodeMistyped for what cannot be either, and CodeNotMatching alike for a code that nobody has and for wrong
    digits: both cost the same one statement and one comparison, so that neither answer nor pace tells codes that
    exist. A look leaves a ledger row that the applicant sees, under a purpose of its own (PIPL art. 13(1)(3)).
    """
    POLICY.require(actor, "cases.check", Relation.ANY)
    code, four = typed_code(code), last_four(four)
    faults: dict[str, Words] = {}
    if not is_short_code(code):
        faults["code"] = N_("请输入 19 位受理编码；末位是校验位，输错一位即可发现。")
    if not _LAST_FOUR.fullmatch(four):
        faults["last_four"] = N_("请输入证件号码的最后四位；末位是 X 的，输入 X。")
    if faults:
        raise CodeMistyped(faults)
    found = await store.holder_of(db, code=code)
    proof, ring = (found and found.proof) or _NO_PROOF, keys.current()
    wanted = ring.lookup.spellings(holder_proof(ring, code, four))
    if not any([hmac.compare_digest(one, proof) for one in wanted]) or found is None:  # noqa: C419 - in one time
        raise CodeNotMatching
    look = new_id(bucket_of(found.applicant))
    row = await write(
        db,
        store.reading_filed(case_id=found.case_id, applicant=found.applicant),
        audit.opening_purpose(
            id=look,
            kind="own_act",
            subject=found.applicant,
            reference=str(look),
            item="cases.check",
            fields=["cases.case"],
            basis="个人信息保护法第十三条第一款第三项",
            until=now + _A_LOOK,
            now=now,
        ),
        audit.record(
            *(actor, "cases.check"),
            subject=found.applicant,
            reference=found.case_id,
            purpose=look,
            kind="read",
            now=now,
        ),
    )
    if row is None:
        raise CodeNotMatching
    case, events = store.as_read(row)
    state = as_applicant_sees(case.state)
    version = await catalogue.version(db, case.item, case.item_version)
    return Checked(
        code=code,
        item=version.name,
        organ=await organ_of(db, case),
        state=state,
        state_words=state_words(version, state, case.ruling),
        submitted_at=case.submitted_at,
        accepted_at=case.accepted_at,
        due=case.due if case.closed_at is None else None,
        decided_at=case.decided_at,
        closed_at=case.closed_at,
        papers=papers_given(case, events, version),
    )
