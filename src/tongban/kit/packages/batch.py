"""A batch of packages in a folder, as it is handed over: an index, and a signed list of every file with one root.

``manifest.json`` and ``manifest.jws`` stand beside the files as they stand in a package; ``about`` holds the number of
packages and the Merkle root over their SHA-256 digests in the order of the list, so that one line on paper
(a receipt 移交清单) stands for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tongban.kit.packages.manifest import (
    MANIFEST,
    SIGNATURE,
    Manifest,
    Member,
    PackageMalformed,
    listed,
    readable,
    signed,
)
from tongban.kit.packages.merkle import leaf, rooted
from tongban.kit.packages.verifying import Report, compare, signed_by
from tongban.kit.packages.writing import Digests

#: What the list of a batch says that it is.
KIND = "tongban-archive-batch-1"
#: Where the packages lie in the folder, and the index beside them.
PACKAGES, INDEX = "packages", "index.csv"
_PIECE = 1 << 20


def batch_root(members: Sequence[Member]) -> str:
    """The Merkle root over the packages of a batch, in hexadecimal; other files do not count."""
    leaves = [leaf(bytes.fromhex(one.sha256)) for one in members if one.name.startswith(f"{PACKAGES}/")]
    return rooted(leaves, 0)[0].hex()


def file_member(folder: Path, name: str) -> Member:
    """A file of the folder as a list names it; raises OSError."""
    digests = Digests()
    with (folder / name).open("rb") as file:
        while data := file.read(_PIECE):
            digests.take(data)
    return digests.member(name)


def sealed_batch(
    about: Mapping[str, Any],
    members: list[Member],
    *,
    jwk: Mapping[str, str],
    sign: Callable[[bytes], bytes],
) -> tuple[bytes, bytes]:
    """The list of a batch and its signature."""
    packages = [one for one in members if one.name.startswith(f"{PACKAGES}/")]
    text = listed(
        Manifest(
            about={**about, "kind": KIND, "count": len(packages), "root": batch_root(members)},
            members=members,
        )
    )
    return text, signed(text, jwk, sign)


def verify_batch(folder: Path, *, jwks: Mapping[str, Any] | None = None) -> Report:
    """Verify the list of a batch and every file of it by its digests; raises PackageMalformed.

    The packages themselves are verified one by one with :func:`tongban.kit.packages.verify`.
    """
    try:
        text, token = (folder / MANIFEST).read_bytes(), (folder / SIGNATURE).read_bytes()
    except OSError as missing:
        raise PackageMalformed(f"there is no {MANIFEST} with its {SIGNATURE} in the folder") from missing
    manifest = readable(text)
    found = list(_files(folder))
    report = Report(about=manifest.about, members=len(manifest.members), size=sum(one.size for one in found))
    signed_by(report, {MANIFEST: text, SIGNATURE: token}, jwks)
    compare(report, manifest, found)
    if (manifest.about.get("kind"), manifest.about.get("root")) != (KIND, batch_root(manifest.members)):
        report.note("root_wrong", MANIFEST, "the root is not that of the packages that the list names")
    return report


def _files(folder: Path) -> Iterator[Member]:
    yield from (file_member(folder, name) for name in (INDEX,) if (folder / name).is_file())
    for path in sorted((folder / PACKAGES).glob("*")):
        yield file_member(folder, f"{PACKAGES}/{path.name}")
