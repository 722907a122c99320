"""Verbs of the identity room."""

from tongban.identity.actions.accounts import actor_of, found, load_demo, paper_of, person, phone_sealed_of
from tongban.identity.actions.changing_password import change_password
from tongban.identity.actions.enrolling import enrol, finish_enrolment, forget, plug_register_check, retry
from tongban.identity.actions.growing import grown
from tongban.identity.actions.logging_in import (
    Opened,
    check_password,
    log_in,
    log_in_with_totp,
    log_out,
)
from tongban.identity.actions.second_factor import (
    Offer,
    enable_totp,
    offer,
    remove_totp,
    renew_recovery_codes,
    replace_totp,
    reset_totp,
    second_factor,
)
from tongban.identity.actions.sessions import end_other_sessions, end_session, own_sessions

__all__ = [
    "Offer",
    "Opened",
    "actor_of",
    "change_password",
    "check_password",
    "enable_totp",
    "end_other_sessions",
    "end_session",
    "enrol",
    "finish_enrolment",
    "forget",
    "found",
    "grown",
    "load_demo",
    "log_in",
    "log_in_with_totp",
    "log_out",
    "offer",
    "own_sessions",
    "paper_of",
    "person",
    "phone_sealed_of",
    "plug_register_check",
    "remove_totp",
    "renew_recovery_codes",
    "replace_totp",
    "reset_totp",
    "retry",
    "second_factor",
]
