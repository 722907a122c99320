"""L3 by a face 人脸核验: begun on a separate consent and two other proofs, finished in the same session, once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from tongban import audit
from tongban.identity.actions.accounts import person
from tongban.identity.actions.consenting import giving_consent, standing_consent
from tongban.identity.actions.levels import Raised, raised_notice
from tongban.identity.actions.stepping_up import require_fresh
from tongban.identity.model.faces import (
    EXPIRED,
    NOT_DONE,
    PASSED,
    PROVEN_BY,
    FaceAfterRecovery,
    FaceAlone,
    FaceCheck,
    FaceElsewhere,
    FaceInvalid,
    FaceNotDone,
    FaceSaysNo,
    FaceUnknown,
    NoticeRefused,
    must_be_askable,
)
from tongban.identity.model.levels import LEVEL_OF, TooManyChecks, Way, ends_of, until_of
from tongban.identity.model.people import Person
from tongban.identity.model.rights import POLICY
from tongban.identity.providers import face
from tongban.identity.store import attempts, faces, levels
from tongban.kit import clock, keys
from tongban.kit.db import Database, write
from tongban.kit.i18n import N_
from tongban.kit.ids import bucket_of, new_id
from tongban.kit.policy import SYSTEM, Actor, Relation
from tongban.kit.web.levelling import levelling_sessions
from tongban.kit.web.living_sessions import living_sessions
from tongban.settings import settings

PAGE = "/account/level/face"
NOTICE = "/face/notice"
ITEM = "identity.face"
FIELDS = ("population.photo_ref", "face.result")
#: 个人信息保护法 (PIPL) art. 29: sensitive personal information by a separate consent.
BASIS = "个人信息保护法第二十九条：取得个人的单独同意"
#: How long the provider keeps a session open, at most.
OPEN_FOR = timedelta(minutes=10)


async def consented(db: Database, actor: Actor) -> bool:
    """Whether the actor's separate consent to face checks stands."""
    POLICY.require(actor, "identity.face", Relation.ANY)
    assert actor.id is not None
    return await standing_consent(db, actor.id, purpose="face") is not None


async def rests_on_phone(db: Database, actor: Actor, *, now: datetime) -> bool:
    """Whether the actor's account was recovered, and neither a card nor a window has proved since that it is hers."""
    POLICY.require(actor, "identity.face", Relation.ANY)
    assert actor.id is not None
    return await levels.rests_on_phone(db, actor.id, now=now)


async def begin_face(db: Database, actor: Actor, *, agreed: bool, key: str, now: datetime) -> FaceCheck:
    """Ask the provider for a session; ``key`` is the form's: the same again is the same session.

    Name and ID number go to the provider, which compares with the police's picture. Five tries a quarter of an hour.
    Raises FreshProofNeeded, FaceAlone, FaceAfterRecovery, FaceInvalid, TooManyChecks, FaceSaysNo, CheckAway: a provider
    that is away has lost nothing, and the same form begins again. Eight round trips besides the provider's.
    """
    POLICY.require(actor, "identity.face", Relation.ANY)
    assert actor.id is not None
    await require_fresh(db, actor, now=now)
    await _must_be_proven(db, actor, now=now)
    owner = await person(db, actor.id)
    must_be_askable(owner, today=clock.city_day(now))
    if not agreed and not await consented(db, actor):
        raise FaceInvalid(N_("需要您单独同意，才能做人脸核验。不同意的，可以到窗口当面核验。"), "agree")
    check = await faces.by_key(db, actor.id, key) or await _noted(db, actor, agreed=agreed, key=key, now=now)
    if check.state != "open" or check.token:
        return check
    return await _opened(db, actor, owner, check, now=now)


async def _must_be_proven(db: Database, actor: Actor, *, now: datetime) -> None:
    """Raise FaceAlone unless two factors that are no face opened the actor's session, and FaceAfterRecovery where both
    are her phone. Who comes through no session is nobody whose level rises."""
    sessions = await living_sessions(db, actor, now=now)
    if not any(one.own and one.opened_by in PROVEN_BY for one in sessions):
        raise FaceAlone
    if await rests_on_phone(db, actor, now=now):
        raise FaceAfterRecovery


async def _noted(db: Database, actor: Actor, *, agreed: bool, key: str, now: datetime) -> FaceCheck:
    assert actor.id is not None
    check = new_id(bucket_of(actor.id))
    counted = await write(
        db,
        attempts.counting_enrolment(keys.current().blind_index("face", str(actor.id)), now=now),
        faces.beginning(actor.id, check=check, session=actor.session, key=key, until=now + OPEN_FOR, now=now),
        *((giving_consent(subject=actor.id, purpose="face", now=now),) if agreed else ()),
        audit.opening_purpose(
            id=check,
            kind="own_act",
            subject=actor.id,
            reference=check,
            item=ITEM,
            fields=FIELDS,
            basis=BASIS,
            until=now + timedelta(hours=1),
            now=now,
        ),
        audit.record(actor, "identity.begin_face", subject=actor.id, reference=check, purpose=check, now=now),
    )
    if counted is None:
        raise TooManyChecks
    found = await faces.by_key(db, actor.id, key)
    assert found is not None
    return found


async def _opened(db: Database, actor: Actor, owner: Person, check: FaceCheck, *, now: datetime) -> FaceCheck:
    house = settings().public_url
    try:
        page = await face.begin(
            settings().sandbox_url,
            order=check.id,
            number=owner.id_number,
            name=owner.name,
            notify=f"{house}{NOTICE}",
            back=f"{house}{PAGE}/go?check={check.id}",
        )
    except FaceSaysNo as no:
        await _end(db, actor, check, code=no.verdict, serial="", now=now)
        raise
    until = min(check.until, page.until)
    await write(
        db,
        faces.opening(owner.id, check.id, token=page.token, address=page.address, until=until),
        audit.record(actor, "identity.open_face", subject=owner.id, reference=check.id, now=now),
    )
    return await face_check(db, actor, check=check.id)


async def face_check(db: Database, actor: Actor, *, check: UUID) -> FaceCheck:
    """One of the actor's checks; raises FaceUnknown."""
    POLICY.require(actor, "identity.face", Relation.ANY)
    assert actor.id is not None
    found = await faces.check_of(db, actor.id, check) if bucket_of(check) == actor.bucket else None
    if found is None:
        raise FaceUnknown
    return found


async def finish_face(db: Database, actor: Actor, *, check: UUID, now: datetime) -> Raised:
    """The provider's result raises the actor to L3, once, in the session in which she began.

    Kept is the verdict and the provider's number: no picture and no score. Raises FaceUnknown, FaceElsewhere,
    FaceNotDone, FaceSaysNo, CheckAway. Repeated it gives the same answer and raises nothing. Four round trips.
    """
    found = await face_check(db, actor, check=check)
    if found.session != actor.session and found.state == "open":
        raise FaceElsewhere
    if found.state == "failed":
        raise FaceSaysNo(found.code)
    if found.state == "passed":
        return Raised(LEVEL_OF[Way.FACE], "")
    if found.until <= now:
        await _end(db, actor, found, code=EXPIRED, serial="", now=now)
        raise FaceSaysNo(EXPIRED)
    said = await face.result(settings().sandbox_url, order=found.id, token=found.token)
    verdict = said.verdict()
    if verdict == NOT_DONE:
        raise FaceNotDone
    if verdict != PASSED:
        await _end(db, actor, found, code=verdict, serial=said.serial, now=now)
        raise FaceSaysNo(verdict)
    return await _raise(db, actor, found, serial=said.serial, now=now)


async def _raise(db: Database, actor: Actor, check: FaceCheck, *, serial: str, now: datetime) -> Raised:
    level = LEVEL_OF[Way.FACE]
    until = until_of(Way.FACE, now=now)
    cookie, session = levelling_sessions(
        check.account,
        own=actor.session,
        level=level,
        ends=ends_of(level, until),
        now=now,
    )
    parts = (
        faces.passing(check.account, check.id, session=actor.session, serial=serial, now=now),
        levels.noting_passed(
            way=Way.FACE,
            reference=serial,
            seen="",
            check=new_id(bucket_of(check.account)),
            until=until,
            now=now,
        ),
        levels.raising(),
        session,
        audit.closing_purpose(subject=check.account, reference=check.id, now=now),
        audit.record(
            actor,
            "identity.raise_level",
            subject=check.account,
            reference=Way.FACE.value,
            detail={"level": level, "way": Way.FACE.value},
            now=now,
        ),
        raised_notice(check.account, level, now=now),
    )
    try:
        done = await write(db, *parts)
    except asyncpg.UniqueViolationError as replayed:  # this result has raised somebody before
        raise FaceElsewhere from replayed
    if done is not None:
        return Raised(level, cookie)
    if (await face_check(db, actor, check=check.id)).state == "passed":  # another tab was faster
        return Raised(level, "")
    raise FaceElsewhere


async def _end(
    db: Database, actor: Actor, check: FaceCheck, *, code: str, serial: str, now: datetime
) -> None:
    await write(
        db,
        faces.failing(check.account, check.id, code=code, serial=serial, now=now),
        audit.closing_purpose(subject=check.account, reference=check.id, now=now),
        audit.record(
            actor,
            "identity.fail_face",
            subject=check.account,
            reference=check.id,
            detail={"code": code},
            now=now,
        ),
    )


async def note_notice(db: Database, headers: Mapping[str, str], body: bytes, *, now: datetime) -> None:
    """The provider says that it has a result: noted once, and nobody rises by it. Raises NoticeRefused, CheckAway.

    The person who began asks for the result in her own session; so a notice that is replayed, or about somebody
    else's check, changes nothing.
    """
    check = await face.noticed(settings().sandbox_url, headers, body)
    owner = await faces.known(db, check)
    if owner is None:
        raise NoticeRefused
    await write(
        db,
        faces.told(check, now=now),
        audit.record(SYSTEM, "identity.face_notice", subject=owner, reference=check, now=now),
    )
