"""The portal room: home, "my" page, a person's rights over her data, the pattern library, and the API's words.

It owns the schema ``portal``: copies that people asked for. All else it reads from the other rooms by their doors; what
each of them answers for a person is plugged in with :func:`plug_personal`.
"""

from tongban.portal.actions import openapi
from tongban.portal.actions.holding import plug_personal
from tongban.portal.actions.keeping import check_keeping, overdue, plug_keepers
from tongban.portal.store.copies import ENDED, erase, holdings
from tongban.portal.store.sealed import SEALED

__all__ = [
    "ENDED",
    "SEALED",
    "check_keeping",
    "erase",
    "holdings",
    "openapi",
    "overdue",
    "plug_keepers",
    "plug_personal",
]
