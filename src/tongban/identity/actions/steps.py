"""The thread between two pages, bound to the browser that has it."""

from __future__ import annotations

import hashlib
from datetime import datetime

import msgspec

from tongban.identity.model import steps
from tongban.identity.model.steps import Stage, Step
from tongban.kit.web.visit import visit


def _browser() -> bytes:
    """By which the browser of this request is known again: its cookie's hash. Who comes by no request has none."""
    current = visit()
    cookie = current.session_cookie or current.visitor_cookie
    return hashlib.sha256(b"step\x1f" + cookie.encode()).digest()[:16] if cookie else b""


def step_token(step: Step) -> str:
    """The step as one opaque word for a hidden field or an address of this browser's."""
    return steps.step_token(msgspec.structs.replace(step, browser=_browser()))


def step_of(token: str, *stages: Stage, now: datetime) -> Step:
    """The step again; raises StepGone when it is not ours, of another stage or browser, or too old."""
    return steps.step_of(token, *stages, browser=_browser(), now=now)
