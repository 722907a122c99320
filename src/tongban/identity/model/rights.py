"""Who may do what in the identity room."""

from __future__ import annotations

from tongban.identity.model import (
    children,
    closing,
    consent,
    faces,
    firms,
    founding,
    helping,
    oidc,
    own_phone,
    passkeys,
    powers,
    recovering,
    residence,
    scanning,
    window_merging,
    window_recovering,
)
from tongban.identity.model.corrections import RULES as CORRECTIONS
from tongban.identity.model.duplicates import RULES as DUPLICATES
from tongban.identity.model.levels import RULES as LEVELS
from tongban.identity.model.merging import RULES as MERGING
from tongban.identity.model.oidc_registered import RULES as OIDC_REGISTERED
from tongban.identity.model.policy_view import RULES as POLICY_VIEW
from tongban.identity.model.staff import RULES as STAFF_RULES
from tongban.identity.model.window import RULES as WINDOW
from tongban.kit.policy import ANYBODY, Policy, Relation, Role, Rule

POLICY = Policy(
    (
        *(
            Rule(action, role, Relation.ANY)
            for action in (
                "identity.log_in",
                "identity.log_in_staff",
                "identity.enrol",
                "identity.log_out",
                "identity.session",
            )
            for role in ANYBODY
        ),
        *powers.RULES,
        *scanning.RULES,
        *recovering.RULES,
        *firms.RULES,
        *children.RULES,
        *helping.RULES,
        Rule("identity.account", Role.RESIDENT, Relation.OWN, phone_only=True),
        *(
            Rule(action, role, Relation.ANY)
            for action in ("identity.staff_account", "identity.totp")
            for role in (Role.OFFICER, Role.ADMINISTRATOR)
        ),
        # Of one's own only: neither names a record, so nobody else's can be meant.
        *(
            Rule(action, role, Relation.ANY, phone_only=role is Role.RESIDENT)
            for action in ("identity.end_session", "identity.change_password")
            for role in (Role.RESIDENT, Role.OFFICER, Role.ADMINISTRATOR)
        ),
        *passkeys.RULES,
        *own_phone.RULES,
        *residence.RULES,
        *faces.RULES,
        *LEVELS,
        *CORRECTIONS,
        *MERGING,
        *DUPLICATES,
        *oidc.RULES,
        *closing.RULES,
        *consent.RULES,
        *STAFF_RULES,
        *POLICY_VIEW,
        *OIDC_REGISTERED,
        *WINDOW,
        *window_recovering.RULES,
        *window_merging.RULES,
        *founding.RULES,
    )
)
