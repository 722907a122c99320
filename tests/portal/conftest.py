"""The cast of the cases' tests, and their browser of the whole house."""

from __future__ import annotations

from tests.cases.conftest import elsewhere, no_press, officer, other, owner, web

__all__ = ["elsewhere", "no_press", "officer", "other", "owner", "web"]
