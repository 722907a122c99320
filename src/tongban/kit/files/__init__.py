"""Files of people 文件: taken in as a stream, known by their content, encrypted at rest, looked into before they count.

:func:`receive` takes the plain bytes and gives a :class:`Received`; :func:`named` makes of it a :class:`File` of a
person about a reference (a case), and the part :func:`keeping` writes its row in the write of what names it. A content
that no row names is collected by the job :func:`tidy`. Types are PDF, JPEG and PNG by their content alone; the
decoders run in a child process (``inspector.py``) and never here. How much a file may be stands in ``limits.py``.
"""

from tongban.kit.files.giving import (
    TIDY_EVERY_SECONDS,
    Condition,
    condition,
    content,
    sweep,
    thumbnail,
    tidy,
)
from tongban.kit.files.limits import FILE_BYTES, LEAST_FREE_BYTES, PAGES, PIXELS
from tongban.kit.files.model import File, MediaType, Received, Wanted, as_answer, named
from tongban.kit.files.names import EXTENSIONS, clean_name, disposition
from tongban.kit.files.receiving import deposit, receive
from tongban.kit.files.refusals import FileLost, FilesAway, FileTooLarge, NoSuchFile
from tongban.kit.files.store import (
    as_read,
    dropping,
    dropping_all,
    holdings,
    keeping,
    kept_file,
    reading,
)

__all__ = [
    "EXTENSIONS",
    "FILE_BYTES",
    "LEAST_FREE_BYTES",
    "PAGES",
    "PIXELS",
    "TIDY_EVERY_SECONDS",
    "Condition",
    "File",
    "FileLost",
    "FileTooLarge",
    "FilesAway",
    "MediaType",
    "NoSuchFile",
    "Received",
    "Wanted",
    "as_answer",
    "as_read",
    "clean_name",
    "condition",
    "content",
    "deposit",
    "disposition",
    "dropping",
    "dropping_all",
    "holdings",
    "keeping",
    "kept_file",
    "named",
    "reading",
    "receive",
    "sweep",
    "thumbnail",
    "tidy",
]
