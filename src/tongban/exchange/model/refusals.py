"""What the exchange refuses, and what it says when a source is away."""

from __future__ import annotations

from tongban.kit.errors import Forbidden, Unavailable
from tongban.kit.i18n import N_, Text


class PurposeMissing(Forbidden):
    """No purpose stands that covers this reading (PIPL art. 6): nothing was read, and the attempt is in the ledger."""

    def __init__(self) -> None:
        super().__init__("purpose-missing", N_("没有有效的用途，不能读取这项个人信息。本次尝试已记录。"))


class SourceDown(Unavailable):
    """A source does not answer. ``source`` says who it is; the matter goes on with a stated ask or a later check."""

    def __init__(self, resource: str, source: Text) -> None:
        super().__init__(
            "source-down",
            N_("“{source}”暂时没有回应。您可以先继续填写，我们稍后再核对。", source=source),
            retry_after=10,
        )
        self.resource = resource
        self.source = source


class ResourceUnknown(LookupError):  # noqa: N818 - named for what it is
    """No such resource, or it does not tell such a field: a bug of whoever asks."""
