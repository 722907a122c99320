"""电子证照标识, the identifier of an e-licence (GB/T 36904-2018), and its check character (GB/T 17710, ISO 7064)."""

from __future__ import annotations

import re

import msgspec

#: The root of all e-licence identifiers in China's OID tree.
ROOT = "1.2.156.3005.2"
#: Characters of the longest identifier. What is longer was a code once, and was altered.
LONGEST = 94
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_PARTS = re.compile(
    r"(?P<type_code>[0-9A-Z]{21})\.(?P<issuer>[0-9A-Z]{18}|[0-9]{6})\.(?P<serial>[0-9A-Z]{1,32})"
    r"\.(?P<version>[0-9]{3})\.(?P<check>[0-9A-Z])"
)


class Malformed(ValueError):  # noqa: N818 - a verdict
    """What was given is not an e-licence identifier: wrong shape or wrong check character."""


class Misread(Malformed):
    """The shape of an identifier, but its check character does not fit: a character is wrong or two are swapped."""


class Identifier(msgspec.Struct, frozen=True):
    """The parts of an identifier. ``issuer`` is the issuer's USCC (18); old ones carry a 6-digit area code."""

    type_code: str
    issuer: str
    serial: str
    version: int

    @property
    def body(self) -> str:
        """What the check character is computed over, with its dots."""
        return f"{self.type_code}.{self.issuer}.{self.serial}.{self.version:03d}"

    def __str__(self) -> str:
        """The whole identifier with root and check character."""
        return f"{ROOT}.{self.body}.{check(self.body)}"


def check(body: str) -> str:
    """The check character over type, issuer, serial and version: ISO 7064 MOD 37,36, dots left out."""
    product = 36
    for character in body.replace(".", ""):
        product = ((product + _ALPHABET.index(character)) % 36 or 36) * 2 % 37
    return _ALPHABET[(37 - product) % 36]


def make(*, type_code: str, issuer: str, serial: str, version: int) -> str:
    """The identifier of a new licence; raises Malformed when a part does not fit its place."""
    parts = Identifier(type_code, issuer, serial, version)
    if _PARTS.fullmatch(f"{parts.body}.0") is None:
        raise Malformed("a part does not fit its place")
    return str(parts)


def parse(text: str) -> Identifier:
    """The parts of an identifier written with or without the root; raises Malformed, of it Misread.

    Blanks and lower case are forgiven, for people type it from paper; a wrong check character is not.
    """
    written = "".join(text.split()).upper().removeprefix(f"{ROOT}.")
    match = _PARTS.fullmatch(written)
    if match is None:
        raise Malformed("not the shape of an e-licence identifier")
    if check(written[:-2]) != match["check"]:
        raise Misread("the check character does not fit")
    return Identifier(match["type_code"], match["issuer"], match["serial"], int(match["version"]))
