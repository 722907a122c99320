"""Coming of age 年满十八周岁: a guardian's power has ended by itself, and each side is told what is next."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tongban import notices, regions
from tongban.identity.actions.telling import page_of, tell
from tongban.identity.store import accounts, powers
from tongban.kit.db import Database, Part
from tongban.kit.i18n import N_, Message
from tongban.notices import seal_phone
from tongban.settings import settings

_CHILD = (
    N_("您已年满 18 周岁，账户由您自己使用"),
    N_(
        "{name}不再是您的监护人，代办已经自动结束。请用您自己的手机号注册：您会接着用这个账户，办过的事、证照和消息都在。"
    ),
)
_GUARDIAN = (
    N_("{child}已年满 18 周岁"),
    N_(
        "您为{child}的代办已经自动结束，正在办理的不受影响。请告诉{child}：用自己的手机号注册，就能接着用原来的账户；"
        "之后可以再授权您代办。"
    ),
)
_TEXT = N_("【{mark}】{child}已年满18周岁，您的代办已自动结束。请转告其用自己的手机号注册，接着使用原账户。")


async def come_of_age(db: Database, child: UUID, power: UUID, *, now: datetime) -> list[Part]:
    """The parts that tell a child who is of age and whoever guarded it; none where the power has no agent."""
    found = await powers.power_of(db, power, who=child)
    if found is None or found.agent is None:
        return []
    words = {"name": found.agent_name, "child": found.principal_name}
    told = [
        tell(recipient, said, words, link=page_of(power), now=now)
        for recipient, said in ((child, _CHILD), (found.agent, _GUARDIAN))
    ]
    guardian = await accounts.person(db, found.agent)
    if guardian is None:
        return told
    mark = regions.city_of(settings().city_dir).mark
    text = notices.texting(
        recipient=guardian.id,
        phone_sealed=seal_phone(guardian.phone, guardian.id),
        words=str(Message(_TEXT.msgid, {"mark": mark, "child": found.principal_name})),
        template="identity.of_age",
        now=now,
    )
    return [*told, text]
