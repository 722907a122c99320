"""The notices room: what the house tells a person, in her inbox and by SMS.

It owns the schema ``notices``. It takes a recipient and words from its caller and knows no case. A notice is
a part of the caller's own write (:func:`telling`, :func:`texting`): it is told exactly when the thing happened.
An SMS goes out through the outbox (``notices.sms``), once per event at the gateway; number and words lie sealed
until then. Phone numbers are handed over sealed with :func:`seal_phone`.
"""

from tongban.notices.actions import inbox, many, outdating, read_notice, telling, texting, unread
from tongban.notices.model import (
    OF_LICENCE,
    POLICY,
    Notice,
    NoticeUnknown,
    Reach,
    SmsAway,
    SmsRefused,
    open_phone,
    phone_place,
    reach_of,
    seal_phone,
)
from tongban.notices.store import OLD, SEALED, erase, holdings, whose

__all__ = [
    "OF_LICENCE",
    "OLD",
    "POLICY",
    "SEALED",
    "Notice",
    "NoticeUnknown",
    "Reach",
    "SmsAway",
    "SmsRefused",
    "erase",
    "holdings",
    "inbox",
    "many",
    "open_phone",
    "outdating",
    "phone_place",
    "reach_of",
    "read_notice",
    "seal_phone",
    "telling",
    "texting",
    "unread",
    "whose",
]
