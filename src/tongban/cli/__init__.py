"""The command line: thin doors to what the modules do. `tongban COMMAND --help` explains each.

`tongban up` must be on its feet in a moment, and must not carry what only `tongban tour` needs: a command imports
what it needs when it runs.
"""

from __future__ import annotations

import click

from tongban.cli.accounts import accounts
from tongban.cli.archive import archive
from tongban.cli.catalogue import catalogue
from tongban.cli.clock import clock
from tongban.cli.firm_keys import firm_key
from tongban.cli.looking import check_items, openapi, routes, verify_ledger
from tongban.cli.lookup import lookup_keys
from tongban.cli.papers import paper
from tongban.cli.reform import reform
from tongban.cli.running import demo, doctor, migrate, serve, tour, up, worker
from tongban.cli.sealing import sealing_keys
from tongban.cli.systems import systems
from tongban.cli.upkeep import maintenance, place_licences, retry_events, staff


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tongban")
def main() -> None:
    """Tongban 通办: one portal, one counter, one data exchange for everything settled with the city."""


for command in (
    *(up, serve, worker, migrate, demo, doctor, tour),
    *(maintenance, place_licences, retry_events, staff, systems, sealing_keys, accounts),
    *(routes, check_items, openapi, verify_ledger, clock, archive, paper, firm_key, reform, catalogue),
):
    main.add_command(command)
sealing_keys.add_command(lookup_keys)
