"""Tools that know no office: database, clock, keys, forms, outbox, timers, policy, web.

Nothing is re-exported here: import the tool itself (``from tongban.kit.db import write``).
"""
