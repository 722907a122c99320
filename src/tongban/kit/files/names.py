"""What a file is called: a base name that no system takes for a path, and how it travels in a header."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from urllib.parse import quote

from tongban.kit.files.model import MediaType
from tongban.kit.files.refusals import FileNameNotPlain

#: How many characters of a name are kept, its extension among them.
LONGEST = 120
#: The extensions of each type; the first is given to a name that has none.
EXTENSIONS: dict[MediaType, tuple[str, ...]] = {
    "application/pdf": ("pdf",),
    "image/jpeg": ("jpg", "jpeg", "jpe", "jfif"),
    "image/png": ("png",),
}
#: How each type is called in a sentence.
WORDS: dict[MediaType, str] = {"application/pdf": "PDF", "image/jpeg": "JPG", "image/png": "PNG"}


def types_in_words(types: Collection[MediaType]) -> str:
    """The types in a row: PDF / JPG / PNG."""
    return " / ".join(words for media_type, words in WORDS.items() if media_type in types)


#: What senders declare that is not wrong: no type at all, or an old name of it.
_SAME = {"image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg", "application/x-pdf": "application/pdf"}
_UNDECLARED = frozenset({"", "application/octet-stream", "binary/octet-stream"})
#: Letters and digits after the last full stop, with a letter among them: ``扫描件2026.05`` has no extension.
_EXTENSION = re.compile(r"\.((?=[0-9]*[A-Za-z])[A-Za-z0-9]{1,8})$")
#: What a system somewhere refuses in names.
_REFUSED = str.maketrans(dict.fromkeys('<>:"|?*', "_"))


def clean_name(raw: str) -> str:
    """The base name: no path, no control or invisible characters, NFC, at most :data:`LONGEST` characters."""
    base = re.split(r"[/\\]", raw)[-1]
    seen = "".join(one for one in base if unicodedata.category(one) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    tidy = " ".join(unicodedata.normalize("NFC", seen).split()).translate(_REFUSED).strip(". ")
    if len(tidy) <= LONGEST:
        return tidy
    ending = f".{extension}" if (extension := extension_of(tidy)) else ""
    return tidy[: LONGEST - len(ending)].rstrip(". ") + ending


def must_be_plain(raw: str) -> None:
    """Raise FileNameNotPlain for what a program sends as a name and what names a path, or nothing.

    A browser may send a path with the name, which nobody typed; a program that does means something by it.
    """
    if re.search(r"[/\\]", raw) or not clean_name(raw):
        raise FileNameNotPlain


def extension_of(name: str) -> str:
    """The extension in small letters, empty when the name has none."""
    found = _EXTENSION.search(name)
    return found[1].lower() if found else ""


def named_type(name: str, types: Collection[MediaType]) -> MediaType | None:
    """The type, of these, that the name's extension says; None where it says none of them."""
    extension = extension_of(name)
    return next((one for one in types if extension in EXTENSIONS[one]), None)


def agrees(media_type: MediaType, *, name: str, declared: str) -> bool:
    """Whether the name's extension and the declared type, where there are any, say what the content is."""
    extension = extension_of(name)
    told = declared.partition(";")[0].strip().lower()
    return (not extension or extension in EXTENSIONS[media_type]) and (
        told in _UNDECLARED or _SAME.get(told, told) == media_type
    )


def called(name: str, media_type: MediaType) -> str:
    """The name with the extension of its type, so that every system opens it as what it is."""
    if extension_of(name) in EXTENSIONS[media_type]:
        return name
    return f"{name or '文件'}.{EXTENSIONS[media_type][0]}"


def disposition(name: str, *, inline: bool) -> str:
    """``Content-Disposition`` (RFC 6266): a plain name for old readers, the whole one percent-encoded."""
    plain = name.encode("ascii", "replace").decode().replace("?", "_")
    plain = re.sub(r"[^ !#$&+\-.0-9A-Z^_`a-z|~()\[\]{}@,;=\']", "_", plain)
    kind = "inline" if inline else "attachment"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
