"""Who makes the cards, and who certifies the seals."""

from tongban.licences.providers.authority import AuthorityAway, EnrolmentRefused
from tongban.licences.providers.card_maker import (
    BatchUnknown,
    Card,
    CardMaker,
    Made,
    MakerAway,
    Ordered,
    OrdersRefused,
)

__all__ = [
    "AuthorityAway",
    "BatchUnknown",
    "Card",
    "CardMaker",
    "EnrolmentRefused",
    "Made",
    "MakerAway",
    "Ordered",
    "OrdersRefused",
]
