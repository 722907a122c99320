"""Faults on demand, so that tests and demonstrations see a source fail; kept in memory only."""

import asyncio
import time
from typing import Any

import msgspec
from litestar import Request, delete, get, post

from .files import LATER, REGISTERS
from .problems import Problem, decoded

SERVICES = (*REGISTERS, *LATER, "sms", "cards", "credit", "ca", "ocsp", "tsa", "bank", "face", "social")
MODES = ("down", "slow", "error", "off")
SLOW = 10.0


class Fault(msgspec.Struct):
    """What is asked: a service, a mode and for how long (0 = until taken back)."""

    service: str
    mode: str
    seconds: float = 0


class Faults:
    """The faults in force: service → (mode, until)."""

    def __init__(self, slow_seconds: float = SLOW) -> None:
        self.slow_seconds = slow_seconds
        self.active: dict[str, tuple[str, float]] = {}

    def put(self, fault: Fault) -> None:
        """Set or take back a fault."""
        if fault.service not in SERVICES or fault.mode not in MODES:
            raise Problem(400, "Unknown fault", f"service is one of {SERVICES}, mode one of {MODES}.")
        self.active.pop(fault.service, None)
        if fault.mode != "off":
            until = time.monotonic() + fault.seconds if fault.seconds > 0 else float("inf")
            self.active[fault.service] = (fault.mode, until)

    def now(self) -> dict[str, str]:
        """Service → mode of the faults that still last."""
        self.active = {s: f for s, f in self.active.items() if f[1] > time.monotonic()}
        return {service: mode for service, (mode, _) in self.active.items()}

    async def suffer(self, service: str) -> None:
        """Fail or wait, as the service's fault says."""
        mode = self.now().get(service)
        if mode == "down":
            raise Problem(503, "Service down", f"{service} is down.")
        if mode == "error":
            raise Problem(500, "Internal error", f"{service} failed.")
        if mode == "slow":
            await asyncio.sleep(self.slow_seconds)


def from_here(request: Request[Any, Any, Any]) -> None:
    """Faults and cast are handed out to this machine only, whatever address the server listens on."""
    host = request.client.host if request.client else ""
    if host not in ("127.0.0.1", "::1"):
        raise Problem(403, "Not from here", "Only callers on this machine may do that.")


@post("/faults", status_code=200)
async def put_fault(request: Request[Any, Any, Any], faults: Faults) -> dict[str, str]:
    """Set a fault: {"service", "mode": down|slow|error|off, "seconds"}."""
    from_here(request)
    faults.put(decoded(await request.body(), Fault))
    return faults.now()


@get("/faults", sync_to_thread=False)
def active_faults(request: Request[Any, Any, Any], faults: Faults) -> dict[str, str]:
    """The faults in force."""
    from_here(request)
    return faults.now()


@delete("/faults", sync_to_thread=False)
def no_faults(request: Request[Any, Any, Any], faults: Faults) -> None:
    """Heal everything."""
    from_here(request)
    faults.active.clear()


routes = [put_fault, active_faults, no_faults]
