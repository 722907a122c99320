"""Verbs of the identity room."""

from tongban.identity.actions.accounts import actor_of, id_number_of, load_demo, person, phone_sealed_of
from tongban.identity.actions.enrolling import enrol, finish_enrolment, forget, plug_register_check, retry
from tongban.identity.actions.logging_in import Opened, check_password, log_in, log_out

__all__ = [
    "Opened",
    "actor_of",
    "check_password",
    "enrol",
    "finish_enrolment",
    "forget",
    "id_number_of",
    "load_demo",
    "log_in",
    "log_out",
    "person",
    "phone_sealed_of",
    "plug_register_check",
    "retry",
]
