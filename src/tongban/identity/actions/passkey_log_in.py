"""Log-in with a passkey: a resident's alone, without a name or an SMS; an officer's after her password."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tongban import audit, notices
from tongban.identity.actions.logging_in import Opened
from tongban.identity.actions.opening import opening
from tongban.identity.actions.passkeys import Begun, party
from tongban.identity.actions.steps import step_of
from tongban.identity.model import ceremonies
from tongban.identity.model.ceremonies import Ceremony, Used
from tongban.identity.model.passkeys import (
    ChallengeGone,
    PasskeyBlocked,
    PasskeyRefused,
    PasskeyUnknown,
    UserUnverified,
)
from tongban.identity.model.steps import Step
from tongban.identity.store import passkeys
from tongban.identity.store.passkeys import Held
from tongban.kit.db import Database, Part, write
from tongban.kit.i18n import Text
from tongban.kit.ids import bucket_of, new_id
from tongban.kit.policy import STAFF, VISITOR, Role

_COPIED = Text("一把通行密钥已停用", "A passkey was blocked")
_COPIED_TOLD = Text(
    "有人用通行密钥“{name}”登录，它的使用次数比上一次少：它可能被复制过。登录没有成功，这把通行密钥已停用。"
    "请移除它，修改密码，再添加新的；如果不是您本人操作，请立即拨打热线。",
    "Somebody tried to log in with the passkey “{name}”, and its counter was behind the last use: "
    "it may have been copied. The log-in was refused and the passkey is blocked. "
    "Remove it, change your password and add a new one; if this was not you, call the hotline at once.",
)


def begin_log_in(*, browser: str, now: datetime) -> Begun:
    """A challenge for whoever comes with a passkey. Nothing is stored."""
    ceremony = ceremonies.begun("log_in", account=None, browser=browser, now=now)
    return Begun(ceremonies.ceremony_token(ceremony), ceremonies.asking_options(ceremony, party()))


async def log_in_with_passkey(
    db: Database, *, token: str, credential: str, browser: str, now: datetime
) -> Opened:
    """Open a resident's session by her passkey alone: what she has and who she is are two factors. Two round trips.

    Raises ChallengeGone, PasskeyRefused, UserUnverified, PasskeyUnknown or PasskeyBlocked. A passkey whose count went
    back is blocked and its owner told. Repeated it raises ChallengeGone.
    """
    ceremony = ceremonies.ceremony_of(token, "log_in", account=None, browser=browser, now=now)
    who = ceremonies.answer_in(credential).account
    if who is None:  # no authenticator that keeps passkeys leaves it out
        raise PasskeyRefused("handle")
    return await _opened(db, who, ceremony, credential, role=Role.RESIDENT, now=now)


def officer_step(step: str, *, now: datetime) -> Step:
    """The step of an officer whose password was right and who has a passkey; raises StepGone."""
    return step_of(step, "staff", "totp", now=now)


async def begin_second(db: Database, *, step: str, browser: str, now: datetime) -> Begun:
    """A challenge for the officer's own passkeys, after her password. Raises StepGone or PasskeyUnknown."""
    who = officer_step(step, now=now).account
    have = await passkeys.usable(db, who)
    if not have:
        raise PasskeyUnknown
    ceremony = ceremonies.begun("second", account=who, browser=browser, now=now)
    return Begun(ceremonies.ceremony_token(ceremony), ceremonies.asking_options(ceremony, party(), have=have))


async def log_in_staff_with_passkey(
    db: Database, *, step: str, token: str, credential: str, browser: str, now: datetime
) -> Opened:
    """Second step of an officer who has a passkey: it opens the session. Two round trips.

    Only her own: the account is that of the password. Raises StepGone and what :func:`log_in_with_passkey` raises.
    """
    who = officer_step(step, now=now).account
    ceremony = ceremonies.ceremony_of(token, "second", account=who, browser=browser, now=now)
    if ceremonies.answer_in(credential).account not in (None, who):
        await _note_failure(db, who, "handle", now=now)
        raise PasskeyRefused("handle")
    return await _opened(db, who, ceremony, credential, role=Role.OFFICER, now=now)


async def _opened(
    db: Database, who: UUID, ceremony: Ceremony, credential: str, *, role: Role, now: datetime
) -> Opened:
    held, used = await proved_use(db, who, ceremony, credential, role=role, now=now)
    actor = held.account.actor()
    cookie, parts = opening(actor, opened_by="passkey", now=now)
    done = await write(
        db,
        passkeys.answering_to_use(held, used, ceremony.hash, now=now),
        passkeys.noting_use(held, used, now=now),
        audit.record(
            actor,
            "identity.log_in",
            subject=held.account.id,
            reference="staff" if role is Role.OFFICER else "log_in",
            detail={"factor": "passkey", "passkey": str(held.id)},
            now=now,
        ),
        *parts,
    )
    if done is None:  # a twin was faster
        raise ChallengeGone
    return Opened(actor, cookie)


async def proved_use(
    db: Database, who: UUID, ceremony: Ceremony, credential: str, *, role: Role, now: datetime
) -> tuple[Held, Used]:
    """The passkey and its use, as far as reading tells; the guard of the write has the last word.

    What fails is in the account's ledger. Raises PasskeyUnknown, ChallengeGone, PasskeyRefused, UserUnverified or
    PasskeyBlocked; a passkey whose count went back is blocked and its owner told.
    """
    held = await passkeys.held(db, who, ceremonies.answer_in(credential).credential, challenge=ceremony.hash)
    if held is None or held.account.role not in (STAFF if role is Role.OFFICER else {role}):
        # Nobody's id where nobody has it: whose account it is said to be is not known to be true.
        await _note_failure(db, new_id(bucket_of(who)), "unknown", now=now)
        raise PasskeyUnknown
    if held.answered:  # before the count is looked at: what is sent twice is no copy
        raise ChallengeGone
    try:
        used = ceremonies.used(
            credential, ceremony, party(), public_key=held.public_key, sign_count=held.sign_count
        )
    except (PasskeyRefused, UserUnverified) as refused:
        await _note_failure(db, who, refused.why, now=now)
        raise
    if held.blocked_at is not None:
        await _note_failure(db, who, "blocked", now=now)
        raise PasskeyBlocked
    if used.copied:
        await _block(db, held, used, now=now)
        raise PasskeyBlocked
    return held, used


async def _note_failure(db: Database, subject: UUID, why: str, *, now: datetime) -> None:
    await write(
        db,
        Part("SELECT 1 AS noted"),
        audit.record(
            VISITOR,
            "identity.fail_passkey",
            subject=subject,
            reference="passkey",
            detail={"why": why},
            now=now,
        ),
    )


async def _block(db: Database, held: Held, used: Used, *, now: datetime) -> None:
    """The copy and the original cannot be told apart: neither opens anything any more, and the owner is told."""
    who = held.account.id
    told = Text(_COPIED_TOLD.zh.replace("{name}", held.name), _COPIED_TOLD.en.replace("{name}", held.name))
    letters = [
        notices.texting(
            recipient=who,
            phone_sealed=held.account.phone_sealed,
            words=f"【{party().name.split()[0]}】{told.zh}",
            template="identity.passkey_blocked",
            now=now,
        )
    ]
    if held.account.role is Role.RESIDENT:  # officers have no inbox
        letters.append(
            notices.telling(recipient=who, title=_COPIED, body=told, link="/account/passkeys", now=now)
        )
    await write(
        db,
        passkeys.blocking(held, now=now),
        audit.record(
            VISITOR,
            "identity.block_passkey",
            subject=who,
            reference=held.id,
            detail={"kept": held.sign_count, "told": used.sign_count},
            now=now,
        ),
        *letters,
    )
