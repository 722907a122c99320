"""What this room tells people in their inboxes about powers and claims: one sentence pair, one set of words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from tongban import notices
from tongban.kit.db import Part
from tongban.kit.i18n import Message, both

#: Title and body of a notice.
Said = tuple[Message, Message]


def tell(recipient: UUID, said: Said, words: Mapping[str, object], *, link: str, now: datetime) -> Part:
    """The part that puts the notice into the inbox; ``link`` is a local path."""
    title, body = (both(Message(one.msgid, dict(words))) for one in said)
    return notices.telling(recipient=recipient, title=title, body=body, link=link, now=now)


def page_of(power: UUID) -> str:
    """Where either side reads a power."""
    return f"/my/acting/{power}"
