"""Hukou and residence 户籍、居住: where somebody is registered and where she lives are two things."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec

from tongban.identity.model.sealed import hukou_address_of, residence_address_of
from tongban.kit import keys
from tongban.kit.errors import Invalid, Unavailable
from tongban.kit.i18n import N_
from tongban.kit.policy import Relation, Role, Rule

#: 居住证: never had one, one that holds, one that has ended.
PermitState = Literal["none", "valid", "ended"]
#: Of one's own only: it names no record, so nobody else's can be meant, and who acts for another has no row.
RULES = (Rule("identity.ask_residence", Role.RESIDENT, Relation.ANY),)
#: So long after one question there is no other.
ASKED_AGAIN_AFTER = timedelta(hours=1)
#: Whoever logs in with an older answer has the register asked anew, by the worker.
OLD_AFTER = timedelta(days=180)


class Residence(msgspec.Struct, frozen=True):
    """Hukou 户籍 and residence 居住 as the register has them: areas as codes of GB/T 2260 with their names, empty where
    it knows none; addresses in the clear, to be sealed before they are kept."""

    hukou_area: str = ""
    hukou_area_name: str = ""
    hukou_address: str = ""
    residence_area: str = ""
    residence_area_name: str = ""
    residence_address: str = ""
    residence_since: date | None = None
    residence_permit_state: PermitState = "none"

    def __repr__(self) -> str:
        return "Residence(…)"

    def facts(self) -> dict[str, object]:
        """All but the addresses, as they are stored (JSON)."""
        told: dict[str, object] = msgspec.to_builtins(self)
        return {name: value for name, value in told.items() if not name.endswith("_address")}

    def sealed(self, owner: UUID) -> tuple[bytes, bytes]:
        """The two addresses as their columns keep them: of hukou, of residence."""
        ring = keys.current()
        return (
            ring.seal(self.hukou_address.encode(), hukou_address_of(owner)),
            ring.seal(self.residence_address.encode(), residence_address_of(owner)),
        )


def addresses_for(
    owner: UUID, sealed: tuple[bytes | None, bytes | None], *, of: UUID
) -> tuple[bytes | None, bytes | None]:
    """Two sealed addresses (of hukou, of residence) ``of`` one, sealed to ``owner`` instead; None stays None."""
    ring = keys.current()
    hukou, residence = sealed
    return (
        None if hukou is None else ring.seal(ring.open(hukou, hukou_address_of(of)), hukou_address_of(owner)),
        None
        if residence is None
        else ring.seal(ring.open(residence, residence_address_of(of)), residence_address_of(owner)),
    )


class Kept(msgspec.Struct, frozen=True):
    """What the account keeps of it: as the register had it at ``as_of``, and when it was last asked (UTC).

    ``residence`` is None while a first question is under way, or came to nothing.
    """

    residence: Residence | None
    as_of: datetime | None
    asked_at: datetime | None


class ResidenceUnasked(Unavailable):
    """The register does not answer: what is kept stays as it was."""

    def __init__(self) -> None:
        super().__init__(
            "residence-unasked",
            N_("人口库暂时没有应答，显示的还是上次查到的户籍和居住信息。请稍后再查。"),
            retry_after=60,
        )


class ResidenceUnknown(Invalid):
    """The register does not know a living person of this name and number any more."""

    def __init__(self) -> None:
        super().__init__(
            "residence-unknown",
            N_("人口库的登记与您的账户不一致，户籍和居住信息没有更新。请带证件到任一窗口核对。"),
        )
