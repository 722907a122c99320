"""Keys: made once and whole, signatures that nothing altered passes, seals bound to their place."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import subprocess
import sys
from binascii import unhexlify
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given
from hypothesis import strategies as st

from tongban import settings
from tongban.kit.keys import InvalidSignature, Keys, MissingKeys, SealBroken, current, ensure, load, renewing
from tongban.kit.keys.ciphers import sealing_with
from tongban.kit.keys.files import _place
from tongban.kit.keys.ring import thumbprint


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    ensure(folder)
    return folder


@pytest.fixture(scope="module")
def keys(data_dir: Path) -> Keys:
    return load(data_dir)


def unpack(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_making_again_changes_nothing(data_dir: Path) -> None:
    before = contents(data_dir / "keys")
    ensure(data_dir)
    assert contents(data_dir / "keys") == before
    assert set(before) == {
        *("node.key.pem", "node.pub.pem", "licence.key.pem", "licence.pub.pem"),
        *("column.key", "index.key", "session.key", "oidc.key.pem", "oidc.pub.pem"),
        "lookup.1.key",
    }


def test_only_the_owner_reads_them(data_dir: Path) -> None:
    assert (data_dir / "keys").stat().st_mode & 0o777 == 0o700
    for path in (data_dir / "keys").iterdir():
        assert path.stat().st_mode & 0o777 == 0o600, path
        assert path.stat().st_uid == data_dir.stat().st_uid


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_they_belong_to_the_owner_of_the_data(tmp_path: Path) -> None:
    os.chown(tmp_path, 65534, 65534)
    for path in ensure(tmp_path).iterdir():
        assert (path.stat().st_uid, path.stat().st_gid) == (65534, 65534)


def test_processes_that_start_at_once_agree_on_one_set(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from tongban.kit.keys import ensure, load;"
        "sys.stdin.readline(); ensure(Path(sys.argv[1])); keys = load(Path(sys.argv[1]));"
        "print(keys.kid('node'), keys.kid('licence'), keys.blind_index('x', 'y').hex())"
    )
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(6)
    ]
    for racer in racers:
        assert racer.stdin
        racer.stdin.write("go\n")
        racer.stdin.flush()
    answers = {racer.communicate(timeout=60)[0] for racer in racers}
    assert len(answers) == 1 and answers != {""}
    assert not [path for path in (tmp_path / "keys").iterdir() if path.name.startswith(".")]


def test_a_key_that_came_first_is_not_replaced(tmp_path: Path) -> None:
    _place(tmp_path / "x.key", b"first", like=tmp_path)
    _place(tmp_path / "x.key", b"second", like=tmp_path)
    assert contents(tmp_path) == {"x.key": b"first"}


def test_a_missing_or_spoilt_key_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingKeys, match="no key folder"):
        load(tmp_path)
    ensure(tmp_path)
    (tmp_path / "keys" / "index.key").write_bytes(b"short")
    with pytest.raises(MissingKeys, match=r"index\.key"):
        load(tmp_path)


def test_the_key_id_is_the_thumbprint_of_rfc_7638(keys: Keys) -> None:
    # The point of RFC 7517 A.1 with its thumbprint computed by hand as the RFC describes.
    x, y = "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"
    numbers = [int.from_bytes(base64.urlsafe_b64decode(part + "="), "big") for part in (x, y)]
    key = ec.EllipticCurvePublicNumbers(*numbers, ec.SECP256R1()).public_key()
    text = f'{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}'
    expected = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
    assert thumbprint(key) == expected
    assert keys.jwks()["keys"][0]["kid"] == keys.kid("licence")


def test_anyone_can_verify_a_token_with_the_published_key_alone(keys: Keys) -> None:
    token = keys.jws({"名": "王*", "exp": 1})
    head, body, tail = token.split(".")
    header = json.loads(unpack(head))
    assert header == {"alg": "ES256", "kid": keys.kid("licence")}
    jwk = next(key for key in keys.jwks()["keys"] if key["kid"] == header["kid"])
    assert set(jwk) == {"kty", "crv", "x", "y", "kid", "alg", "use"}, "no private member is published"
    x, y = (int.from_bytes(unpack(jwk[name]), "big") for name in ("x", "y"))
    signature = unpack(tail)
    der = encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
    public = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    public.verify(der, f"{head}.{body}".encode(), ec.ECDSA(SHA256()))
    assert json.loads(unpack(body)) == {"名": "王*", "exp": 1}


@pytest.fixture(scope="module")
def token(keys: Keys) -> str:
    """One token for all tries: each signature is another, and a replayed try must meet the same one."""
    return keys.jws({"licence": "X", "until": "2027-01-01"})


@given(st.data())
def test_a_token_with_one_altered_character_is_refused(keys: Keys, token: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.sampled_from("ABCDwxyz0189-_.= ").filter(lambda other: other != token[place]))
    with pytest.raises(InvalidSignature):
        keys.read_jws(token[:place] + letter + token[place + 1 :])


def test_the_last_characters_have_no_slack(keys: Keys) -> None:
    token = keys.jws({"a": 1})
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    for letter in alphabet:
        if letter != token[-1]:
            with pytest.raises(InvalidSignature):
                keys.read_jws(token[:-1] + letter)


@pytest.mark.parametrize(
    "token", ["", "a.b", "a.b.c", "..", "é.é.é", "e30.e30.", "bnVsbA.e30.AAAA", "a.b.c.d"]
)
def test_what_is_no_token_is_refused(keys: Keys, token: str) -> None:
    with pytest.raises(InvalidSignature):
        keys.read_jws(token)


def test_a_signature_serves_one_purpose_only(keys: Keys) -> None:
    token = keys.jws({"a": 1}, "node")
    assert keys.read_jws(token, "node") == {"a": 1}
    with pytest.raises(InvalidSignature):
        keys.read_jws(token)
    signature = keys.sign("node", b"call")
    assert len(signature) == 64
    assert keys.verify(keys.kid("node"), b"call", signature, purpose="node")
    assert not keys.verify(keys.kid("node"), b"call", signature)
    assert not keys.verify(keys.kid("node"), b"Call", signature, purpose="node")
    assert not keys.verify(keys.kid("node"), b"call", signature + b"\0", purpose="node")
    assert not keys.verify(keys.kid("node"), b"call", bytes(64), purpose="node")


def test_the_algorithm_is_not_the_callers_to_choose(keys: Keys) -> None:
    _, body, tail = keys.jws({"a": 1}).split(".")
    header = base64.urlsafe_b64encode(
        json.dumps({"alg": "none", "kid": keys.kid("licence")}).encode()
    ).rstrip(b"=")
    signed = keys.sign("licence", f"{header.decode()}.{body}".encode())
    good = base64.urlsafe_b64encode(signed).rstrip(b"=").decode()
    for signature in ("", tail, good):
        with pytest.raises(InvalidSignature):
            keys.read_jws(f"{header.decode()}.{body}.{signature}")


def test_what_a_retired_key_signed_still_verifies(tmp_path: Path) -> None:
    folder = ensure(tmp_path)
    token = load(tmp_path).jws({"a": 1})
    (folder / "licence.pub.pem").rename(folder / "licence.2026.pub.pem")
    (folder / "licence.key.pem").unlink()
    ensure(tmp_path)
    after = load(tmp_path)
    assert after.read_jws(token) == {"a": 1}
    assert len(after.jwks()["keys"]) == 2
    assert after.jwks()["keys"][0]["kid"] == after.kid("licence")


@given(st.binary(max_size=200), st.binary(max_size=40))
def test_a_seal_opens_in_its_own_place_only(keys: Keys, plaintext: bytes, context: bytes) -> None:
    sealed = keys.seal(plaintext, context)
    assert keys.open(sealed, context) == plaintext
    assert sealed != keys.seal(plaintext, context)
    with pytest.raises(SealBroken):
        keys.open(sealed, context + b"x")
    for place in (0, 5, len(sealed) - 1):
        broken = bytearray(sealed)
        broken[place] ^= 1
        with pytest.raises(SealBroken):
            keys.open(bytes(broken), context)


def test_a_second_column_key_seals_and_the_first_still_opens(tmp_path: Path) -> None:
    folder = ensure(tmp_path)
    sealed = load(tmp_path).seal(b"x", b"c")
    (folder / "column.2.key").write_bytes(os.urandom(32))
    rotated = load(tmp_path)
    assert sealed[0] == 1 and rotated.seal(b"x", b"c")[0] == 2
    assert rotated.open(sealed, b"c") == b"x"
    with pytest.raises(SealBroken):
        rotated.open(b"", b"c")


def test_sm4_seals_as_rfc_8998_has_it() -> None:
    """RFC 8998, A.1: the vector of SM4-GCM; an altered tag, place or ciphertext does not open."""
    text = unhexlify("".join(letter * 16 for letter in "abcdefea"))
    place, nonce = (
        unhexlify("feedfacedeadbeeffeedfacedeadbeefabaddad2"),
        unhexlify("00001234567800000000abcd"),
    )
    cipher = sealing_with(unhexlify("0123456789abcdeffedcba9876543210"))
    sealed = cipher.encrypt(nonce, text, place)
    assert sealed.hex() == (
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735d82710ca5c22f0ccfa7cbf93d496ac15"
        "a56834cbcf98c397b4024a2691233b8d83de3541e4c2b58177e065a9bf7b62ec"
    )
    assert cipher.decrypt(nonce, sealed, place) == text
    for wrong, at in (
        (sealed[:-1] + b"x", place),
        (b"x" + sealed[1:], place),
        (sealed, b"elsewhere"),
        (b"", place),
    ):
        with pytest.raises(InvalidTag):
            cipher.decrypt(nonce, wrong, at)


def test_values_of_both_ciphers_are_read_side_by_side(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The setting makes the next key; each value says by which key, and a key of the wrong length is named."""
    folder = ensure(tmp_path)
    older = load(tmp_path)
    of_aes = older.seal(b"name", b"here")
    assert renewing.new(tmp_path, "sm4") == 2
    assert (folder / "column.2.sm4.key").stat().st_size == 16
    of_sm4 = older.seal(b"name", b"here")
    assert (of_aes[0], of_sm4[0], len(of_aes)) == (1, 2, len(of_sm4))
    for ring in (older, load(tmp_path)):
        assert [ring.open(one, b"here") for one in (of_aes, of_sm4)] == [b"name", b"name"]
    assert older.open(older.resealed(of_aes, b"here"), b"here") == b"name"
    with pytest.raises(SealBroken):
        older.open(of_sm4, b"there")
    assert [one.cipher for one in renewing.sealing_keys(tmp_path)] == ["aes", "sm4"]
    (folder / "column.2.sm4.key").write_bytes(bytes(32))
    with pytest.raises(MissingKeys, match=r"column\.2\.sm4\.key does not hold 16"):
        load(tmp_path)
    monkeypatch.setenv("TONGBAN_SEALING", "sm4")
    settings.reload()
    try:
        (other := tmp_path / "other").mkdir()
        assert (ensure(other) / "column.sm4.key").stat().st_size == 16
        assert load(other).seal(b"x", b"")[0] == 1
    finally:
        monkeypatch.undo()
        settings.reload()
    monkeypatch.setenv("TONGBAN_SEALING", "des")
    with pytest.raises(settings.SettingsWrong):
        settings.read()


def test_a_blind_index_finds_one_spelling_and_keeps_kinds_apart(keys: Keys, tmp_path: Path) -> None:
    index = keys.blind_index("id_number", "11010519491231002X")
    assert len(index) == 32
    assert index == keys.blind_index("id_number", " １１０１０５ 19491231002x ")
    assert index != keys.blind_index("phone", "11010519491231002X")
    ensure(tmp_path)
    assert index != load(tmp_path).blind_index("id_number", "11010519491231002X")


def test_a_persons_hash_has_a_spelling_under_each_look_up_key(tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.mkdir()
    for path in ensure(old).glob("lookup.*"):  # an installation that is older than the look-up keys
        path.unlink()
    assert {path.name for path in ensure(old).glob("lookup.*")} == {"lookup.0.key"}
    ring = load(old)
    plain = ring.person_hash("phone", "13912345678")
    assert plain == ring.blind_index("phone", "13912345678")
    assert ring.lookup.spellings(plain) == [plain]

    renewing.new_lookup(old)
    hash_ = ring.person_hash("phone", "１３９ 1234 5678")
    assert (hash_[0], len(hash_)) == (1, 49)
    assert ring.lookup.spellings(hash_) == ring.lookup.spellings(plain) == [hash_, plain]
    with pytest.raises(renewing.LookupUnderWay):
        renewing.new_lookup(old)

    renewing.put_lookup_away(old, 0)
    assert ring.lookup.spellings(hash_) == [hash_]
    assert ring.lookup.spellings(plain) == [plain], "whose key is not known is itself"
    assert renewing.new_lookup(old) == 2
    assert ring.person_hash("phone", "13912345678")[0] == 2
    assert ring.lookup.spellings(hash_)[1] == hash_
    assert load(old).lookup.spellings(hash_) == ring.lookup.spellings(hash_)


def test_a_form_token_belongs_to_its_cookie(keys: Keys) -> None:
    token = keys.csrf(b"cookie")
    assert keys.csrf_holds(b"cookie", token)
    assert not keys.csrf_holds(b"other", token)
    assert not keys.csrf_holds(b"cookie", "")
    assert not keys.csrf_holds(b"cookie", "令牌")


def test_no_key_shows_in_a_log(keys: Keys, data_dir: Path) -> None:
    shown = repr(keys)
    private = serialization.load_pem_private_key((data_dir / "keys" / "licence.key.pem").read_bytes(), None)
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    assert str(private.private_numbers().private_value) not in shown and len(shown) < 60


def test_a_process_reads_its_keys_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ensure(tmp_path)
    monkeypatch.setenv("TONGBAN_DATA", str(tmp_path))
    settings.reload()
    current.cache_clear()
    try:
        assert current() is current()
        assert current().kid("licence") == load(tmp_path).kid("licence")
    finally:
        monkeypatch.undo()
        settings.reload()
        current.cache_clear()
