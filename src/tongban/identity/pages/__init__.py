"""Pages of the identity room."""

from typing import Any

from tongban.identity.pages import (
    account,
    acting,
    enrolling,
    logging_in,
    passkey_log_in,
    passkeys,
    second_factor,
)
from tongban.identity.pages.logging_in import log_in_page

routes: list[Any] = [
    *logging_in.routes,
    *passkey_log_in.routes,
    *enrolling.routes,
    *account.routes,
    *passkeys.routes,
    *acting.routes,
    *second_factor.routes,
]

__all__ = ["log_in_page", "routes"]
