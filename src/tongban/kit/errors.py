"""Refusals: errors that know their words and their status. One handler in the web floor renders them.

A refusal says what happened and what to do, in the user's language. Bugs are not refusals and are
not caught anywhere below the web floor.
"""

from __future__ import annotations

from collections.abc import Mapping

from tongban.kit.i18n import Message, Text

Words = Message | Text


class Refused(Exception):  # noqa: N818 - it is a refusal, not a fault
    """The house says no, with a reason that its reader can act on.

    ``code`` names the problem type (``/problems/<code>`` in the API, RFC 9457); ``fields`` maps form
    fields to their own sentence; ``retry_after`` is in seconds. ``title`` heads the answer where the one of
    its status would not say what it is.
    """

    status = 400
    title: Words | None = None

    def __init__(
        self,
        code: str,
        message: Words,
        *,
        fields: Mapping[str, Words] | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.fields = dict(fields or {})
        self.retry_after = retry_after


class Unauthenticated(Refused):
    """Nobody is logged in, or the session has ended."""

    status = 401


class Forbidden(Refused):
    """Known, but not allowed."""

    status = 403


class NotFound(Refused):
    """No such thing, or not for these eyes."""

    status = 404


class NotAcceptable(Refused):
    """The caller takes none of the formats that there are (RFC 9110, 15.5.7)."""

    status = 406


class Conflict(Refused):
    """The thing has moved on since it was read."""

    status = 409


class PreconditionFailed(Refused):
    """The caller's condition does not hold: what she changes is not what she has read (RFC 9110, 15.5.13)."""

    status = 412


class MediaTypeWrong(Refused):
    """The body comes in a format that this address does not take (RFC 9110, 15.5.16)."""

    status = 415


class Invalid(Refused):
    """What was typed does not hold; ``fields`` says where."""

    status = 422


class PreconditionMissing(Refused):
    """What is changed must be named in the state in which it was read (RFC 6585, 3)."""

    status = 428


class TooMany(Refused):
    """Too many attempts; ``retry_after`` says when to come back."""

    status = 429


class Unavailable(Refused):
    """A part of the house is not there right now; nothing was lost."""

    status = 503
