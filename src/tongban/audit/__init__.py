"""The audit room: the tamper-evident ledger, and purposes — why a personal reading is lawful.

It owns the schema ``audit``. Every action joins :func:`record` to its write, so that act and line are one;
the worker seals the lines into hash chains within a second (:func:`seal`) and :func:`verify` names whatever
was altered, removed or slipped in afterwards. A purpose is opened and closed in the write of what it serves;
exchange and licences ask :func:`standing_purpose`, never for the case. A person sees who read her data on
``/my/readings``.
"""

from tongban.audit.actions.months import ensure_partitions
from tongban.audit.actions.noting import note_agents_reading, note_once
from tongban.audit.actions.proving import witness
from tongban.audit.actions.readings import acts_by_powers, readings_of, reads_without_purpose
from tongban.audit.actions.record import (
    Act,
    closing_purpose,
    many,
    opening_purpose,
    record,
    reopening_purpose,
    standing_purpose,
)
from tongban.audit.actions.seal import seal, unsealed_tail
from tongban.audit.actions.showing import PURPOSES, agents_of, herself, plug_agents, shown_readings
from tongban.audit.actions.verify import ExportUnreadable, export, verify, verify_export
from tongban.audit.model import (
    POLICY,
    Done,
    DoneAsked,
    NameKind,
    Naming,
    PersonalDataInLedger,
    Purpose,
    Reading,
)
from tongban.audit.model.naming import action_name, name_of, plug_names
from tongban.audit.model.report import Finding, Report
from tongban.audit.store.acts import StaffAct, StaffActsAsked, acts_of_staff, acts_upon
from tongban.audit.store.ledger import erase, holdings

__all__ = [
    "POLICY",
    "PURPOSES",
    "Act",
    "Done",
    "DoneAsked",
    "ExportUnreadable",
    "Finding",
    "NameKind",
    "Naming",
    "PersonalDataInLedger",
    "Purpose",
    "Reading",
    "Report",
    "StaffAct",
    "StaffActsAsked",
    "action_name",
    "acts_by_powers",
    "acts_of_staff",
    "acts_upon",
    "agents_of",
    "closing_purpose",
    "ensure_partitions",
    "erase",
    "export",
    "herself",
    "holdings",
    "many",
    "name_of",
    "note_agents_reading",
    "note_once",
    "opening_purpose",
    "plug_agents",
    "plug_names",
    "readings_of",
    "reads_without_purpose",
    "record",
    "reopening_purpose",
    "seal",
    "shown_readings",
    "standing_purpose",
    "unsealed_tail",
    "verify",
    "verify_export",
    "witness",
]
