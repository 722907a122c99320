"""L2 by a social security card 社保卡核验, asked of the human resources register."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid5

from tongban import audit
from tongban.identity.actions.accounts import person
from tongban.identity.actions.levels import Raised, raise_level
from tongban.identity.model.levels import TooManyChecks, Way
from tongban.identity.model.rights import POLICY
from tongban.identity.model.social_cards import SocialCardInvalid, social_card_holds
from tongban.identity.providers import social
from tongban.identity.store import attempts
from tongban.kit import keys
from tongban.kit.db import Database, write
from tongban.kit.errors import Words
from tongban.kit.i18n import N_
from tongban.kit.ids import bucket_of, new_id
from tongban.kit.keys.ring import normalised
from tongban.kit.policy import Actor, Relation
from tongban.settings import settings

ITEM = "identity.social_card"
FIELDS = ("social.card",)
#: 个人信息保护法 (PIPL) art. 13(1)(1): consent, given by the tick on the form.
BASIS = "个人信息保护法第十三条第一款第一项：取得个人的同意"


async def check_social_card(
    db: Database, actor: Actor, *, card: str, agreed: bool, key: str, now: datetime
) -> Raised:
    """L2 by a social security card: card, name and number are asked of the register as one person's.

    Of the card its last four digits are kept. ``key`` is the form's: the same again is the same question and changes
    nothing more. Five tries a quarter of an hour. Raises SocialCardInvalid, TooManyChecks, SocialCardSaysNo,
    CheckAway. Three round trips besides the register's.
    """
    POLICY.require(actor, "identity.check_level", Relation.ANY)
    assert actor.id is not None
    number = normalised(card)
    faults: dict[str, Words] = {}
    if not social_card_holds(number):
        faults["card"] = N_("请填写卡面上的卡号：9 位，第一位是字母或数字，后面是数字；不是社会保障号码。")
    if not agreed:
        faults["agree"] = N_("需要您同意，才能把这些信息发给人力资源社会保障部门核验。")
    if faults:
        raise SocialCardInvalid(faults)
    purpose = new_id(bucket_of(actor.id))
    counted = await write(
        db,
        attempts.counting_enrolment(keys.current().blind_index("social", str(actor.id)), now=now),
        audit.opening_purpose(
            id=purpose,
            kind="own_act",
            subject=actor.id,
            reference=purpose,
            item=ITEM,
            fields=FIELDS,
            basis=BASIS,
            until=now + timedelta(minutes=5),
            now=now,
        ),
        audit.record(
            actor, "identity.ask_card", subject=actor.id, reference="social", purpose=purpose, now=now
        ),
    )
    if counted is None:
        raise TooManyChecks
    owner = await person(db, actor.id)
    reference = await social.verify(
        settings().sandbox_url,
        order=uuid5(actor.id, key),
        card=number,
        number=owner.id_number,
        name=owner.name,
    )
    return await raise_level(db, actor, way=Way.SOCIAL, reference=reference, seen=number[-4:], now=now)
