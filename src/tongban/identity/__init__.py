"""The identity room: residents checked against the population register, officers, and how both log in.

It owns the schema ``identity``. One person has one account (``identity.id_index``, keyed by HMAC). Names, ID and
phone numbers lie sealed. A log-in is a password, then an SMS code; an enrolment is typed, checked against the
register through the plugged :class:`RegisterCheck`, then proved by an SMS code. Other rooms ask :func:`person`,
and :func:`paper_of` under a standing purpose.
"""

from tongban.identity.actions import (
    Opened,
    actor_of,
    check_password,
    enrol,
    finish_enrolment,
    found,
    grown,
    load_demo,
    log_in,
    log_out,
    paper_of,
    person,
    phone_sealed_of,
    plug_item_names,
    plug_register_check,
    reset_totp,
    retry,
)
from tongban.identity.actions.accounts import holdings
from tongban.identity.actions.duties import Colleague, Posting, colleague_names, colleagues, post_to, posting
from tongban.identity.actions.stepping_up import must_reach, require_fresh
from tongban.identity.model import (
    POLICY,
    CheckResult,
    DemoOfficer,
    DemoPerson,
    Person,
    RegisterCheck,
)
from tongban.identity.model.people import paper_hash
from tongban.identity.model.refusals import AlreadyEnrolled, PersonUnknown, PurposeGone, RegisterAway
from tongban.identity.model.staff import DutiesApart
from tongban.identity.store.staff import Administrators, administrators

__all__ = [
    "POLICY",
    "Administrators",
    "AlreadyEnrolled",
    "CheckResult",
    "Colleague",
    "DemoOfficer",
    "DemoPerson",
    "DutiesApart",
    "Opened",
    "Person",
    "PersonUnknown",
    "Posting",
    "PurposeGone",
    "RegisterAway",
    "RegisterCheck",
    "actor_of",
    "administrators",
    "check_password",
    "colleague_names",
    "colleagues",
    "enrol",
    "finish_enrolment",
    "found",
    "grown",
    "holdings",
    "load_demo",
    "log_in",
    "log_out",
    "must_reach",
    "paper_hash",
    "paper_of",
    "person",
    "phone_sealed_of",
    "plug_item_names",
    "plug_register_check",
    "post_to",
    "posting",
    "require_fresh",
    "reset_totp",
    "retry",
]
