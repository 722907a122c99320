"""Interested persons 利害关系人 (行政许可法 art. 36, 47): named, told and served by the officer; what each may read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from tongban import audit, catalogue, identity
from tongban.cases import store
from tongban.cases.actions.hearing.steps import write_step
from tongban.cases.actions.joint.naming import number_hash
from tongban.cases.actions.moving import case_at_work, step_of
from tongban.cases.actions.reviewing.reasons import SHORTEST, SHORTEST_DECISION, part_of
from tongban.cases.model import DECIDING, POLICY, Case, Move, NoSuchCase
from tongban.cases.model.hearing import Hearing
from tongban.cases.model.hearing_parts import ASK_DAYS
from tongban.cases.model.hearing_refusals import HearingElsewhere, HearingIncomplete
from tongban.cases.model.interested import Interested
from tongban.cases.model.interested_refusals import InterestedAlready, SittingTooNear
from tongban.cases.model.matter import Matter, matter_of
from tongban.cases.store.sealed import interested_place
from tongban.kit import clock, forms, keys, papers
from tongban.kit.db import Database, Part, write
from tongban.kit.errors import Words
from tongban.kit.i18n import N_, Message
from tongban.kit.ids import bucket_of, new_id
from tongban.kit.policy import Actor, Relation

LONGEST_NAME, LONGEST_ADDRESS = 60, 200
#: How long she may read what concerns her: past the decision and the remedies against it.
READS_FOR = timedelta(days=730)
_BASIS = "行政许可法第三十六条、第四十七条"


class Who(msgspec.Struct, frozen=True):
    """Who an interested person is, as typed: a person or a firm; ``number`` is her 公民身份号码 or 统一社会信用代码."""

    name: str
    number: str
    address: str


#: The texts of a telling: what each field is called, what is said where there is too little in it, the least letters.
_PARTS: dict[str, tuple[Message, Message, int]] = {
    "interest": (N_("利害关系"), N_("请写明这项决定怎样影响其利益，至少 10 个字，对方会看到。"), SHORTEST),
    "planned": (
        N_("拟作的决定"),
        N_("请写明拟作的决定，至少 6 个字，对方会看到；不要写申请人的证件号码、住址等。"),
        SHORTEST_DECISION,
    ),
}


async def tell_interested(
    db: Database,
    actor: Actor,
    *,
    case_id: UUID,
    posted: Mapping[str, str],
    applicant: UUID | None = None,
    now: datetime,
) -> None:
    """Name an interested person and tell her of a right to a hearing of her own 告知利害关系人 (art. 36, 47).

    ``posted``: ``name``, ``number`` and ``address``, ``interest`` how the decision bears on her, ``planned`` what is
    intended, without what is the applicant's own. Where the number is that of an account whose confirmed name is the
    one typed, she is told there and has five working days from the next day; else the notice goes out on paper, and
    they begin with :func:`serve_interested`. Looking for the account is a reading of hers, with a purpose and a ledger
    row. Two statements without a number, four with an account's. Raises HearingIncomplete, InterestedAlready,
    SittingTooNear where a hearing is fixed for a day before which she has not her days, HearingElsewhere once a record
    is handed in, NotPossibleNow, MovedOn.
    """
    case = await case_at_work(db, actor, case_id=case_id, action="cases.hear", applicant=applicant)
    step = await step_of(db, case, Move.TELL_INTERESTED, actor)
    before = case.hearing or Hearing()
    if case.state not in DECIDING and not before.ahead:
        raise HearingElsewhere
    calendar, today = await clock.current_calendar(db), clock.city_day(now)
    if near := before.too_near(calendar, today):
        raise SittingTooNear(near)
    who, faults = _who(posted)
    interest, planned = (
        part_of(posted, name, label, faults, missing, shortest=least)
        for name, (label, missing, least) in _PARTS.items()
    )
    if faults:
        raise HearingIncomplete(faults)
    account = await _account_of(db, actor, case, who, now=now)
    if account is None and not who.address:
        raise HearingIncomplete({"address": N_("没有找到可以通知的账户，请填写地址，告知书用纸质送达。")})
    one = Interested(
        seat=len(before.others) + 1,
        masked=who.name if papers.uscc_holds(who.number) else papers.mask_name(who.name),
        interest=interest,
        intended=planned,
        told=today,
        paper=account is None,
        served=None if account is None else today,
        until=None if account is None else calendar.add_working_days(today, ASK_DAYS),
    )
    after = before.with_other(one)
    row = _row(case, who, one.seat, account, now=now)
    parts = [store.naming(row, anew=not before.others), _may_read(case, row, now=now)]
    if row.own_purpose is not None:
        parts += [
            _read_of_her(case, row.person, row.own_purpose, now=now),
            _looked(actor, case, row.person, row.own_purpose, "cases.tell_interested", now=now),
        ]
    try:
        await write_step(db, actor, case, step, after, *parts, now=now, seat=one.seat)
    except asyncpg.UniqueViolationError as twice:
        if twice.constraint_name != "interested_pkey":
            raise
        raise InterestedAlready from twice


def _who(posted: Mapping[str, str]) -> tuple[Who, dict[str, Words]]:
    name, address = (" ".join(posted.get(one, "").split()) for one in ("name", "address"))
    number = "".join(posted.get("number", "").split()).upper()
    faults: dict[str, Words] = {}
    if not 2 <= len(name) <= LONGEST_NAME or not papers.name_holds(name):
        faults["name"] = N_("请填写姓名或者单位名称，2 至 60 个字。")
    if number and not (papers.id_number_holds(number) or papers.uscc_holds(number)):
        faults["number"] = N_("请填写 18 位公民身份号码或者统一社会信用代码；不知道的，留空。")
    if address and not 6 <= len(address) <= LONGEST_ADDRESS:
        faults["address"] = N_("请填写能够送达的地址，6 至 200 个字。")
    if not address and not number:
        faults["address"] = N_("请填写号码或者地址：有账户的通知到账户，没有的用纸质送达。")
    return Who(name, number, address), faults


async def _account_of(db: Database, actor: Actor, case: Case, who: Who, *, now: datetime) -> UUID | None:
    """The account with this number, where its confirmed name is the one typed. Raises HearingIncomplete where not.

    The applicant is no interested person of her own case. A firm has no account: its notice goes out on paper.
    """
    if not papers.id_number_holds(who.number):
        return None
    hash_ = number_hash(who.number)
    found = (await identity.found(db, [hash_])).get(hash_)
    if found is None:
        return None
    if found == case.applicant or (case.joint is not None and case.joint.seat_of(found) is not None):
        raise HearingIncomplete({"number": N_("这是申请人本人，不是利害关系人。")})
    if (await identity.person(db, found)).name == who.name:
        return found
    purpose = new_id(bucket_of(found))
    await write(
        db,
        store.standing(case),
        _read_of_her(case, found, purpose, now=now),
        _looked(actor, case, found, purpose, "cases.look_up_interested", now=now),
    )
    raise HearingIncomplete({"name": N_("号码与姓名对不上，请核对。")})


def _row(case: Case, who: Who, seat: int, account: UUID | None, *, now: datetime) -> store.InterestRow:
    person = account or new_id(case.bucket)
    return store.InterestRow(
        person=person,
        case_id=case.id,
        applicant=case.applicant,
        seat=seat,
        account=account is not None,
        sealed=keys.current().seal(msgspec.json.encode(who), interested_place(case.id, person)),
        purpose=new_id(case.bucket),
        own_purpose=new_id(bucket_of(person)) if account else None,
        told_at=now,
    )


def _may_read(case: Case, row: store.InterestRow, *, now: datetime) -> Part:
    """That she may read what concerns her of the case; it outlives the case's own purpose, as her remedies do."""
    return audit.opening_purpose(
        id=row.purpose,
        kind="case",
        subject=case.applicant,
        reference=f"{case.id}/{row.seat}",
        item=case.item,
        fields=["cases.case"],
        basis=_BASIS,
        until=now + READS_FOR,
        now=now,
    )


def _read_of_her(case: Case, person: UUID, purpose: UUID, *, now: datetime) -> Part:
    """Why the department reads who she is: to reach her, and to hear her."""
    return audit.opening_purpose(
        id=purpose,
        kind="case",
        subject=person,
        reference=f"{case.id}/interested",
        item=case.item,
        fields=["identity.name"],
        basis=_BASIS,
        until=now + READS_FOR,
        now=now,
    )


def _looked(actor: Actor, case: Case, person: UUID, purpose: UUID, action: str, *, now: datetime) -> Part:
    return audit.record(
        actor, action, subject=person, reference=case.id, purpose=purpose, kind="read", now=now
    )


async def serve_interested(
    db: Database,
    actor: Actor,
    *,
    case_id: UUID,
    seat: int,
    served: str,
    applicant: UUID | None = None,
    now: datetime,
) -> None:
    """Note that a notice on paper reached her 登记送达: from the day after ``served`` she has five working days.

    Raises HearingIncomplete for a day before the notice or to come, SittingTooNear as :func:`tell_interested`,
    HearingElsewhere where she was told by her account or it is noted already, NotPossibleNow, MovedOn.
    """
    case = await case_at_work(db, actor, case_id=case_id, action="cases.hear", applicant=applicant)
    step = await step_of(db, case, Move.SERVE_INTERESTED, actor)
    one = case.hearing.other(seat) if case.hearing else None
    if case.hearing is None or one is None or one.served is not None:
        raise HearingElsewhere
    day = day_typed(served)
    if day is None or not one.told <= day <= clock.city_day(now):
        raise HearingIncomplete(
            {"served": N_("请填写送达日期，不早于 {day}，不晚于今天。", day=f"{one.told:%Y-%m-%d}")}
        )
    calendar = await clock.current_calendar(db)
    if near := case.hearing.too_near(calendar, day):
        raise SittingTooNear(near)
    until = calendar.add_working_days(day, ASK_DAYS)
    after = case.hearing.with_other(msgspec.structs.replace(one, served=day, until=until))
    await write_step(db, actor, case, step, after, now=now, seat=seat)


def day_typed(text: str) -> date | None:
    """A day as typed, None for none."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


class Seen(msgspec.Struct, frozen=True):
    """What an interested person reads: what concerns her of the case, what it is about, herself in it, and her item."""

    case_id: UUID
    concerned: store.Concerned
    matter: Matter
    one: Interested | None
    version: catalogue.ItemVersion


async def concerns_me(db: Database, actor: Actor, *, case_id: UUID, now: datetime) -> Seen:
    """What a case of another's says of me: two statements, the second with its ledger row.

    ``one`` is None once the telling was taken back with a decision. Raises NoSuchCase for whoever is not named.
    """
    POLICY.require(actor, "cases.interested", Relation.OWN)
    assert actor.id is not None
    mine = await store.interest_of(db, case_id=case_id, person=actor.id)
    if mine is None:
        raise NoSuchCase
    row = await write(
        db,
        store.reading_concerned(case_id),
        audit.record(
            *(actor, "cases.read_interest"),
            subject=mine.applicant,
            reference=case_id,
            purpose=mine.purpose,
            kind="read",
            now=now,
        ),
    )
    if row is None:
        raise NoSuchCase
    return await _seen(db, case_id, store.as_concerned(row), row["answers"], mine.seat)


async def _seen(
    db: Database, case_id: UUID, concerned: store.Concerned, answers: Mapping[str, Any], seat: int
) -> Seen:
    one = concerned.hearing.other(seat) if concerned.hearing else None
    version = await catalogue.version(db, concerned.item, concerned.item_version)
    form, masked = forms.compile_form(version.form), concerned.applicant_masked
    about = matter_of(form, answers, keys.current(), case_id=case_id, masked=masked)
    return Seen(case_id, concerned, about, one, version)


async def notice_to(db: Database, actor: Actor, *, case: Case, seat: int, now: datetime) -> tuple[Seen, Who]:
    """What goes to an interested person on paper, with whom to deliver it to, for an officer who has opened the case.

    Who she is, is read with a ledger row of hers where she has an account. Two statements. Raises NoSuchCase.
    """
    row = next((one for one in await store.interested_of(db, case_id=case.id) if one.seat == seat), None)
    if row is None:
        raise NoSuchCase
    reading = (
        (_looked(actor, case, row.person, row.own_purpose, "cases.print_interested", now=now),)
        if row.own_purpose
        else ()
    )
    read = await write(db, store.reading_interest(row), *reading)
    if read is None:
        raise NoSuchCase
    opened = keys.current().open(read["sealed"], interested_place(case.id, row.person))
    concerned = store.Concerned(**{name: getattr(case, name) for name in store.Concerned.__struct_fields__})
    return await _seen(db, case.id, concerned, case.answers, seat), msgspec.json.decode(opened, type=Who)
