"""Nouns of the audit room: ledger entries, their hashes, purposes, readings, the verifier's report."""

from tongban.audit.model.entry import Entry, EntryKind, PersonalDataInLedger, check_detail
from tongban.audit.model.policy import POLICY
from tongban.audit.model.purpose import Purpose, PurposeKind
from tongban.audit.model.reading import Done, DoneAsked, NameKind, Naming, Reading

__all__ = [
    "POLICY",
    "Done",
    "DoneAsked",
    "Entry",
    "EntryKind",
    "NameKind",
    "Naming",
    "PersonalDataInLedger",
    "Purpose",
    "PurposeKind",
    "Reading",
    "check_detail",
]
