"""The archive 归档: an ended case is sealed into one package, appraised when its time comes, handed over, destroyed."""

from tongban.cases.actions.archiving.exporting import Export, export
from tongban.cases.actions.archiving.schedule import check_retention, schedule
from tongban.cases.actions.archiving.sealing import (
    PackageNotYet,
    archive,
    archive_due,
    note_ended,
    package_of,
)

__all__ = [
    "Export",
    "PackageNotYet",
    "archive",
    "archive_due",
    "check_retention",
    "export",
    "note_ended",
    "package_of",
    "schedule",
]
