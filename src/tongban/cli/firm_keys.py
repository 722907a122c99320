# ruff: noqa: PLC0415 - what a command needs is imported when it runs
"""Commands that stand for a firm's USB key in a demonstration: a certificate asked for, a challenge signed."""

from __future__ import annotations

import asyncio
import base64
from pathlib import Path

import click

from tongban.cli.answers import own_settings


@click.group("firm-key")
def firm_key() -> None:
    """A firm's log-in certificate, as the software of its USB key would have it."""


@firm_key.command("new")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--code", required=True, help="The firm's unified social credit code.")
@click.option("--firm", required=True, help="The firm's name.")
@click.option("--keeper", required=True, help="Who keeps the key.")
@click.option("--sm2", "national", is_flag=True, help="A key of SM2 instead of P-256.")
def new(file: Path, code: str, firm: str, keeper: str, national: bool) -> None:
    """Make a key, have it certified by the demo city's authority, and keep both in FILE (PEM, for its owner only)."""
    from tongban.kit import papers

    if not papers.uscc_shaped(code):
        raise click.BadParameter(
            "a unified social credit code has 18 digits and capital letters", param_hint="--code"
        )
    own_settings()
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    from tongban import licences
    from tongban.kit.sm2 import NoSm2, Sm2Key

    try:
        key = Sm2Key.new() if national else ec.generate_private_key(ec.SECP256R1())
        certificate = asyncio.run(licences.certify_firm(key, firm=firm, code=code, keeper=keeper))
    except (licences.SealAway, licences.SealRefused) as refused:
        raise click.ClickException(f"no certificate: {refused}") from refused
    except NoSm2 as missing:
        raise click.ClickException("no SM2 on this machine: its library is for x86-64") from missing
    private = (
        key.pem()
        if isinstance(key, Sm2Key)
        else key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    file.touch(mode=0o600)
    file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    click.echo(
        f"serial {certificate.serial_number:x}, valid until {certificate.not_valid_after_utc:%Y-%m-%d}"
    )


@firm_key.command("sign")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("challenge")
def sign(file: Path, challenge: str) -> None:
    """Sign the CHALLENGE of /login/firm with the key in FILE; prints the certificate and the signature to paste."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    from tongban.kit.sm2 import Sm2Key

    content, message = file.read_bytes(), challenge.encode()
    certificate = x509.load_pem_x509_certificate(content)
    if (national := Sm2Key.of_pem(content)) is not None:
        signature = national.sign(message)
    else:
        key = serialization.load_pem_private_key(content, None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise click.ClickException("the key is no elliptic curve key")
        signature = key.sign(message, ec.ECDSA(hashes.SHA256()))
    click.echo(certificate.public_bytes(serialization.Encoding.PEM).decode())
    click.echo(base64.b64encode(signature).decode())
