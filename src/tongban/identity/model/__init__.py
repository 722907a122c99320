"""Nouns and rules of the identity room."""

from tongban.identity.model.check import CheckResult, RegisterCheck
from tongban.identity.model.firms import Firm, FirmCheck, FirmResult
from tongban.identity.model.people import Account, DemoOfficer, DemoPerson, Person
from tongban.identity.model.rights import POLICY

__all__ = [
    "POLICY",
    "Account",
    "CheckResult",
    "DemoOfficer",
    "DemoPerson",
    "Firm",
    "FirmCheck",
    "FirmResult",
    "Person",
    "RegisterCheck",
]
