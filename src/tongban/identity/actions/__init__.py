"""Verbs of the identity room."""

from tongban.identity.actions.accounts import actor_of, found, load_demo, paper_of, person, phone_sealed_of
from tongban.identity.actions.acting import powers_of, switch
from tongban.identity.actions.acts import acts_by, agents_by_power, plug_act_kinds
from tongban.identity.actions.answering import answer_power, replaced_by
from tongban.identity.actions.asking_register import plug_register_check
from tongban.identity.actions.changing_password import change_password
from tongban.identity.actions.children import (
    ask_again,
    claim_child,
    guardians,
    plug_parent_check,
    waiting_children,
)
from tongban.identity.actions.enrolling import enrol, finish_enrolment, forget, retry
from tongban.identity.actions.firm_changes import recheck_firms
from tongban.identity.actions.firm_successions import former_firms, take_over
from tongban.identity.actions.firms import ask_firms, bind_firm, firm_of, plug_firm_check, waiting_firms
from tongban.identity.actions.growing import grown
from tongban.identity.actions.guarding import telling_guardians
from tongban.identity.actions.helping import (
    begin_help,
    consent_of,
    help_of,
    helps_of,
    print_consent,
    sign_consent,
)
from tongban.identity.actions.logging_in import (
    Opened,
    check_password,
    log_in,
    log_in_with_totp,
    log_out,
)
from tongban.identity.actions.powers import (
    bind_powers,
    end_sessions,
    expire_powers,
    item_groups,
    item_names,
    offer_power,
    plug_item_names,
    power,
    renounce_power,
    revoke_power,
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
    "acts_by",
    "agents_by_power",
    "answer_power",
    "ask_again",
    "ask_firms",
    "begin_help",
    "bind_firm",
    "bind_powers",
    "change_password",
    "check_password",
    "claim_child",
    "consent_of",
    "enable_totp",
    "end_other_sessions",
    "end_session",
    "end_sessions",
    "enrol",
    "expire_powers",
    "finish_enrolment",
    "firm_of",
    "forget",
    "former_firms",
    "found",
    "grown",
    "guardians",
    "help_of",
    "helps_of",
    "item_groups",
    "item_names",
    "load_demo",
    "log_in",
    "log_in_with_totp",
    "log_out",
    "offer",
    "offer_power",
    "own_sessions",
    "paper_of",
    "person",
    "phone_sealed_of",
    "plug_act_kinds",
    "plug_firm_check",
    "plug_item_names",
    "plug_parent_check",
    "plug_register_check",
    "power",
    "powers_of",
    "print_consent",
    "recheck_firms",
    "remove_totp",
    "renew_recovery_codes",
    "renounce_power",
    "replace_totp",
    "replaced_by",
    "reset_totp",
    "retry",
    "revoke_power",
    "second_factor",
    "sign_consent",
    "switch",
    "take_over",
    "telling_guardians",
    "waiting_children",
    "waiting_firms",
]
