"""The officer's second factor: proved, put in use, replaced, given up; and reset by the administrator."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from uuid import UUID

import msgspec

from tongban import audit, regions
from tongban.identity.actions.changing_password import right_password
from tongban.identity.actions.locked_out import lock_parts
from tongban.identity.model import POLICY, Account
from tongban.identity.model import totp as rules
from tongban.identity.model.refusals import (
    FactorLocked,
    PersonUnknown,
    RecoveryCodeWrong,
    TotpOff,
    TotpOn,
    TotpUsed,
    TotpWrong,
    TypedInvalid,
)
from tongban.identity.model.staff import FactorNeeded, FactorStands
from tongban.identity.model.totp import Factor
from tongban.identity.store import accounts, attempts, passkeys, second_factors
from tongban.identity.store.second_factors import SecondFactor
from tongban.kit import keys
from tongban.kit.db import Database, Part, write
from tongban.kit.i18n import N_
from tongban.kit.policy import SYSTEM, VISITOR, Actor, Relation, Role
from tongban.kit.web.sessions import ending_others, renewing, taken
from tongban.settings import settings


class Proof(msgspec.Struct, frozen=True):
    """A second factor that holds as far as reading tells: its guard takes it, once, in the write that it is for."""

    owner: Account
    factor: Factor
    guard: Part
    tried: attempts.OwnTry
    field: str

    @property
    def left(self) -> int:
        """How many tries are left after this one."""
        return attempts.MOST - self.tried.count


async def prove(db: Database, who: UUID, typed: str, *, field: str = "code", now: datetime) -> Proof:
    """The proof in what was typed; the try is counted before it is compared, five wrong in a row rest 15 minutes.

    Raises FactorMalformed, which counts as none; TotpOff, TotpWrong or FactorLocked. ``field`` is where it was typed.
    """
    factor = rules.factor_typed(typed, field=field)
    tried = await attempts.try_own(db, who, of=attempts.SECOND_FACTOR, now=now)
    if tried is None or tried.totp_sealed is None:
        raise TotpOff
    guard = None
    if tried.count <= attempts.MOST:
        guard = _guard(who, factor, rules.open_secret(tried.totp_sealed, who), now=now)
    if guard is None:
        await _note_failure(db, tried, factor, now=now)
        if tried.locked_until is not None:
            raise FactorLocked(tried.locked_until, now=now)
        raise TotpWrong(field, attempts.MOST - tried.count)
    return Proof(tried.account, factor, guard, tried, field)


def _guard(who: UUID, factor: Factor, secret: bytes, *, now: datetime) -> Part | None:
    if factor.kind == "recovery":
        return second_factors.using_recovery_code(who, rules.recovery_hash(factor.word, account=who), now=now)
    step = rules.matching_step(secret, factor.word, now=now)
    if step is None:
        return None
    return second_factors.using_totp(who, rules.totp_hash(factor.word, step, account=who), now=now)


async def take(db: Database, proof: Proof, *parts: Part, now: datetime) -> None:
    """Use the factor up and do what it was for, in one write; raises TotpUsed, RecoveryCodeWrong or FactorLocked."""
    done = await write(db, proof.guard, attempts.ending_tries(proof.tried), *parts)
    if done is not None:
        return
    if proof.factor.kind == "totp":
        raise TotpUsed(proof.field)
    await _note_failure(db, proof.tried, proof.factor, now=now)
    if proof.tried.locked_until is not None:
        raise FactorLocked(proof.tried.locked_until, now=now)
    raise RecoveryCodeWrong(proof.field, proof.left)


async def _note_failure(db: Database, tried: attempts.OwnTry, factor: Factor, *, now: datetime) -> None:
    detail = {"tries": tried.count, "factor": factor.kind, "locked": tried.locked_until is not None}
    await write(
        db,
        Part("SELECT 1 AS noted"),
        audit.record(
            VISITOR,
            "identity.fail_second_factor",
            subject=tried.account.id,
            reference=factor.kind,
            detail=detail,
            now=now,
        ),
        *lock_parts(tried, now=now),
    )


def sms_is_too_little(actor: Actor) -> bool:
    """Whether the second factor of this one must be more than an SMS: an administrator's always, an officer's where the
    installation says so."""
    return actor.role is Role.ADMINISTRATOR or not settings().officers_by_sms


def sets_up(actor: Actor) -> bool:
    """Whether an SMS alone let this one in where it is too little: she sets her first factor up, and nothing else."""
    return not actor.proven or (actor.role is Role.ADMINISTRATOR and not actor.duties)


async def has_factor(db: Database, who: UUID) -> bool:
    """Whether an officer has an authenticator or a passkey that opens. Two statements."""
    found = await second_factors.second_factor(db, who)
    return (found is not None and found.since is not None) or bool(await passkeys.usable(db, who))


async def second_factor(db: Database, actor: Actor) -> SecondFactor:
    """How the officer proves to be herself: one statement. Raises PersonUnknown for an account that there is not."""
    POLICY.require(actor, "identity.totp", Relation.ANY)
    assert actor.id is not None
    found = await second_factors.second_factor(db, actor.id)
    if found is None:
        raise PersonUnknown
    return found


class Offer(msgspec.Struct, frozen=True):
    """A secret that is shown: as an address for the QR code, written for typing, and sealed for the form."""

    address: str
    secret: str
    token: str

    def __repr__(self) -> str:
        return "Offer(…)"


@cache
def _issuer() -> str:
    city = regions.city_of(settings().city_dir)
    return f"{city.mark} {city.name.zh}"


def offer(actor: Actor, *, username: str, now: datetime, token: str = "") -> Offer:
    """A secret for an authenticator: a fresh one, or that of ``token``, so that a refused form shows the same again.

    Raises StepGone for a token that is over. Nothing is stored: the secret counts once its first code was typed.
    """
    assert actor.id is not None
    secret = rules.offered_secret(token, actor.id, now=now) if token else rules.new_secret()
    return Offer(
        rules.address_of(secret, issuer=_issuer(), account=username),
        rules.written(secret),
        token or rules.offer_token(secret, actor.id, now=now),
    )


async def enable_totp(
    db: Database, actor: Actor, *, token: str, password: str, code: str, address: str = "", now: datetime
) -> tuple[list[str], str]:
    """Put the offered secret in use after its first code, and give the recovery codes, shown this once, and the cookie
    under which the session of an administrator, or of an officer whom the SMS was not enough for, goes on: it has her
    duties from then on.

    From then on no SMS code opens the account. The password is asked for too: a screen left open is not enough.
    Raises StepGone, TypedInvalid, FactorMalformed, TotpWrong, PresentPasswordWrong, Locked, TotpOn, or
    FactorStands for whom an SMS alone let in. Two round trips, for an administrator three. Not idempotent: repeated it
    raises TotpOn, for the codes are kept as hashes alone; whose second click hid them renews them.
    """
    POLICY.require(actor, "identity.totp", Relation.ANY)
    assert actor.id is not None
    secret = rules.offered_secret(token, actor.id, now=now)
    first = _first_code(secret, code, actor.id, now=now)
    if not password:
        raise TypedInvalid({"present": N_("请输入现在的密码。")})
    owner, tried = await right_password(db, actor, password, address=address, now=now)
    codes = rules.new_recovery_codes()
    rises = actor.role is Role.ADMINISTRATOR or not actor.proven
    cookie, session = renewing(actor, duties=owner.duties, department=owner.department, now=now)
    done = await write(
        db,
        second_factors.setting_secret(
            actor.id, rules.seal_secret(secret, actor.id), first=sets_up(actor), now=now
        ),
        second_factors.marking_totp(actor.id, first, now=now),
        second_factors.dropping_recovery_codes(actor.id),
        second_factors.adding_recovery_codes(actor.id, _hashes(codes, actor.id), now=now),
        attempts.ending_tries(tried),
        *((session,) if rises else ()),
        audit.record(actor, "identity.enable_totp", subject=actor.id, reference=actor.id, now=now),
    )
    if done is None:
        raise FactorStands if sets_up(actor) else TotpOn
    return codes, await taken(db, cookie) if rises else ""


def _first_code(secret: bytes, code: str, who: UUID, *, now: datetime) -> bytes:
    """The hash of the offered secret's first code. Nobody guesses here: who types it has the secret before her."""
    typed = rules.code_typed(code, field="code")
    step = rules.matching_step(secret, typed, now=now)
    if step is None:
        raise TypedInvalid(
            {"code": N_("这不是新验证器上现在的口令。请看刚扫码添加的那一条，手机时间不准的请先校准。")}
        )
    return rules.totp_hash(typed, step, account=who)


def _hashes(codes: list[str], who: UUID) -> list[bytes]:
    return [rules.recovery_hash(code, account=who) for code in codes]


async def replace_totp(
    db: Database, actor: Actor, *, token: str, present: str, code: str, now: datetime
) -> None:
    """Put another authenticator in place of the present one, which (or a recovery code) is proved once more.

    The recovery codes stay. Raises StepGone, TypedInvalid and what :func:`prove` and :func:`take` raise. Two round
    trips; repeated it fails, its proof being used.
    """
    POLICY.require(actor, "identity.totp", Relation.ANY)
    assert actor.id is not None
    secret = rules.offered_secret(token, actor.id, now=now)
    first = _first_code(secret, code, actor.id, now=now)
    proof = await prove(db, actor.id, present, field="present", now=now)
    await take(
        db,
        proof,
        second_factors.replacing_secret(actor.id, rules.seal_secret(secret, actor.id), now=now),
        second_factors.marking_totp(actor.id, first, now=now),
        audit.record(actor, "identity.replace_totp", subject=actor.id, reference=actor.id, now=now),
        now=now,
    )


async def renew_recovery_codes(db: Database, actor: Actor, *, code: str, now: datetime) -> list[str]:
    """A fresh set of recovery codes in place of the old one, on a code of the authenticator; shown this once.

    A recovery code does not make others: who has found one must not lock its owner out. Not idempotent: the codes are
    kept as hashes alone, so repeated it raises TotpUsed, and whose second click hid them renews them once more. Raises
    what :func:`prove` and :func:`take` raise.
    """
    POLICY.require(actor, "identity.totp", Relation.ANY)
    assert actor.id is not None
    if rules.factor_typed(code, field="code").kind != "totp":
        raise TypedInvalid({"code": N_("换恢复码要用验证器上的 6 位动态口令。")})
    proof = await prove(db, actor.id, code, now=now)
    codes = rules.new_recovery_codes()
    try:
        await take(
            db,
            proof,
            second_factors.dropping_recovery_codes(actor.id),
            second_factors.adding_recovery_codes(actor.id, _hashes(codes, actor.id), now=now),
            audit.record(
                actor, "identity.renew_recovery_codes", subject=actor.id, reference=actor.id, now=now
            ),
            now=now,
        )
    except TotpUsed as used:
        raise TotpUsed(proof.field, renewing=True) from used
    return codes


async def remove_totp(db: Database, actor: Actor, *, code: str, now: datetime) -> None:
    """Give the authenticator up: the second factor is the SMS again. Raises as :func:`prove` and :func:`take` do, and
    FactorNeeded for whom an SMS is too little, who may only replace it."""
    POLICY.require(actor, "identity.totp", Relation.ANY)
    assert actor.id is not None
    if sms_is_too_little(actor):
        raise FactorNeeded
    proof = await prove(db, actor.id, code, now=now)
    await take(
        db,
        proof,
        second_factors.removing_secret(actor.id),
        audit.record(actor, "identity.remove_totp", subject=actor.id, reference=actor.id, now=now),
        now=now,
    )


async def reset_totp(db: Database, *, username: str, actor: Actor = SYSTEM, now: datetime) -> bool:
    """For the system administrator, when authenticator, recovery codes and passkeys are lost: the officer is back at
    the SMS.

    All her sessions end. False when she has none of these in use; raises PersonUnknown for an unknown name.
    """
    owner = await accounts.account_by_claim(db, keys.current().blind_index("username", username))
    if owner is None:
        raise PersonUnknown
    done = await write(
        db,
        second_factors.resetting_secret(owner.id),
        passkeys.ending_all(owner.id, now=now),
        second_factors.dropping_recovery_codes(owner.id),
        ending_others(owner.actor(), now=now),
        audit.record(actor, "identity.reset_totp", subject=owner.id, reference=owner.id, now=now),
    )
    return done is not None
