"""Key files: made once, each atomically, readable by their owner only."""

from __future__ import annotations

import os
import re
import secrets
from functools import cache
from pathlib import Path
from typing import get_args

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tongban.kit.keys.ciphers import KEY_BYTES, SealingCipher
from tongban.kit.keys.lookup import LOOKUP_BYTES, PLAIN
from tongban.kit.keys.ring import Keys, Renewed, Signer
from tongban.settings import settings

_PURPOSES: tuple[Signer, ...] = get_args(Signer)
_SECRETS = ("index.key", "session.key")
_SECRET_BYTES = 32
#: ``column.key`` is number 1; the cipher stands before the end where it is not AES: ``column.2.sm4.key``.
_COLUMN_KEY = re.compile(r"^column(?:\.(\d{1,3}))?(?:\.(sm4))?\.key$")
#: ``lookup.0.key`` is empty: it says that hashes stand which have none.
_LOOKUP_KEY = re.compile(r"^lookup\.(\d{1,3})\.key$")


class MissingKeys(Exception):  # noqa: N818 - named for what is missing
    """The key folder is absent, incomplete or not readable as keys; the message names the file."""


def ensure(data_dir: Path) -> Path:
    """Make whatever key is missing in ``<data_dir>/keys`` and give that folder.

    Idempotent, and safe when two processes start at once: each file is written whole beside its place
    and then linked there, so the first wins and nobody reads half a key. Owned like ``data_dir``. A key
    that exists is never replaced: what it sealed or signed would be lost.
    """
    folder = data_dir / "keys"
    folder.mkdir(mode=0o700, exist_ok=True)
    _own_like(data_dir, folder)
    for purpose in _PURPOSES:
        private = folder / f"{purpose}.key.pem"
        if not private.exists():
            _place(private, _private_pem(ec.generate_private_key(ec.SECP256R1())), like=data_dir)
        public = folder / f"{purpose}.pub.pem"
        if not public.exists():
            _place(public, _public_pem(_private_key(private).public_key()), like=data_dir)
    made_before = (folder / "index.key").exists()
    if not lookup_numbers(folder):
        # Before index.key, so that of two who start at once none takes the other's for an older installation, whose
        # people are found by plain hashes.
        place_lookup_key(folder, PLAIN if made_before else 1, like=data_dir)
    for name in _SECRETS:
        if not (folder / name).exists():
            _place(folder / name, secrets.token_bytes(_SECRET_BYTES), like=data_dir)
    if not _numbers(folder):  # the first column key may be retired: its number is never given again
        place_column_key(folder, 1, settings().sealing_cipher, like=data_dir)
    return folder


def load(data_dir: Path) -> Keys:
    """Read the keys of ``<data_dir>/keys``; raises MissingKeys with the file's name.

    Rotation: :func:`tongban.kit.keys.renewing.new` puts ``column.2.key`` beside ``column.key``; keep a
    retired public key as ``licence.<any name>.pub.pem`` and what it signed still verifies.
    """
    folder = data_dir / "keys"
    if not folder.is_dir():
        raise MissingKeys(f"no key folder at {folder}")
    stamp = folder.stat().st_mtime_ns
    return Keys(
        signing={purpose: _private_key(folder / f"{purpose}.key.pem") for purpose in _PURPOSES},
        published={
            purpose: [_public_key(path) for path in sorted(folder.glob(f"{purpose}.*pub.pem"))]
            for purpose in _PURPOSES
        },
        sealing=_column_keys(folder),
        lookup=_lookup_keys(folder),
        index=_secret(folder / "index.key"),
        session=_secret(folder / "session.key"),
        renewed=_Renewed(folder, stamp),
    )


@cache
def current() -> Keys:
    """This process's keys, read once; tests that move the data folder call ``current.cache_clear()``."""
    return load(settings().data_dir)


class _Renewed:
    """The sealing and look-up keys of a folder, read again when it changed since: one look at the folder a use."""

    def __init__(self, folder: Path, stamp: int) -> None:
        self._folder = folder
        self._stamp = stamp

    def __call__(self) -> Renewed | None:
        try:
            stamp = os.stat(self._folder).st_mtime_ns  # noqa: PTH116 - with every seal; a Path's own takes twice as long
        except FileNotFoundError:  # the keys in memory go on working
            return None
        if stamp == self._stamp:
            return None
        found = Renewed(_column_keys(self._folder), _lookup_keys(self._folder))
        self._stamp = stamp
        return found


def _numbers(folder: Path) -> dict[int, Path]:
    """The sealing keys' files by their id."""
    matches = ((path, _COLUMN_KEY.match(path.name)) for path in folder.iterdir())
    return {int(match[1] or 1): path for path, match in matches if match}


def cipher_of(path: Path) -> SealingCipher:
    """The cipher that a column key's file name tells."""
    match = _COLUMN_KEY.match(path.name)
    return "sm4" if match is not None and match[2] else "aes"


def place_column_key(folder: Path, number: int, cipher: SealingCipher, *, like: Path) -> None:
    """Make a column key of this number and cipher, unless its file is there."""
    parts = ["column", *([str(number)] if number > 1 else []), *(["sm4"] if cipher == "sm4" else []), "key"]
    _place(folder / ".".join(parts), secrets.token_bytes(KEY_BYTES[cipher]), like=like)


def lookup_numbers(folder: Path) -> dict[int, Path]:
    """The look-up keys' files by their id."""
    matches = ((path, _LOOKUP_KEY.match(path.name)) for path in folder.iterdir())
    return {int(match[1]): path for path, match in matches if match}


def place_lookup_key(folder: Path, number: int, *, like: Path) -> None:
    """Make a look-up key of this number, unless its file is there."""
    content = b"" if number == PLAIN else secrets.token_bytes(LOOKUP_BYTES)
    _place(folder / f"lookup.{number}.key", content, like=like)


def _lookup_keys(folder: Path) -> dict[int, bytes]:
    """The look-up keys by id; a folder that was made before there were any has the plain hashes."""
    found = lookup_numbers(folder) or {PLAIN: folder / "index.key"}
    return {number: b"" if number == PLAIN else _secret(path, LOOKUP_BYTES) for number, path in found.items()}


def _column_keys(folder: Path) -> dict[int, bytes]:
    found = {number: _secret(path, KEY_BYTES[cipher_of(path)]) for number, path in _numbers(folder).items()}
    if not found:
        raise MissingKeys(f"no column.key in {folder}")
    if max(found) > 255:
        raise MissingKeys("a column key's number is at most 255")
    return found


def _place(path: Path, content: bytes, *, like: Path) -> None:
    """Write ``content`` to ``path`` unless it exists by then; never leaves a partial file there."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _own_like(like, draft)
        try:
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        draft.unlink()
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _own_like(like: Path, path: Path) -> None:
    owner, mine = like.stat(), path.stat()
    if os.geteuid() == 0 and (mine.st_uid, mine.st_gid) != (owner.st_uid, owner.st_gid):
        os.chown(path, owner.st_uid, owner.st_gid)


def _private_key(path: Path) -> ec.EllipticCurvePrivateKey:
    try:
        key = serialization.load_pem_private_key(_read(path), password=None)
    except (ValueError, TypeError) as unreadable:
        raise MissingKeys(f"{path} is not a private key") from unreadable
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise MissingKeys(f"{path} is not a P-256 key")
    return key


def _public_key(path: Path) -> ec.EllipticCurvePublicKey:
    try:
        key = serialization.load_pem_public_key(_read(path))
    except ValueError as unreadable:
        raise MissingKeys(f"{path} is not a public key") from unreadable
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise MissingKeys(f"{path} is not a P-256 key")
    return key


def _secret(path: Path, size: int = _SECRET_BYTES) -> bytes:
    content = _read(path)
    if len(content) != size:
        raise MissingKeys(f"{path} does not hold {size} bytes")
    return content


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise MissingKeys(f"{path} is missing") from None


def _private_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _public_pem(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
