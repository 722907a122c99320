"""Verifying a package with nothing but the file: whoever changed a byte of it is told which member it was.

Nothing of the house is asked: no database, no network, no key folder. With a pinned key set (RFC 7517) the verdict says
who sealed it; without one the package vouches for itself with the key that it brings along, and the report says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec

from tongban.kit.keys.ring import signature_holds, thumbprint
from tongban.kit.packages.layout import HEAD_BYTES, LARGEST, MOST, Placed, directory, head_of
from tongban.kit.packages.manifest import (
    KEYS,
    MANIFEST,
    SIGNATURE,
    Manifest,
    Member,
    PackageMalformed,
    public_key,
    readable,
    signature_of,
)
from tongban.kit.packages.writing import Digests

#: The longest list that is read: about half a million members.
_LONGEST_LIST = 64 << 20
_PIECE = 1 << 20


class Finding(msgspec.Struct, frozen=True):
    """What is wrong with a package: the kind, the member (or ``package``), and what was found, in words."""

    kind: str
    place: str
    words: str


class Report(msgspec.Struct):
    """What the verifier found. ``self_asserted``: no pinned key was given, so the package vouches for itself.

    ``about`` is what the list says the package is; it counts for nothing while there are findings.
    """

    findings: list[Finding] = []
    kid: str = ""
    self_asserted: bool = True
    members: int = 0
    size: int = 0
    about: dict[str, Any] = {}

    @property
    def whole(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    def note(self, kind: str, place: str, words: str) -> None:
        """Add a finding."""
        self.findings.append(Finding(kind, place, words))


#: Whether the key of this id signed this text.
SignatureHolds = Callable[[str, bytes, bytes], bool]
#: Looks at the content of members by name, and gives findings of its own.
Inspector = Callable[[Mapping[str, bytes], SignatureHolds], Iterator[Finding]]


def verify(
    path: Path,
    *,
    jwks: Mapping[str, Any] | None = None,
    asks: frozenset[str] = frozenset(),
    inspect: Inspector | None = None,
) -> Report:
    """Verify one package; reads it once, in constant memory but for its list and the members that ``asks`` names.

    ``jwks`` pins the keys that may have sealed it. ``inspect`` is given the members it asks for, when nothing else was
    found, and a function that says whether a key (by its id) signed a text. Raises PackageMalformed and OSError.
    """
    report = Report(size=path.stat().st_size)
    if report.size > LARGEST:
        raise PackageMalformed("it is larger than a package can be (4 GB)")
    with path.open("rb") as file:
        walk = _Walk(file, {MANIFEST, SIGNATURE, KEYS, *asks})
        walk.run()
        kept = walk.kept
        if MANIFEST not in kept or SIGNATURE not in kept:
            raise PackageMalformed(f"there is no {MANIFEST} with its {SIGNATURE} at the start of the file")
        manifest = readable(kept[MANIFEST])
        report.about, report.members = manifest.about, len(manifest.members)
        keys = signed_by(report, kept, jwks)
        compare(report, manifest, walk.members[2:])
        if report.whole and [one.name for one in walk.members[2:]] != [one.name for one in manifest.members]:
            report.note("container_altered", "package", "the members stand in another order")
        if report.whole and not walk.exact:
            report.note("container_altered", "package", "there is something between or behind the members")
    if inspect is not None and report.whole:
        report.findings += inspect(
            {name: kept[name] for name in asks if name in kept},
            lambda kid, text, signature: kid in keys and signature_holds(keys[kid], text, signature),
        )
    return report


def signed_by(
    report: Report, kept: Mapping[str, bytes], jwks: Mapping[str, Any] | None
) -> dict[str, ec.EllipticCurvePublicKey]:
    """Note what is wrong with the signature; gives the keys that count, by their ids."""
    signature = signature_of(kept[MANIFEST], kept[SIGNATURE])
    report.kid = signature.kid
    if jwks is None:
        keys = {signature.kid: signature.key, **(_key_set(kept[KEYS]) if KEYS in kept else {})}
    else:
        report.self_asserted = False
        keys = _key_set(msgspec.json.encode(jwks))
        if signature.kid not in keys:
            report.note("key_unknown", SIGNATURE, f"sealed with the key {signature.kid}, which is not pinned")
            return keys
    if not signature.holds(keys[signature.kid]):
        report.note("signature_wrong", MANIFEST, "the list is not what was signed")
    return keys


def _key_set(content: bytes) -> dict[str, ec.EllipticCurvePublicKey]:
    try:
        listed = msgspec.json.decode(content)["keys"]
        return {thumbprint(key): key for key in map(public_key, listed)}
    except (KeyError, TypeError, ValueError, RecursionError) as odd:
        raise PackageMalformed("the keys are no key set (RFC 7517) of P-256 keys") from odd


def compare(report: Report, manifest: Manifest, found: Iterable[Member]) -> None:
    """Note where what was found is not what the list names."""
    wanted = {member.name: member for member in manifest.members}
    for member in found:
        listed = wanted.pop(member.name, None)
        if listed is None:
            report.note("member_added", member.name, "stands in the file and not in the list")
        elif listed != member:
            report.note("member_altered", member.name, _difference(listed, member))
    for name in wanted:
        report.note("member_missing", name, "stands in the list and not in the file")


def _difference(listed: Member, found: Member) -> str:
    if listed.size != found.size:
        return f"{found.size} bytes, sealed with {listed.size}"
    name, now, was = ("SM3", found.sm3, listed.sm3)
    if now == was:
        name, now, was = ("SHA-256", found.sha256, listed.sha256)
    if now[:16] != was[:16]:  # else what differs lies behind what would be shown
        now, was = f"{now[:16]}…", f"{was[:16]}…"
    return f"{name} {now}, sealed with {was}"


class _Walk:
    """The members of a file one after another, by their own headers; ``kept`` holds the content of those asked for.

    ``exact`` says whether the bytes around the members are those that :mod:`layout` makes, and no others.
    """

    def __init__(self, file: BinaryIO, keep: set[str]) -> None:
        self.members: list[Member] = []
        self.kept: dict[str, bytes] = {}
        self.exact = True
        self._file, self._keep = file, keep
        self._placed: list[Placed] = []

    def run(self) -> None:
        """Walk through to the end."""
        while self._next():
            if len(self.members) > MOST:
                raise PackageMalformed(f"it holds more than {MOST} members")
        rest = directory(self._placed)
        self.exact = self.exact and self._file.read(len(rest) + 1) == rest

    def _next(self) -> bool:
        at = self._file.tell()
        fixed = self._file.read(HEAD_BYTES)
        head = head_of(fixed, self._file.read)
        if head is None:
            self._file.seek(at)
            return False
        digests, held = Digests(), bytearray() if self._wants(head.name, head.size) else None
        while digests.size < head.size:
            data = self._file.read(min(_PIECE, head.size - digests.size))
            if not data:
                break
            digests.take(data)
            if held is not None:
                held += data
        self._take(Placed(head.name, digests.size, digests.crc, at), head.length, digests, held)
        return True

    def _wants(self, name: str, size: int) -> bool:
        return name in self._keep and name not in self.kept and size <= _LONGEST_LIST

    def _take(self, place: Placed, length: int, digests: Digests, held: bytearray | None) -> None:
        ended = self._file.tell()
        self._file.seek(place.at)
        self.exact = self.exact and self._file.read(length) == place.header
        self._file.seek(ended)
        self.members.append(digests.member(place.name))
        self._placed.append(place)
        if held is not None:
            self.kept[place.name] = bytes(held)
