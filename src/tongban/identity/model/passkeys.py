"""Passkeys 通行密钥: who may keep them, what one is to its owner, and what is refused."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from tongban.identity.model.refusals import TypedInvalid
from tongban.kit.errors import Conflict, Forbidden, Invalid, NotFound
from tongban.kit.i18n import N_, Text
from tongban.kit.policy import STAFF, Relation, Role, Rule

#: Of one's own only: a form names a passkey by its id, and nobody else's is found by it.
RULES = tuple(Rule("identity.passkeys", role, Relation.ANY) for role in (Role.RESIDENT, *sorted(STAFF)))

#: So many of one account live at once.
MOST = 10
NAME_LENGTH = 40
#: Who logged in so lately, or typed her password so lately, need not prove once more to be herself.
FRESH = timedelta(minutes=10)

#: Where a passkey is kept, by the AAGUID that its maker publishes; of others nothing is said.
_KEPT_BY: dict[UUID, Text] = {
    UUID("fbfc3007-154e-4ecc-8c0b-6e020557d7bd"): Text("iCloud 钥匙串", "iCloud Keychain"),
    UUID("dd4ec289-e01d-41c9-bb89-70fa845d4bf2"): Text(
        "iCloud 钥匙串（受管理）", "iCloud Keychain (managed)"
    ),
    UUID("ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4"): Text("Google 密码管理工具", "Google Password Manager"),
    UUID("adce0002-35bc-c60a-648b-0b25f1f05503"): Text("Mac 上的 Chrome", "Chrome on Mac"),
    UUID("08987058-cadc-4b81-b6e1-30de50dcbe96"): Text("Windows Hello", "Windows Hello"),
    UUID("9ddd1817-af5a-4672-a2b9-3e3dd95000a9"): Text("Windows Hello", "Windows Hello"),
    UUID("6028b017-b1d4-4c02-b4b3-afcdafc96bb2"): Text("Windows Hello", "Windows Hello"),
    UUID("53414d53-554e-4700-0000-000000000000"): Text("三星 Pass", "Samsung Pass"),
    UUID("bada5566-a7aa-401f-bd96-45619a55120d"): Text("1Password", "1Password"),
    UUID("d548826e-79b4-db40-a3d8-11116f7e8349"): Text("Bitwarden", "Bitwarden"),
}


class Passkey(msgspec.Struct, frozen=True):
    """A passkey as its owner sees it; ``synced``: its keeper carries it to her other devices.

    ``blocked_at``: it was found copied and opens nothing any more.
    """

    id: UUID
    credential: bytes
    name: str
    aaguid: UUID
    transports: list[str]
    synced: bool
    backed_up: bool
    made_at: datetime
    last_used_at: datetime | None
    blocked_at: datetime | None

    def __repr__(self) -> str:
        return f"Passkey({self.id})"

    @property
    def kept_by(self) -> Text | None:
        """Where it is kept; None where its maker is not known."""
        return _KEPT_BY.get(self.aaguid)


def name_typed(text: str, *, taken: Collection[str] = ()) -> str:
    """A passkey's name, cleaned; raises TypedInvalid for none, a long one, or one that another passkey has."""
    name = " ".join(unicodedata.normalize("NFKC", text).split())
    name = "".join(sign for sign in name if unicodedata.category(sign)[0] != "C")
    if not name:
        raise TypedInvalid({"name": N_("请给这把通行密钥起个名字，例如“我的手机”。")})
    if len(name) > NAME_LENGTH:
        raise TypedInvalid({"name": N_("名字最多 {most} 个字，请短一些。", most=NAME_LENGTH)})
    if name in taken:
        raise TypedInvalid({"name": N_("另一把通行密钥已叫这个名字，请换一个。")})
    return name


class ChallengeGone(Invalid):
    """The challenge is over, was answered before, or belongs to another browser."""

    def __init__(self) -> None:
        super().__init__("passkey-challenge-gone", N_("这一次验证已超时或已用过。请再点一次按钮，重新验证。"))


class PasskeyRefused(Invalid):
    """What the browser sent does not verify; ``why`` is a word for the ledger and is told to nobody."""

    def __init__(self, why: str) -> None:
        super().__init__(
            "passkey-refused",
            N_("通行密钥没有通过验证。请确认是在本网站操作，再试一次；仍不行的，请改用密码。"),
        )
        self.why = why


class UserUnverified(Invalid):
    """The authenticator did not look who uses it."""

    why = "unverified"

    def __init__(self) -> None:
        super().__init__(
            "passkey-unverified",
            N_(
                "设备没有核对是不是您本人。请用指纹、面容或设备密码解锁后再试；没有这些的设备不能用通行密钥。"
            ),
        )


class PasskeyUnknown(Invalid):
    """No living passkey of that account; the same for an account that there is not."""

    def __init__(self) -> None:
        super().__init__(
            "passkey-unknown",
            N_("这把通行密钥没有登记，或者已被移除。请改用密码登录，再到“我的账户”里添加通行密钥。"),
        )


class NoSuchPasskey(NotFound):
    """None of one's own is or was this one."""

    def __init__(self) -> None:
        super().__init__("own-passkey-unknown", N_("没有这把通行密钥。请从“通行密钥”进入，看看现在有哪些。"))


class PasskeyBlocked(Forbidden):
    """The passkey was found copied: it opens nothing any more."""

    def __init__(self) -> None:
        super().__init__(
            "passkey-blocked",
            N_(
                "这把通行密钥可能被复制过，为保护账户已停用。请改用密码登录，移除它，再添加新的。"
                "如有疑问，请拨打热线。"
            ),
        )


class PasskeysFull(Conflict):
    """Ten passkeys live already."""

    def __init__(self) -> None:
        super().__init__(
            "passkeys-full", N_("最多登记 {most} 把通行密钥。请先移除不用的，再添加。", most=MOST)
        )


class PasskeyMerged(Conflict):
    """The account was merged into another: whoever has the passkey would come into the one that is followed only."""

    def __init__(self) -> None:
        super().__init__(
            "passkey-merged",
            N_(
                "这是合并前的账户，不能添加通行密钥。请先回到合并后的账户，在那里添加，两边的办件和证照都能打开。"
            ),
        )


class ProofNeeded(Forbidden):
    """The log-in is too long ago for this: the password is asked for once more."""

    def __init__(self) -> None:
        super().__init__("proof-needed", N_("距离登录已过 10 分钟。请先再输一次密码，然后添加通行密钥。"))
