"""What an application is about, as far as an interested person 利害关系人 may know it: whose it is, and which place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

from tongban.cases.model.answers import (
    FIRM_ADDRESS,
    FIRM_CODE,
    FIRM_NAME,
    PLACE_ADDRESS,
    PLACE_NAME,
    by_element,
    firm_of,
    opened_of,
)
from tongban.kit.forms import Form
from tongban.kit.keys import Keys

_ELEMENTS = frozenset({FIRM_NAME, FIRM_CODE, PLACE_NAME, PLACE_ADDRESS, FIRM_ADDRESS})


class Matter(msgspec.Struct, frozen=True):
    """``applicant`` is the firm that applies by its name, a person masked; ``place`` the premises' name, ``address``
    theirs, else the firm's. Empty is what the item does not ask; where a person lives is never among it.
    """

    applicant: str
    place: str = ""
    address: str = ""


def matter_of(form: Form, stored: Mapping[str, Any], keys: Keys, *, case_id: UUID, masked: str) -> Matter:
    """The matter of a case by its answers as they are stored; ``masked`` is the applicant as the desk names her."""
    said = opened_of(form, stored, keys, case_id.bytes, elements=_ELEMENTS)
    firm, _ = firm_of(form, said)
    return Matter(
        applicant=firm or masked,
        place=by_element(form, said, PLACE_NAME),
        address=by_element(form, said, PLACE_ADDRESS) or by_element(form, said, FIRM_ADDRESS),
    )
