"""A forgotten password 找回账号: what is typed, and the stand-in for who has no account. Pure rules."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from tongban.identity.model.people import open_name, paper_hash
from tongban.identity.model.refusals import TypedInvalid
from tongban.identity.model.typed import ENROLLING, cleaned_name
from tongban.kit import keys, papers
from tongban.kit.errors import TooMany, Words
from tongban.kit.i18n import N_
from tongban.kit.keys.ring import normalised
from tongban.kit.policy import Relation, Role, Rule

RULES = tuple(
    Rule("identity.recover", role, Relation.ANY) for role in (Role.VISITOR, Role.RESIDENT, Role.OFFICER)
)

#: A recovery ends the passkeys that are younger: whoever had the phone for a while, or its number anew, may have added
#: one to come back by. Older ones are the owner's way in when it is she whose phone was taken, and stay. Ours.
PASSKEYS_DOUBTED = timedelta(days=30)


class TooManyRecoveries(TooMany):
    """One paper's number was tried too often from one network, or one address tries too many."""

    def __init__(self, seconds: int) -> None:
        super().__init__(
            "too-many-recoveries",
            N_(
                "找回次数过多，请约 {minutes} 分钟后再试，或带证件到社区事务受理服务中心办理。",
                minutes=-(-seconds // 60),
            ),
            retry_after=seconds,
        )


def paper_typed(*, name: str, kind: str, number: str, country: str) -> tuple[str, papers.Paper]:
    """Name and paper as they are compared; raises TypedInvalid, whatever accounts there are."""
    name = cleaned_name(name)
    kind = kind if kind in ENROLLING else papers.CITIZEN
    number = normalised(number)
    if kind == papers.CITIZEN and papers.is_fifteen(number):
        number = papers.eighteen_digits(number)
    paper = papers.Paper(kind, number, country if kind == papers.PASSPORT else "")
    faults: dict[str, Words] = {}
    if not name:
        faults["name"] = N_("请填写姓名。")
    if not number:
        faults["id_number"] = N_("请填写证件号码。")
    if paper.of.by_country and not country:
        faults["country"] = N_("请选择护照的签发国家。")
    if faults:
        raise TypedInvalid(faults)
    return name, paper


def same_name(typed: str, *, sealed: bytes, owner: UUID) -> bool:
    """Whether this is the account's name; of a name in Latin letters their case does not matter."""
    return typed.upper() == open_name(sealed, owner).upper()


def nobody_for(paper: papers.Paper, name: str) -> UUID:
    """The stand-in for whoever these words find no account of: always the same one, and nobody's id.

    Its codes are made, counted and tried like anybody's, so that the answers and the work are the same; none is sent.
    """
    return UUID(bytes=keys.current().blind_index("nobody", f"{paper_hash(paper).hex()}.{name}")[:16])
