"""The portal room: home, "my" page, a person's rights over her data, the pattern library, and the API's words.

It owns the schema ``portal``: copies that people asked for, and their requests about
their data. All else it reads from the other rooms by their doors; what
each of them answers for a person is plugged in with :func:`plug_personal`.
"""

from tongban.portal.actions import openapi
from tongban.portal.actions.following import keep_requests
from tongban.portal.actions.holding import plug_personal
from tongban.portal.actions.keeping import check_keeping, overdue, plug_keepers
from tongban.portal.actions.own import erase, holdings
from tongban.portal.actions.requesting import check_rights
from tongban.portal.model import LOOKING
from tongban.portal.store.copies import ENDED
from tongban.portal.store.requests import whose
from tongban.portal.store.sealed import SEALED

__all__ = [
    "ENDED",
    "LOOKING",
    "SEALED",
    "check_keeping",
    "check_rights",
    "erase",
    "holdings",
    "keep_requests",
    "openapi",
    "overdue",
    "plug_keepers",
    "plug_personal",
    "whose",
]
