"""The web processes: granian with one worker a core, each with the application of `tongban.app`."""

from __future__ import annotations

import gc
import importlib
import multiprocessing
import os
import signal
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops
from granian.log import LogLevels

from tongban.kit.processes import die_with_parent
from tongban.settings import settings

#: Requests a process takes on at once; more wait in the socket's queue, where they cost nothing.
_AT_ONCE = 128
_GOODBYE_SECONDS = 8
#: Objects born between two looks of the garbage collector, then looks until the middle-aged and the old are looked at.
#: A page makes a few thousand objects and leaves no cycles to speak of: Python's own (700, 10, 10) looked at them all
#: several times a page.
_COLLECTING = (10_000, 20, 50)


def serve() -> None:
    """Serve until SIGTERM or SIGINT. Processes that die are replaced; a crash loop ends it with code 1."""
    # Before the fork: once instead of once a process, and a broken module or template is told at once.
    importlib.import_module("tongban.app").prepare()
    _keep_for_good()
    Granian(
        "tongban.up.serve:application",
        factory=True,
        address=settings().host,
        port=settings().port,
        interface=Interfaces.ASGI,
        loop=Loops.uvloop,
        http=HTTPModes.http1,
        workers=settings().web_processes,
        backpressure=_AT_ONCE,
        websockets=False,
        log_access=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=_GOODBYE_SECONDS,
    ).serve()


def application() -> Any:
    """The application of one web process, which must not outlive the server that forked it."""
    # The fork brought the parent's handlers along; one of those would swallow a stop that comes early.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    die_with_parent(signal.SIGTERM)
    parent = multiprocessing.parent_process()
    if parent is not None and parent.pid != os.getppid():
        raise SystemExit(1)
    app = importlib.import_module("tongban.app").create_app()
    _keep_for_good()
    return app


def _keep_for_good() -> None:
    """What is there now stays: the collector need not look at it, nor write its marks into pages shared by the fork."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECTING)
