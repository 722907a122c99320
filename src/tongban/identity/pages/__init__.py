"""Pages of the identity room."""

from typing import Any

from tongban.identity.pages import (
    account,
    acting,
    changing_staff,
    children,
    consents,
    correcting,
    enrolling,
    firm_log_in,
    firms,
    helping,
    levels,
    logging_in,
    merging,
    oidc,
    oidc_systems,
    passkey_log_in,
    passkeys,
    policy,
    recovering,
    scanning,
    second_factor,
    staff,
    staff_ledger,
    stepping_up,
    vetting,
    window,
)
from tongban.identity.pages.logging_in import log_in_page
from tongban.identity.pages.stepping_up import step_up_page

routes: list[Any] = [
    *logging_in.routes,
    *passkey_log_in.routes,
    *enrolling.routes,
    *account.routes,
    *merging.routes,
    *passkeys.routes,
    *acting.routes,
    *recovering.routes,
    *scanning.routes,
    *firms.routes,
    *firm_log_in.routes,
    *children.routes,
    *helping.routes,
    *second_factor.routes,
    *levels.routes,
    *stepping_up.routes,
    *vetting.routes,
    *window.routes,
    *correcting.routes,
    *oidc.routes,
    *oidc_systems.routes,
    *consents.routes,
    *policy.routes,
    *staff_ledger.routes,
    *staff.routes,
    *changing_staff.routes,
]

__all__ = ["log_in_page", "routes", "step_up_page"]
