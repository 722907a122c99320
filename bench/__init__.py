"""Benches: what the house does against what PostgreSQL alone does, and what it loses when it is killed (nothing).

``python -m bench`` measures and writes ``bench/results.json``; ``python -m bench.soak`` kills processes for ten
minutes and writes ``bench/soak.json``. Both start a house of their own. ``docs/bench.md`` tells how to read them.
"""
