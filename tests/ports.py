"""Ports for the processes that tests start."""

from __future__ import annotations

import random
import socket

#: Below what Linux lends to who calls out (32768 and up): a port that is free now stays so until its process takes it,
#: seconds later, however many connections other tests make meanwhile.
_FIRST, _LAST = 15_000, 32_000
_dice = random.SystemRandom()


def free_port() -> int:
    """A port of 127.0.0.1 at which nothing listens; drawn, so that processes side by side get different ones."""
    while True:
        port = _dice.randint(_FIRST, _LAST)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
