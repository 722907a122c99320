"""The certificate authority speaks what everybody speaks: OpenSSL asks it and believes the answers."""

from __future__ import annotations

import base64
import subprocess
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509 import ocsp
from cryptography.x509.oid import NameOID

from tests.sandbox.conftest import Node, Sandbox

DER = serialization.Encoding.DER
NAME = {
    NameOID.ORGANIZATION_NAME: "示范市公安局静安分局",
    NameOID.ORGANIZATION_IDENTIFIER: "NTRCN-11310106002404076D",
    NameOID.COMMON_NAME: "示范市公安局静安分局",
}


def request_for(key: ec.EllipticCurvePrivateKey, name: dict[x509.ObjectIdentifier, str]) -> bytes:
    subject = x509.Name([x509.NameAttribute(oid, value) for oid, value in name.items()])
    made = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
    return base64.encodebytes(made.public_bytes(DER))


def enrol(
    sandbox: Sandbox, body: bytes, *, profile: str = "seal", node: Node | None = None
) -> httpx.Response:
    path = f"/ca/.well-known/est/{profile}/simpleenroll"
    return sandbox.http.post(path, content=body, headers=(node or sandbox.node).headers("POST", path, body))


def certificate_in(answer: httpx.Response) -> x509.Certificate:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pkcs7-mime; smime-type=certs-only"
    return pkcs7.load_der_pkcs7_certificates(base64.b64decode(answer.content))[0]


@pytest.fixture
def chain(sandbox: Sandbox, tmp_path: Path) -> Path:
    """A folder with the authority's certificates as OpenSSL takes them."""
    root = sandbox.http.get("/ca/root.pem").content
    issuing = x509.load_der_x509_certificate(sandbox.http.get("/ca/issuing.cer").content)
    (tmp_path / "root.pem").write_bytes(root)
    (tmp_path / "issuing.pem").write_bytes(issuing.public_bytes(serialization.Encoding.PEM))
    (tmp_path / "both.pem").write_bytes(root + issuing.public_bytes(serialization.Encoding.PEM))
    return tmp_path


def openssl(folder: Path, *words: str) -> str:
    told = subprocess.run(["openssl", *words], cwd=folder, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    return told.stdout + told.stderr


def test_a_certificate_is_given_for_a_request_and_the_same_for_the_same(
    sandbox: Sandbox, chain: Path
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    body = request_for(key, NAME)
    made = certificate_in(enrol(sandbox, body))
    assert made.public_key() == key.public_key()
    assert {one.oid: one.value for one in made.subject} == NAME
    assert certificate_in(enrol(sandbox, request_for(key, NAME))) == made
    (chain / "seal.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    assert "OK" in openssl(chain, "verify", "-CAfile", "root.pem", "-untrusted", "issuing.pem", "seal.pem")
    stolen = enrol(sandbox, request_for(key, NAME | {NameOID.COMMON_NAME: "别的机关"}))
    assert stolen.status_code == 409
    assert enrol(sandbox, body, node=Node()).status_code == 401
    assert enrol(sandbox, body, profile="king").status_code == 404
    for wrong in (b"", b"!", base64.b64encode(b"no request"), request_for(key, {NameOID.COMMON_NAME: "甲"})):
        assert enrol(sandbox, wrong).status_code == 400
    curve = ec.generate_private_key(ec.SECP384R1())
    assert enrol(sandbox, request_for(curve, NAME)).status_code == 400


def test_openssl_asks_for_the_state_and_hears_of_a_revocation(sandbox: Sandbox, chain: Path) -> None:
    made = certificate_in(enrol(sandbox, request_for(ec.generate_private_key(ec.SECP256R1()), NAME)))
    (chain / "seal.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    url = f"http://127.0.0.1:{sandbox.port}/ca/ocsp"
    ask = ("ocsp", "-issuer", "issuing.pem", "-cert", "seal.pem", "-CAfile", "both.pem", "-url", url)
    good = openssl(chain, *ask)
    assert "Response verify OK" in good and "seal.pem: good" in good and "WARNING" not in good
    asked = {"serial": f"{made.serial_number:x}"}
    sandbox.http.post("/ca/revocations", json=asked).raise_for_status()
    assert "seal.pem: revoked" in openssl(chain, *ask)
    (chain / "list.crl").write_bytes(sandbox.http.get("/ca/issuing.crl").content)
    listed = openssl(
        chain, "crl", "-inform", "der", "-in", "list.crl", "-CAfile", "both.pem", "-noout", "-text"
    )
    assert "verify OK" in listed and f"{made.serial_number:X}" in listed.replace(":", "").upper()
    assert sandbox.http.post("/ca/revocations", json={"serial": "ff"}).status_code == 404
    unknown = sandbox.http.post("/ca/ocsp", content=b"nonsense")
    assert ocsp.load_der_ocsp_response(unknown.content).response_status.name == "MALFORMED_REQUEST"


def test_openssl_believes_a_time_stamp_over_its_own_digest_only(sandbox: Sandbox, chain: Path) -> None:
    (chain / "paper").write_text("文书")
    openssl(chain, "ts", "-query", "-data", "paper", "-sha256", "-cert", "-out", "asked")
    answer = sandbox.http.post("/ca/tsa", content=(chain / "asked").read_bytes())
    assert answer.headers["content-type"] == "application/timestamp-reply"
    (chain / "told").write_bytes(answer.content)
    check = ("ts", "-verify", "-in", "told", "-CAfile", "root.pem")
    assert "Verification: OK" in openssl(chain, *check, "-queryfile", "asked")
    assert "Verification: OK" in openssl(chain, *check, "-data", "paper")
    (chain / "other").write_text("别的")
    with pytest.raises(AssertionError):
        openssl(chain, *check, "-data", "other")
    (chain / "bad").write_bytes(sandbox.http.post("/ca/tsa", content=b"nonsense").content)
    assert "Status: Rejected" in openssl(chain, "ts", "-reply", "-in", "bad", "-text")


def test_keys_and_certificates_outlive_a_kill(another: Callable[..., Sandbox]) -> None:
    running = another()
    root = running.http.get("/ca/root.pem").content
    made = certificate_in(enrol(running, request_for(ec.generate_private_key(ec.SECP256R1()), NAME)))
    running.stop(9)
    running.start()
    assert running.http.get("/ca/root.pem").content == root
    asked = {"serial": f"{made.serial_number:x}"}
    assert running.http.post("/ca/revocations", json=asked).status_code == 200


def test_it_can_be_away(sandbox: Sandbox) -> None:
    for service, ask in (
        ("tsa", lambda: sandbox.http.post("/ca/tsa", content=b"")),
        ("ocsp", lambda: sandbox.http.post("/ca/ocsp", content=b"")),
        ("ca", lambda: enrol(sandbox, b"")),
    ):
        sandbox.http.post("/faults", json={"service": service, "mode": "down"}).raise_for_status()
        try:
            assert ask().status_code == 503
        finally:
            sandbox.http.delete("/faults").raise_for_status()
        assert ask().status_code != 503
