# ruff: noqa: PLC0415 - what a command needs is imported when it runs
"""Commands that read and tell: routes, items, the API's document, the ledger."""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import inspect
import json
import sys
from pathlib import Path
from typing import Any

import click
import msgspec

from tongban.cli.answers import json_option, own_database, own_settings, print_json, print_table


@click.command()
@json_option
def routes(as_json: bool) -> None:
    """Every route: methods, path, action and resource, who may by which rows of the table, and where it stands."""
    found = _routes()
    if as_json:
        print_json(found)
    else:
        for route in found:
            what = f"{route['who']} of {route['resource']}"
            click.echo(f"{route['methods']:<10} {route['path']:<42} {what:<40} {route['code']}")
            for row in route["rows"]:
                click.echo(f"{'':<10} {row}")


def _rows(action: str) -> list[str]:
    """The policy's rows for an action: role, relation, verdict, and what else each asks."""
    policy = importlib.import_module("tongban.rooms").POLICY
    return [
        " ".join(
            word
            for word in (
                f"{rule.role} × {rule.relation} → {rule.verdict}",
                f"duty={rule.duty}" if rule.duty else "",
                f"errand={rule.errand}" if rule.errand else "",
                "whole" if rule.whole else "",
                "guardian" if rule.guardian else "",
                f"level={rule.level}" if rule.level else "",
                "phone-only" if rule.phone_only else "",
            )
            if word
        )
        for rule in policy.rules
        if rule.action == action
    ]


def _resource(action: str) -> str:
    """What an action is done to: the same in all its rows."""
    policy = importlib.import_module("tongban.rooms").POLICY
    return next((rule.resource.en for rule in policy.rules if rule.action == action and rule.resource), "")


def _routes() -> list[dict[str, Any]]:
    from litestar.handlers import HTTPRouteHandler

    package = Path(__file__).resolve().parents[2]
    found = []
    for route in importlib.import_module("tongban.app").create_app().routes:
        for handler in getattr(route, "route_handlers", ()):
            if not isinstance(handler, HTTPRouteHandler):
                continue
            function = inspect.unwrap(handler.fn)
            file = Path(inspect.getsourcefile(function) or "")
            place = file.relative_to(package) if file.is_relative_to(package) else Path(file.name)
            found.append(
                {
                    "methods": ",".join(sorted(str(method) for method in handler.http_methods - {"OPTIONS"})),
                    "path": route.path,
                    "who": str(handler.opt.get("who", "")),
                    "resource": _resource(str(handler.opt.get("who", ""))),
                    "rows": _rows(str(handler.opt.get("who", ""))),
                    "code": f"{place}:{inspect.getsourcelines(function)[1]} {function.__name__}",
                }
            )
    return sorted((one for one in found if one["methods"]), key=lambda one: (one["path"], one["methods"]))


@click.command("check-items")
@click.argument("codes", nargs=-1)
@json_option
def check_items(codes: tuple[str, ...], as_json: bool) -> None:
    """Check the city's items against the rules of publishing: all of them, or those of CODES. Needs no database.

    Exits with 1 when a rule is broken or a file cannot be read.
    """
    findings = importlib.import_module("tongban.rooms").item_findings(own_settings().city_dir, codes)
    if as_json:
        print_json(findings)
    elif findings:
        print_table(findings)
    else:
        click.echo("Every item keeps the rules.")
    sys.exit(1 if findings else 0)


@click.command()
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", help="The language of its words.")
def openapi(language: str) -> None:
    """The OpenAPI document of the public API, as JSON."""
    document = importlib.import_module("tongban.app").openapi(language)
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))


@click.command("verify-ledger")
@click.option(
    "--export", "target", type=click.Path(path_type=Path), help="Write the ledger to a file instead."
)
@click.option(
    "--file", "source", type=click.Path(exists=True, path_type=Path), help="Verify an exported file."
)
@click.option(
    "--keys", "key_set", type=click.Path(exists=True, path_type=Path), help="The node's keys (JWK set)."
)
@json_option
def verify_ledger(as_json: bool, target: Path | None, source: Path | None, key_set: Path | None) -> None:
    """Recompute the whole ledger and name what was altered, removed or slipped in. Exit 1 when anything was.

    With --file and --keys it needs no database: an exported file and the node's public keys are enough.
    """
    audit = importlib.import_module("tongban.audit")
    if target is not None:
        click.echo(f"{asyncio.run(audit.export(own_database(), target))} rows written to {target}")
        return
    if source is not None:
        if key_set is None:
            raise click.UsageError("--file needs --keys: the node's published key set")
        try:
            report = asyncio.run(audit.verify_export(source, msgspec.json.decode(key_set.read_bytes())))
        except audit.ExportUnreadable as unreadable:
            raise click.ClickException(f"{source} is not an exported ledger: {unreadable}") from unreadable
    else:
        report = asyncio.run(audit.verify(own_database()))
    if as_json:
        print_json({"whole": report.whole, **msgspec.to_builtins(report)})
    else:
        for finding in report.findings:
            click.echo(f"✗ {finding.place}: {finding.words}")
        click.echo(
            f"{report.rows} rows in {report.blocks} blocks: {'whole' if report.whole else 'NOT whole'}"
        )
    sys.exit(not report.whole)
