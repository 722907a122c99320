"""What the reform room refuses."""

from __future__ import annotations

from tongban.kit.errors import NotFound
from tongban.kit.i18n import N_


class ProcessUnknown(NotFound):
    """The list of re-engineered processes has no such one."""

    def __init__(self) -> None:
        super().__init__("process-unknown", N_("没有这个流程再造事项。请从列表进入。"))


class ReformDataWrong(ValueError):  # noqa: N818 - named for what is wrong
    """A file of ``city/reform`` cannot be used; the message names file, line and fault."""
