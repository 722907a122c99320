"""A session is opened: its parts, and the notice to its owner when the device is new."""

from __future__ import annotations

from datetime import datetime

from tongban import notices
from tongban.identity.model.known_devices import KNOWN_FOR, known, remembering
from tongban.identity.store import residence
from tongban.kit.db import Part
from tongban.kit.i18n import N_, both
from tongban.kit.ids import new_id
from tongban.kit.policy import Actor, Role
from tongban.kit.web.devices import device_of, device_words
from tongban.kit.web.places import place_of, place_words, way_words
from tongban.kit.web.sessions import making_room, opening_session
from tongban.kit.web.visit import DEVICE_COOKIE, visit


def opening(
    actor: Actor,
    *,
    opened_by: str,
    proved_at: datetime | None = None,
    now: datetime,
    always_told: bool = False,
) -> tuple[str, tuple[Part, ...]]:
    """The cookie of a new session and the parts that open it, for the write that proves who she is.

    A resident is told in her inbox of a log-in with a device that she has not used for 90 days, or, where
    ``always_told``, of every one, with the way to end it. Officers have no inbox.
    ``proved_at``: when she proved that it is she, where that was not just now.
    """
    session = new_id(actor.bucket)
    cookie, part = opening_session(actor, now=now, opened_by=opened_by, session=session, proved_at=proved_at)
    parts: tuple[Part, ...] = (part, making_room(actor, now=now))
    assert actor.id is not None
    if actor.role is not Role.RESIDENT:
        return cookie, parts
    parts = (*parts, residence.wanting(actor.id, now=now))
    if known(visit().device_cookie, actor.id, now=now) and not always_told:
        return cookie, parts
    told = notices.telling(
        recipient=actor.id,
        title=both(N_("新设备登录")),
        body=both(
            N_(
                "您的账户刚刚在 {device} 登录，方式：{way}，来自{place}。是您本人的，不用理会；"
                "不是的，请马上退出这台设备并修改密码。",
                device=device_words(device_of(visit().agent)),
                way=way_words(opened_by),
                place=place_words(place_of(visit().address)),
            )
        ),
        link=f"/my/account#session-{session}",
        now=now,
    )
    return cookie, (*parts, told)


def remember_device(actor: Actor, *, now: datetime) -> None:
    """Let this request's answer leave in the browser that its owner has logged in with it."""
    if actor.role is Role.RESIDENT and actor.id is not None:
        kept = remembering(visit().device_cookie, actor.id, now=now)
        visit().set_cookie(DEVICE_COOKIE, kept, max_age=int(KNOWN_FOR.total_seconds()))
