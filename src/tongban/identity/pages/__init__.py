"""Pages of the identity room."""

from typing import Any

from tongban.identity.pages import (
    account,
    acting,
    consents,
    enrolling,
    levels,
    logging_in,
    passkey_log_in,
    passkeys,
    second_factor,
    stepping_up,
    vetting,
)
from tongban.identity.pages.logging_in import log_in_page
from tongban.identity.pages.stepping_up import step_up_page

routes: list[Any] = [
    *logging_in.routes,
    *passkey_log_in.routes,
    *enrolling.routes,
    *account.routes,
    *passkeys.routes,
    *acting.routes,
    *second_factor.routes,
    *levels.routes,
    *stepping_up.routes,
    *vetting.routes,
    *consents.routes,
]

__all__ = ["log_in_page", "routes", "step_up_page"]
