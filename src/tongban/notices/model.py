"""Nouns of the notices room: notices, sealed phone numbers, and what is refused."""

from __future__ import annotations

from base64 import b64decode, b64encode
from uuid import UUID

import msgspec

from tongban.kit import keys
from tongban.kit.acting import Errand, Eyes
from tongban.kit.clock import Instant
from tongban.kit.errors import NotFound
from tongban.kit.i18n import N_, Text
from tongban.kit.outbox import AwayForNow, RefusedForGood
from tongban.kit.policy import Actor, Policy, Relation, Role, Rule

POLICY = Policy(
    (
        Rule("notices.inbox", Role.RESIDENT, Relation.OWN, phone_only=True),
        *(
            Rule(action, Role.RESIDENT, Relation.DELEGATED, errand=Errand.FOLLOW)
            for action in ("notices.inbox", "notices.read_notice")
        ),
        Rule("notices.read_notice", Role.RESIDENT, Relation.OWN, phone_only=True),
    )
)

#: Notices on one page of the inbox.
PAGE = 20
#: Above so many unread notices the count says "99+".
MOST_COUNTED = 100
#: Characters that the gateway takes in one SMS.
LONGEST_SMS = 500


#: The ``item`` of a notice about a licence, whose type several items may give: who acts for its holder in everything
#: reads it too. No item of the catalogue is named so.
OF_LICENCE = "licence:"


class Reach(msgspec.Struct, frozen=True):
    """How much of an inbox somebody reads 消息范围.

    ``items``: about these alone, where a power is limited to them; None: about any. ``own``: what is about no item too:
    log-ins, devices, phones, powers, requests for one's data. ``licences``: what is about licences.
    """

    items: frozenset[str] | None = None
    own: bool = True
    licences: bool = True


#: All that somebody was told.
WHOLE = Reach()


def reach_of(actor: Actor) -> Reach:
    """How much of the inbox this actor reads: an agent for a person no more than her power needs (个人信息保护法 art.
    6), a guardian, whoever acts for a firm, and the person herself everything."""
    if actor.acting is None or actor.eyes is not Eyes.AGENT:
        return WHOLE if actor.acting is None else Reach(actor.acting.items)
    return Reach(actor.acting.items, own=False, licences=actor.acting.allows(Errand.LICENCES))


class Notice(msgspec.Struct, frozen=True):
    """One notice in an inbox 站内信: words in both languages, and a local link to what it is about."""

    id: UUID
    title: Text
    body: Text
    link: str
    at: Instant
    read_at: Instant | None


class NoticeUnknown(NotFound):
    """No such notice in this person's inbox."""

    def __init__(self) -> None:
        super().__init__("notice-unknown", N_("没有找到这条消息，它可能不属于当前账号。"))


class SmsAway(AwayForNow):
    """The SMS gateway did not take the message; the outbox tries again."""


class SmsRefused(RefusedForGood):
    """The SMS gateway will never take this message, a number that is none for example; trying again is no use."""


def fitting(words: str) -> str:
    """An SMS text that the gateway takes: what is too long ends with where the whole stands."""
    if len(words) <= LONGEST_SMS:
        return words
    rest = str(N_("……全文请登录后在“消息”里查看。"))
    return words[: LONGEST_SMS - len(rest)].rstrip() + rest


def phone_place(recipient: UUID) -> bytes:
    """What a phone number is sealed to."""
    return b"notices.phone\x1f" + recipient.bytes


def words_place(recipient: UUID) -> bytes:
    """What an SMS on its way is sealed to."""
    return b"notices.words\x1f" + recipient.bytes


def seal_phone(phone: str, recipient: UUID) -> bytes:
    """A phone number sealed for its owner: it opens only together with this recipient's id."""
    return keys.current().seal(phone.encode(), phone_place(recipient))


def open_phone(sealed: bytes, recipient: UUID) -> str:
    """The number again; raises keys.SealBroken for another recipient's."""
    return keys.current().open(sealed, phone_place(recipient)).decode()


def seal_words(words: str, recipient: UUID) -> str:
    """An SMS text as it lies in the outbox: it may hold a log-in code. Base64."""
    return b64encode(keys.current().seal(words.encode(), words_place(recipient))).decode()


def open_words(sealed: str, recipient: UUID) -> str:
    """The text again."""
    return keys.current().open(b64decode(sealed), words_place(recipient)).decode()
