"""How a run ends early: each a sentence for the person at the terminal."""

from __future__ import annotations


class CannotStart(Exception):  # noqa: N818 - read as a sentence
    """The house cannot be started or kept up; the text says why and what to do."""


class Stopped(Exception):  # noqa: N818 - not an error
    """Somebody asked to stop (Ctrl-C, SIGTERM) while something was being waited for."""
