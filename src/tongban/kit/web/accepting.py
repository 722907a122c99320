"""Which format a program takes: the API speaks JSON, and says so to whoever asks for something else."""

from __future__ import annotations

from tongban.kit.errors import NotAcceptable
from tongban.kit.i18n import N_

#: How exactly a range of ``Accept`` names JSON; the most exact one counts (RFC 9110, 12.5.1).
_EXACTNESS = {"*/*": 1, "application/*": 2, "application/json": 3}


class JsonOnly(NotAcceptable):
    """The caller takes no JSON."""

    def __init__(self) -> None:
        super().__init__(
            "not-acceptable", N_("接口只提供 JSON：请求头 Accept 请写 application/json 或 */*。")
        )


def must_take_json(accept: str) -> None:
    """Raise JsonOnly when an ``Accept`` header rules JSON out; an empty one takes everything."""
    ranges = [_range(one) for one in accept.split(",") if one.strip()]
    if not ranges:
        return
    known = [(_EXACTNESS.get(media, 3 if _is_json(media) else 0), wanted) for media, wanted in ranges]
    exactness, wanted = max(known)
    if not exactness or not wanted:
        raise JsonOnly


def _is_json(media: str) -> bool:
    return media.startswith("application/") and media.endswith("+json")


def _range(text: str) -> tuple[str, bool]:
    """A range without its parameters, and whether its weight is above nothing."""
    media, *parameters = (part.strip().lower() for part in text.split(";"))
    weights = [part[2:] for part in parameters if part.startswith("q=")]
    return media, not (weights and weights[0].rstrip("0") in {"", "0.", "."})
