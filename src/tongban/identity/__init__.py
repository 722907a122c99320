"""The identity room: residents checked against the population register, officers, and how both log in.

It owns the schema ``identity``. One person has one account (``identity.id_index``, keyed by HMAC). Names, ID and
phone numbers lie sealed. A log-in is a password, then an SMS code; an enrolment is typed, checked against the
register through the plugged :class:`RegisterCheck`, then proved by an SMS code. Other rooms ask :func:`person`,
and :func:`paper_of` under a standing purpose.
"""

from tongban.identity.actions import (
    Opened,
    actor_of,
    agents_by_power,
    check_password,
    enrol,
    finish_enrolment,
    found,
    grown,
    guardians,
    load_demo,
    log_in,
    log_out,
    paper_of,
    person,
    phone_sealed_of,
    plug_act_kinds,
    plug_firm_check,
    plug_item_names,
    plug_parent_check,
    plug_register_check,
    reset_totp,
    retry,
    telling_guardians,
)
from tongban.identity.actions.accounts import holdings, masked_names
from tongban.identity.actions.closing import (
    ask_closing,
    call_off_closing,
    close_account,
    closing_of,
    erase,
    merged_accounts,
    take_back_closing,
)
from tongban.identity.actions.consenting import giving_consent, standing_consent, withdraw_consent
from tongban.identity.actions.cooling import must_have_cooled
from tongban.identity.actions.demo_firms import load_demo_firm
from tongban.identity.actions.duties import (
    Colleague,
    Posting,
    colleague_names,
    colleagues,
    hall_of,
    post_to,
    posting,
)
from tongban.identity.actions.figures import figures
from tongban.identity.actions.oidc_clients import load_clients, new_secret
from tongban.identity.actions.phone_only import ended_accounts, forget_ended, keep_phone_only
from tongban.identity.actions.residence import hukou_area, residence_for
from tongban.identity.actions.seeing import own_matter
from tongban.identity.actions.stepping_up import must_be_settled, must_reach, require_fresh, settled
from tongban.identity.model import (
    POLICY,
    CheckResult,
    DemoOfficer,
    DemoPerson,
    Firm,
    FirmCheck,
    FirmResult,
    Person,
    RegisterCheck,
)
from tongban.identity.model.acts import ActKind
from tongban.identity.model.copied import WORDS as COPY_WORDS
from tongban.identity.model.figures import Figures
from tongban.identity.model.firms import FirmClosed
from tongban.identity.model.founding import shown_in_words
from tongban.identity.model.hashes import spellings
from tongban.identity.model.kin import Named, ParentCheck, ParentResult
from tongban.identity.model.oidc import ClientsWrong
from tongban.identity.model.people import paper_hash
from tongban.identity.model.refusals import AlreadyEnrolled, PersonUnknown, PurposeGone, RegisterAway
from tongban.identity.model.residence import Residence
from tongban.identity.model.staff import ConsoleOrder, DutiesApart, StaffIncomplete, TwoDoIt
from tongban.identity.store.hashed import HASHED, OLDER, drop_older
from tongban.identity.store.keeping import (
    ATTEMPTS,
    CHILDREN,
    CODES,
    CONSENTS,
    DISPUTES,
    ENROLMENTS,
    FORMER_NAMES,
    LEVELS,
    POWERS,
    RECOVERIES,
)
from tongban.identity.store.powers import whose
from tongban.identity.store.sealed import SEALED
from tongban.identity.store.staff import Administrators, administrators
from tongban.identity.store.stuffing import pressure

__all__ = [
    "ATTEMPTS",
    "CHILDREN",
    "CODES",
    "CONSENTS",
    "COPY_WORDS",
    "DISPUTES",
    "ENROLMENTS",
    "FORMER_NAMES",
    "HASHED",
    "LEVELS",
    "OLDER",
    "POLICY",
    "POWERS",
    "RECOVERIES",
    "SEALED",
    "ActKind",
    "Administrators",
    "AlreadyEnrolled",
    "CheckResult",
    "ClientsWrong",
    "Colleague",
    "ConsoleOrder",
    "DemoOfficer",
    "DemoPerson",
    "DutiesApart",
    "Figures",
    "Firm",
    "FirmCheck",
    "FirmClosed",
    "FirmResult",
    "Named",
    "Opened",
    "ParentCheck",
    "ParentResult",
    "Person",
    "PersonUnknown",
    "Posting",
    "PurposeGone",
    "RegisterAway",
    "RegisterCheck",
    "Residence",
    "StaffIncomplete",
    "TwoDoIt",
    "actor_of",
    "administrators",
    "agents_by_power",
    "ask_closing",
    "call_off_closing",
    "check_password",
    "close_account",
    "closing_of",
    "colleague_names",
    "colleagues",
    "drop_older",
    "ended_accounts",
    "enrol",
    "erase",
    "figures",
    "finish_enrolment",
    "forget_ended",
    "found",
    "giving_consent",
    "grown",
    "guardians",
    "hall_of",
    "holdings",
    "hukou_area",
    "keep_phone_only",
    "load_clients",
    "load_demo",
    "load_demo_firm",
    "log_in",
    "log_out",
    "masked_names",
    "merged_accounts",
    "must_be_settled",
    "must_have_cooled",
    "must_reach",
    "new_secret",
    "own_matter",
    "paper_hash",
    "paper_of",
    "person",
    "phone_sealed_of",
    "plug_act_kinds",
    "plug_firm_check",
    "plug_item_names",
    "plug_parent_check",
    "plug_register_check",
    "post_to",
    "posting",
    "pressure",
    "require_fresh",
    "reset_totp",
    "residence_for",
    "retry",
    "settled",
    "shown_in_words",
    "spellings",
    "standing_consent",
    "take_back_closing",
    "telling_guardians",
    "whose",
    "withdraw_consent",
]
