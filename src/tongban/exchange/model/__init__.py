"""Nouns of the exchange: resources as they are called, answers, the breaker, what is refused."""

from tongban.exchange.model.breaker import Breaker
from tongban.exchange.model.call import Answer, Call, Reached, Told, Wire, WireCheck, WireFirm, WireFirmCheck
from tongban.exchange.model.refusals import PurposeMissing, ResourceUnknown, SourceDown
from tongban.exchange.model.resource import FieldMapping, Resource, mapped

__all__ = [
    "Answer",
    "Breaker",
    "Call",
    "FieldMapping",
    "PurposeMissing",
    "Reached",
    "Resource",
    "ResourceUnknown",
    "SourceDown",
    "Told",
    "Wire",
    "WireCheck",
    "WireFirm",
    "WireFirmCheck",
    "mapped",
]
