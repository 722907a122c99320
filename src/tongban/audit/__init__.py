"""The audit room: the tamper-evident ledger, and purposes — why a personal reading is lawful.

It owns the schema ``audit``. Every action joins :func:`record` to its write, so that act and line are one;
the worker seals the lines into hash chains within a second (:func:`seal`) and :func:`verify` names whatever
was altered, removed or slipped in afterwards. A purpose is opened and closed in the write of what it serves;
exchange and licences ask :func:`standing_purpose`, never for the case. A person sees who read her data on
``/my/readings``.
"""

from tongban.audit.actions.record import closing_purpose, opening_purpose, record, standing_purpose
from tongban.audit.model import POLICY, PersonalDataInLedger, Purpose, Reading

__all__ = [
    "POLICY",
    "PersonalDataInLedger",
    "Purpose",
    "Reading",
    "closing_purpose",
    "opening_purpose",
    "record",
    "standing_purpose",
]
