"""A forgotten password 找回账号: paper, name and a code to the registered phone set a new one, and prove L1 only."""

from __future__ import annotations

import hmac
from datetime import datetime
from uuid import UUID

from tongban import audit, notices
from tongban.identity.actions import passwords
from tongban.identity.actions.codes import new_code, words_of
from tongban.identity.actions.sending import must_be_sendable
from tongban.identity.actions.steps import step_of, step_token
from tongban.identity.model import Account
from tongban.identity.model.codes import (
    LIFETIME,
    TRIES,
    Act,
    Sent,
    code_hash,
    digits_typed,
    seconds_to_wait,
    sending,
)
from tongban.identity.model.known_devices import known
from tongban.identity.model.people import LEVEL_CHECKED, open_id_number, paper_hash
from tongban.identity.model.recovering import PASSKEYS_DOUBTED, TooManyRecoveries, nobody_for, same_name
from tongban.identity.model.refusals import (
    CodeUsed,
    CodeWrong,
    PasswordUnchanged,
    TooManyCodes,
    TooSoon,
    TypedInvalid,
)
from tongban.identity.model.sending import Counted, TooManyTexts
from tongban.identity.model.steps import Step
from tongban.identity.model.typed import network_of, password_fault
from tongban.identity.store import attempts, merging, passkeys, powers, recovering, scanning
from tongban.kit import keys, papers
from tongban.kit.db import Database, Part, write
from tongban.kit.i18n import Text
from tongban.kit.policy import VISITOR
from tongban.kit.web import visit
from tongban.kit.web.sessions import ending_others
from tongban.notices import open_phone, seal_phone

_TITLE = Text("登录密码已重设", "Your password was set anew")
_BODY = Text(
    "您的登录密码刚刚通过“找回账号”重设，所有设备上的登录已全部退出，最近 30 天添加的通行密钥已停用，"
    "对方还没有接受的授权已经收回，实名等级暂为 L1，下一次更高等级的核验后恢复。"
    "更早的通行密钥仍可登录，请核对是不是您的。如果不是您本人操作，请立即拨打热线。",
    "Your password has just been set anew by “Recover your account”, and you were logged out everywhere. Passkeys "
    "of the last 30 days have ended, powers that nobody had accepted yet were taken back, and your level is L1 until "
    "the next higher check. Older passkeys still log in: check that they are yours. If this was not you, call the "
    "hotline at once.",
)


async def ask_recovery(
    db: Database, *, name: str, paper: papers.Paper, address: str = "", now: datetime
) -> str:
    """First step: gives the token of the next one. A code goes to the registered phone where paper and name fit.

    Whether they do is not told: for who has no account, and for a wrong name, a stand-in's code is made, queued and
    never sent, by the same statements. Five tries in a row for one paper from one network, then a quarter of an hour;
    four codes of one person from one network a day. A browser that has opened the account before has codes of its own:
    no stranger uses them up, counts against them or makes them void. Raises TooManyRecoveries, TooManyTexts. Three
    round trips.
    """
    hash_ = paper_hash(paper)
    key = keys.current().blind_index("recover", f"{hash_.hex()}.{network_of(address).hex()}")
    nobody = nobody_for(paper, name)
    sought = await recovering.seek(db, hash_, key=key, nobody=nobody, now=now)
    who, phone_sealed = nobody, None
    if sought.account is not None:
        assert sought.name_sealed is not None
        if same_name(name, sealed=sought.name_sealed, owner=sought.account):
            who, phone_sealed = sought.account, sought.phone_sealed
    own = known(visit().device_cookie, who, now=now)
    if sought.count > attempts.MOST and not own:
        assert sought.locked_until is not None
        raise TooManyRecoveries(max(1, int((sought.locked_until - now).total_seconds())))
    act = _act(own)
    try:
        code = await _code_parts(db, who, act, sought.sent.get((who, act)), phone_sealed, now=now)
    except TooManyCodes:  # told it would tell that there is an account: the same page, and no code
        code = ()
    await write(
        db,
        Part("SELECT 1 AS noted"),
        *code,
        audit.record(VISITOR, "identity.ask_recovery", subject=who, reference="recover", now=now),
    )
    return step_token(Step("recover", who, now, "", own=own))


def _act(own: bool) -> Act:
    return "recover_own" if own else "recover"


async def _code_parts(
    db: Database, who: UUID, act: Act, before: Sent | None, phone_sealed: bytes | None, *, now: datetime
) -> tuple[Part, ...]:
    """The parts that make a code and queue its message; a stand-in's is worthless at once and dropped by the queue."""
    if seconds_to_wait(before, now=now):
        return ()
    sent = sending(before, now=now)
    to = (open_phone(phone_sealed, who) if phone_sealed else "") or who.hex
    try:
        await must_be_sendable(db, act=act, to=to, now=now)
    except TooManyTexts as full:
        if full.by is not Counted.PHONE:
            raise
        return ()  # told it would tell that there is an account: the same page, and no code
    code = new_code()
    return (
        attempts.sending_code(who, act, code_hash(code, account=who, act=act), sent),
        notices.outdating(recipient=who, template=f"identity.{act}", now=now),
        notices.texting(
            recipient=who,
            phone_sealed=phone_sealed or seal_phone("00000000000", who),
            words=words_of(act, code=code),
            template=f"identity.{act}",
            now=now,
            until=now + LIFETIME if phone_sealed else now,
        ),
    )


async def send_again(db: Database, token: str, *, now: datetime) -> None:
    """Another code for the step. Raises StepGone, TooSoon, TooManyCodes, TooManyTexts, for a stand-in too."""
    step = step_of(token, "recover", now=now)
    who, act = step.account, _act(step.own)
    before, phone_sealed = await attempts.last_code(db, who, act)
    if wait := seconds_to_wait(before, now=now):
        raise TooSoon(wait)
    await write(
        db,
        Part("SELECT 1 AS noted"),
        *await _code_parts(db, who, act, before, phone_sealed, now=now),
        audit.record(VISITOR, "identity.resend_code", subject=who, reference="recover", now=now),
    )


async def recover(db: Database, *, step: str, code: str, new: str, now: datetime) -> None:
    """Second step: the right code sets the new password, and ends every session, every check above L1, every passkey of
    the last 30 days and every offer of a power that nobody accepted yet: whoever opened the account may have made it.

    So it does in each account that was merged into hers: whoever opens the one goes into the others. Told in the inbox
    and by SMS to the phone. Raises StepGone, TypedInvalid, PasswordUnchanged and the code's sentences; who has no
    account hears the same ones as who types a wrong code. Four round trips.
    """
    asked = step_of(step, "recover", now=now)
    who, act = asked.account, _act(asked.own)
    if fault := password_fault(new, own=()):
        raise TypedInvalid({"new": fault})
    digits = digits_typed(code)
    tried, owner = await attempts.try_code(db, who, act, now=now)
    expected = tried.must_count(now=now)
    given = code_hash(digits, account=who, act=act)
    if owner is None or not hmac.compare_digest(given, expected):
        await _note_failure(db, who, tried.tries or TRIES, now=now)
        raise CodeWrong(TRIES - (tried.tries or TRIES))
    await _must_not_be_own(db, owner, new)
    actor = owner.actor()
    hers = await merging.accounts_of(db, who)
    done = await write(
        db,
        attempts.using_code(who, act, expected, now=now),
        recovering.setting_password(hers, await passwords.hashed(new), level=LEVEL_CHECKED, now=now),
        recovering.ending_checks(hers, now=now),
        ending_others(actor, accounts=hers, now=now),
        scanning.ending(hers, now=now),
        passkeys.ending_young(hers, since=now - PASSKEYS_DOUBTED, now=now),
        powers.taking_back_offers(*hers, now=now),
        audit.record(actor, "identity.recover", subject=who, reference=who, now=now),
        notices.telling(recipient=who, title=_TITLE, body=_BODY, link="/my/account", now=now),
        notices.texting(
            recipient=who,
            phone_sealed=owner.phone_sealed,
            words=words_of("recovered", code=""),
            template="identity.recovered",
            now=now,
        ),
    )
    if done is None:
        raise CodeUsed


async def _must_not_be_own(db: Database, owner: Account, new: str) -> None:
    own = [open_phone(owner.phone_sealed, owner.id)]
    sealed = await recovering.id_number_sealed(db, owner.id)
    if sealed is not None:
        own.append(open_id_number(sealed, owner.id))
    if fault := password_fault(new, own=own):
        raise TypedInvalid({"new": fault})
    if owner.password and await passwords.holds(
        owner.password, new
    ):  # whoever it was told to goes on knowing it
        raise PasswordUnchanged


async def _note_failure(db: Database, who: UUID, tries: int, *, now: datetime) -> None:
    await write(
        db,
        Part("SELECT 1 AS noted"),
        audit.record(
            VISITOR,
            "identity.fail_code",
            subject=who,
            reference="recover",
            detail={"tries": tries},
            now=now,
        ),
    )
