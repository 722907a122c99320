"""What this room tells people about powers and claims, in their inboxes and, of what was done in their name, by SMS."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from tongban import notices, regions
from tongban.identity.model import Person
from tongban.kit.db import Part
from tongban.kit.i18n import Message, both
from tongban.notices import seal_phone
from tongban.settings import settings

#: Title and body of a notice.
Said = tuple[Message, Message]


def tell(recipient: UUID, said: Said, words: Mapping[str, object], *, link: str, now: datetime) -> Part:
    """The part that puts the notice into the inbox; ``link`` is a local path."""
    title, body = (both(Message(one.msgid, dict(words))) for one in said)
    return notices.telling(recipient=recipient, title=title, body=body, link=link, now=now)


def text_deed(person: Person, words: Message, *, template: str, now: datetime) -> tuple[Part, ...]:
    """The part that texts somebody what was just done in her name, at a window or with her password and code; none
    where no phone is known.

    Whoever was impersonated has no page open, so she reads it in both languages, with the hotline;
    ``words`` takes ``mark`` and ``hotline``.
    """
    if not person.phone:
        return ()
    city = regions.city_of(settings().city_dir)
    told = both(Message(words.msgid, {"mark": city.mark, "hotline": city.hotline}))
    return (
        notices.texting(
            recipient=person.id,
            phone_sealed=seal_phone(person.phone, person.id),
            words=f"{told.zh} {told.en}",
            template=template,
            now=now,
        ),
    )


def page_of(power: UUID) -> str:
    """Where either side reads a power."""
    return f"/my/acting/{power}"
