"""Nouns and rules of the licences room; no input, no output, no clock."""

from tongban.licences.model.claims import Claims, claims_of, masked_number, short_hash
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
from tongban.licences.model.pace import Pace
from tongban.licences.model.policy import POLICY
from tongban.licences.model.refusals import (
    LicenceMovedOn,
    LicenceUnknown,
    ReasonMissing,
    RowAltered,
    VerifyingTooFast,
)
from tongban.licences.model.states import (
    BY_OFFICER,
    CONSEQUENCES,
    LIFE,
    STATE_TONES,
    STATE_WORDS,
    Move,
    MoveRefused,
    State,
    after,
)
from tongban.licences.model.verdict import DETAILS, ENDED, Finding, Shown, Verdict, judged

__all__ = [
    "BY_OFFICER",
    "CONSEQUENCES",
    "DETAILS",
    "ENDED",
    "LIFE",
    "POLICY",
    "STATE_TONES",
    "STATE_WORDS",
    "Claims",
    "Finding",
    "Identifier",
    "Licence",
    "LicenceMovedOn",
    "LicenceType",
    "LicenceUnknown",
    "Malformed",
    "Move",
    "MoveRefused",
    "Pace",
    "ReasonMissing",
    "RowAltered",
    "Shown",
    "State",
    "Validity",
    "Verdict",
    "VerifyingTooFast",
    "after",
    "check",
    "claims_of",
    "judged",
    "last_day",
    "make",
    "masked_number",
    "moved",
    "opened",
    "parse",
    "row_holds",
    "sealed",
    "short_hash",
    "signed",
    "signed_octets",
    "state_on",
]
