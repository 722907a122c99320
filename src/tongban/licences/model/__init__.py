"""Nouns and rules of the licences room; no input, no output, no clock."""

from tongban.licences.model.identifier import Identifier, Malformed, check, make, parse
from tongban.licences.model.licence import (
    Licence,
    LicenceType,
    Validity,
    last_day,
    moved,
    opened,
    row_holds,
    sealed,
    signed,
    signed_octets,
    state_on,
)
from tongban.licences.model.states import LIFE, STATE_TONES, STATE_WORDS, Move, MoveRefused, State, after

__all__ = [
    "LIFE",
    "STATE_TONES",
    "STATE_WORDS",
    "Identifier",
    "Licence",
    "LicenceType",
    "Malformed",
    "Move",
    "MoveRefused",
    "State",
    "Validity",
    "after",
    "check",
    "last_day",
    "make",
    "moved",
    "opened",
    "parse",
    "row_holds",
    "sealed",
    "signed",
    "signed_octets",
    "state_on",
]
