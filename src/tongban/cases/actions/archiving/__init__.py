"""The archive 归档: an ended case is sealed into one package, appraised when its time comes, handed over, destroyed."""

from tongban.cases.actions.archiving.appraising import (
    appraise,
    archived_case,
    archives,
    destroyed,
    due_archives,
    retention_class,
)
from tongban.cases.actions.archiving.exporting import Export, export
from tongban.cases.actions.archiving.schedule import check_retention, schedule
from tongban.cases.actions.archiving.sealing import (
    PackageNotYet,
    archive,
    archive_anew,
    archive_due,
    note_ended,
    package_of,
)

__all__ = [
    "Export",
    "PackageNotYet",
    "appraise",
    "archive",
    "archive_anew",
    "archive_due",
    "archived_case",
    "archives",
    "check_retention",
    "destroyed",
    "due_archives",
    "export",
    "note_ended",
    "package_of",
    "retention_class",
    "schedule",
]
