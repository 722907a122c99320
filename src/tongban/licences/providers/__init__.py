"""Who makes the cards."""

from tongban.licences.providers.card_maker import BatchUnknown, Card, CardMaker, Made, MakerAway, OrdersRefused, Ordered

__all__ = ["BatchUnknown", "Card", "CardMaker", "Made", "MakerAway", "Ordered", "OrdersRefused"]
