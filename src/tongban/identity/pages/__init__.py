"""Pages of the identity room."""

from typing import Any

from tongban.identity.pages import (
    account,
    acting,
    changing_staff,
    children,
    consents,
    correcting,
    duplicates,
    enrolling,
    faces,
    firm_log_in,
    firms,
    helping,
    levels,
    logging_in,
    merging,
    oidc,
    oidc_systems,
    own_phone,
    passkey_log_in,
    passkeys,
    recovering,
    scanning,
    second_factor,
    staff,
    stepping_up,
    vetting,
    window,
    window_recovering,
)
from tongban.identity.pages.logging_in import log_in_page
from tongban.identity.pages.stepping_up import step_up_page

routes: list[Any] = [
    *logging_in.routes,
    *passkey_log_in.routes,
    *enrolling.routes,
    *duplicates.routes,
    *account.routes,
    *merging.routes,
    *passkeys.routes,
    *own_phone.routes,
    *acting.routes,
    *recovering.routes,
    *scanning.routes,
    *firms.routes,
    *firm_log_in.routes,
    *children.routes,
    *helping.routes,
    *second_factor.routes,
    *levels.routes,
    *faces.routes,
    *stepping_up.routes,
    *vetting.routes,
    *window.routes,
    *window_recovering.routes,
    *correcting.routes,
    *oidc.routes,
    *oidc_systems.routes,
    *consents.routes,
    *staff.routes,
    *changing_staff.routes,
]

__all__ = ["log_in_page", "routes", "step_up_page"]
