"""What the reform room refuses."""

from __future__ import annotations

from datetime import date

from tongban.kit.errors import Invalid, NotFound, TooMany
from tongban.kit.i18n import N_


class ProcessUnknown(NotFound):
    """The list of re-engineered processes has no such one."""

    def __init__(self) -> None:
        super().__init__("process-unknown", N_("没有这个流程再造事项。请从列表进入。"))


class LedgerDepartmentUnknown(NotFound):
    """The city has no department of this kind."""

    def __init__(self) -> None:
        super().__init__("ledger-department-unknown", N_("没有这个部门的台账。请从改革台账的“按部门”进入。"))


class LedgerDayWrong(Invalid):
    """The ledger is asked for as of what is no day, of one to come, or of one before its baseline."""

    def __init__(self, first: date, today: date) -> None:
        super().__init__(
            "ledger-day-wrong",
            N_(
                "台账没有这一天的数。请写 {first} 到 {today} 之间的日期，例如 {today}。",
                first=first.isoformat(),
                today=today.isoformat(),
            ),
        )


class DownloadingTooFast(TooMany):
    """One address has the rows of too many days made."""

    def __init__(self, seconds: int) -> None:
        super().__init__(
            "downloading-too-fast",
            N_("下载太频繁，请 {seconds} 秒后再试。", seconds=seconds),
            retry_after=seconds,
        )


class ReformDataWrong(ValueError):  # noqa: N818 - named for what is wrong
    """A file of ``city/reform`` cannot be used; the message names file, line and fault."""
