"""Who makes the cards."""

from tongban.licences.providers.card_maker import (
    BatchUnknown,
    Card,
    CardMaker,
    Made,
    MakerAway,
    Ordered,
    OrdersRefused,
)

__all__ = ["BatchUnknown", "Card", "CardMaker", "Made", "MakerAway", "Ordered", "OrdersRefused"]
