"""`tongban up`: the whole house under one supervisor, on one machine.

PostgreSQL (unless DATABASE_URL names one's own), the sandbox, migrations, the demo city, the web
processes and the worker, in this order; stopped in the order web, worker, sandbox, database. A child that
was ready, or was killed, comes back; one that gives up by itself before it was ever ready ends the program
with its reason. Nothing outlives the supervisor, not even its kill -9.
"""

from tongban.up.endings import CannotStart
from tongban.up.house import up

__all__ = ["CannotStart", "up"]
