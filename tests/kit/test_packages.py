"""Packages: the same bytes from the same members, and whatever is changed is named, with nothing but the file."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any
from zlib import crc32

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.kit import keys, packages
from tongban.kit.keys import Keys
from tongban.kit.packages import PackageMalformed, manifest, merkle, of_bytes, witness
from tongban.kit.packages.layout import Placed, directory

MEMBERS = {"a.json": b"{}", "papers/01.pdf": b"%PDF" * 400, "leer.txt": b"", "附件/一.txt": "内容".encode()}


def jwk(ring: Keys) -> dict[str, str]:
    return {name: ring.jwks("node")["keys"][0][name] for name in ("crv", "kid", "kty", "x", "y")}


async def made(members: dict[str, bytes] | None = None) -> bytes:
    ring = keys.current()
    contents = [of_bytes(name, content) for name, content in (members or MEMBERS).items()]
    ready = await packages.packed(
        {"about": "a test"},
        contents,
        jwk=jwk(ring),
        sign=lambda text: ring.sign("node", text, repeatable=True),
    )
    return b"".join([chunk async for chunk in ready.chunks])


@pytest.fixture
async def package(tmp_path: Path, data_dir: Path) -> Path:
    path = tmp_path / "package.zip"
    path.write_bytes(await made())
    return path


def found(path: Path, **pinned: Any) -> list[tuple[str, str]]:
    return [(one.kind, one.place) for one in packages.verify(path, **pinned).findings]


async def test_the_same_members_are_the_same_bytes_and_others_can_read_them(package: Path) -> None:
    assert package.read_bytes() == await made()
    with zipfile.ZipFile(package) as read:
        assert read.testzip() is None
        assert read.namelist() == ["manifest.json", "manifest.jws", *MEMBERS]
        assert {name: read.read(name) for name in MEMBERS} == MEMBERS
        assert {info.compress_type for info in read.infolist()} == {zipfile.ZIP_STORED}
        assert {info.flag_bits for info in read.infolist()} == {0x800}, "sizes stand before the content"


def test_whole_with_the_pinned_key_and_self_asserted_without(package: Path) -> None:
    ring = keys.current()
    report = packages.verify(package, jwks=ring.jwks("node"))
    assert (report.whole, report.self_asserted, report.kid) == (True, False, ring.kid("node"))
    assert (report.members, report.size, report.about) == (4, package.stat().st_size, {"about": "a test"})
    assert packages.verify(package).self_asserted
    assert found(package, jwks=ring.jwks("licence")) == [("key_unknown", "manifest.jws")]


def rebuilt(package: Path, change: Callable[[dict[str, bytes]], dict[str, bytes]]) -> None:
    """The package with changed members and headers that agree with them, as a careful forger writes it."""
    with zipfile.ZipFile(package) as read:
        members = change({name: read.read(name) for name in read.namelist()})
    out, placed = b"", []
    for name, content in members.items():
        placed.append(Placed(name, len(content), crc32(content), len(out)))
        out += placed[-1].header + content
    package.write_bytes(out + directory(placed))


@pytest.mark.parametrize("name", list(MEMBERS))
def test_each_altered_member_is_named(package: Path, name: str) -> None:
    whole = package.read_bytes()
    for altered in (MEMBERS[name] + b"!", b"?" + MEMBERS[name][1:]):  # longer, and as long as it was
        rebuilt(package, lambda members, new=altered: {**members, name: new})  # type: ignore[misc]
        assert found(package) == [("member_altered", name)]
        assert "sealed with" in packages.verify(package).findings[0].words
        package.write_bytes(whole)


def test_a_digit_altered_in_the_list_is_seen(package: Path) -> None:
    """Both digests are shown whole where their beginnings are the same, and the one that differs."""
    for digest in ("sm3", "sha256"):

        def altered(members: dict[str, bytes], digest: str = digest) -> dict[str, bytes]:
            content = members["manifest.json"].decode()
            last = json.loads(content)["members"][0][digest]
            other = last[:-1] + ("0" if last[-1] != "0" else "1")
            return {**members, "manifest.json": content.replace(last, other).encode()}

        whole = package.read_bytes()
        rebuilt(package, altered)
        words = [one.words for one in packages.verify(package).findings if one.kind == "member_altered"]
        now, was = words[0].split(", sealed with ")
        assert now.split()[1] != was
        package.write_bytes(whole)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda m: {n: c for n, c in m.items() if n != "a.json"}, ("member_missing", "a.json")),
        (lambda m: {**m, "more.txt": b"x"}, ("member_added", "more.txt")),
        (
            lambda m: {**m, "manifest.json": m["manifest.json"].replace(b"a test", b"a lie!")},
            ("signature_wrong", "manifest.json"),
        ),
        (
            lambda m: dict([*list(m.items())[:2], *reversed(list(m.items())[2:])]),
            ("container_altered", "package"),
        ),
    ],
)
def test_whatever_else_a_forger_does_is_named(package: Path, change: Any, expected: tuple[str, str]) -> None:
    rebuilt(package, change)
    assert expected in found(package)


@pytest.fixture(scope="module")
async def one(tmp_path_factory: pytest.TempPathFactory, data_dir: Path) -> Path:
    path = tmp_path_factory.mktemp("packages") / "one.zip"
    path.write_bytes(await made())
    return path


@given(st.data())
def test_no_byte_can_be_changed_unseen(one: Path, data: st.DataObject) -> None:
    whole = one.read_bytes()
    place = data.draw(st.integers(0, len(whole) - 1))
    bent = one.with_name("bent.zip")
    bent.write_bytes(
        whole[:place] + bytes([whole[place] ^ data.draw(st.integers(1, 255))]) + whole[place + 1 :]
    )
    with suppress(PackageMalformed):
        assert found(bent), place


@pytest.mark.parametrize("tail", [b"x", b"PK\x03\x04"])
def test_nothing_hides_behind_the_members(package: Path, tail: bytes) -> None:
    package.write_bytes(package.read_bytes() + tail)
    assert found(package) == [("container_altered", "package")]


@pytest.mark.parametrize("content", [b"", b"PK", b"no package at all" * 9, b"PK\x03\x04" + b"\xff" * 90])
def test_what_is_no_package_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(content)
    with pytest.raises(PackageMalformed):
        packages.verify(path)


def test_another_key_cannot_pass_for_the_one_in_the_header(package: Path) -> None:
    """A list signed by a key of its own, under the name of ours."""
    from cryptography.hazmat.primitives.asymmetric import ec

    ours, foreign = jwk(keys.current()), ec.generate_private_key(ec.SECP256R1())
    point = foreign.public_key().public_numbers()
    own = {
        **ours,
        "x": manifest._encoded(point.x.to_bytes(32, "big")),
        "y": manifest._encoded(point.y.to_bytes(32, "big")),
    }
    rebuilt(
        package,
        lambda m: {**m, "manifest.jws": manifest.signed(m["manifest.json"], own, lambda text: bytes(64))},
    )
    with pytest.raises(PackageMalformed):
        packages.verify(package)


async def test_names_stand_once(data_dir: Path) -> None:
    with pytest.raises(ValueError, match="one name"):
        await packages.packed({}, [of_bytes("manifest.json", b"")], jwk={}, sign=bytes)


def test_a_member_of_60_mb_is_packed_in_constant_memory(tmp_path: Path, data_dir: Path) -> None:
    """In a process of its own, whose peak is measured: a piece at a time, twice."""
    code = """
import asyncio, resource, sys
from pathlib import Path
from tests.kit.test_packages import jwk
from tongban.kit import keys, packages
from tongban.kit.packages import Content, of_bytes

async def chunks():
    for _ in range(240):
        yield bytes(262_144)

async def main():
    ring = keys.current()
    ready = await packages.packed({}, [Content("big", chunks)], jwk=jwk(ring), sign=lambda t: ring.sign("node", t))
    with open(sys.argv[1], "wb") as file:
        async for chunk in ready.chunks:
            file.write(chunk)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
asyncio.run(main())
assert packages.verify(Path(sys.argv[1])).whole
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    path = tmp_path / "big.zip"
    home = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True, cwd=home
    )
    assert path.stat().st_size > 60 << 20
    assert int(done.stdout) < 20_000, "kilobytes more than before"


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=40), st.data())
def test_a_path_leads_each_leaf_to_the_root_and_nothing_else(
    leaves: list[bytes], data: st.DataObject
) -> None:
    from tongban.audit.model.merkle import root_of

    hashed = [merkle.leaf(one) for one in leaves]
    place = data.draw(st.integers(0, len(leaves) - 1))
    root, path = packages.rooted(hashed, place)
    assert root == root_of(hashed) == packages.proves(hashed[place], path)
    assert packages.proves(merkle.leaf(leaves[place] + b"x"), path) != root


def test_a_witness_that_does_not_prove_is_named() -> None:
    row, block = b'["row"]', '["block","{}"]'
    rows = [merkle.leaf(row), merkle.leaf(b"other")]
    root, path = packages.rooted(rows, 0)
    text = block.format(root.hex())
    head = f'["head","{sha256(bytes([2]) + text.encode()).hexdigest()}"]'
    whole = witness.Witness(
        [witness.Row(row.decode(), path, "b")],
        {"b": witness.Block("02", text, [], "h")},
        {"h": witness.Head(head, "k", "00")},
    )
    replace = msgspec.structs.replace

    def faults(one: witness.Witness, *, holds: bool = True) -> int:
        given_ = {witness.MEMBER: msgspec.json.encode(one)}
        return len(list(witness.inspect(given_, lambda *_: holds)))

    assert faults(whole) == 0
    assert faults(whole, holds=False) == 1
    assert faults(replace(whole, rows=[replace(whole.rows[0], text='["rwo"]')])) == 1
    assert faults(replace(whole, blocks={"b": replace(whole.blocks["b"], text=text + " ")})) == 1
    assert faults(replace(whole, heads={})) == 1
    assert list(witness.inspect({}, lambda *_: True)) == []
    assert list(witness.inspect({witness.MEMBER: b"{"}, lambda *_: True))
