"""Files of people 文件: taken in as a stream, known by their content, encrypted at rest, looked into before they count.

:func:`receive` takes the plain bytes and gives a :class:`Received`; :func:`named` makes of it a :class:`File` of a
person about a reference (a case), and the part :func:`keeping` writes its row in the write of what names it. A content
that no row names is collected by the job :func:`tidy`. An upload that may be cut off is :func:`begin_upload`,
:func:`take_more` and :func:`bytes_of` into ``receive``. Types are PDF, JPEG and PNG by their content alone; the
decoders run in a child process (``inspector.py``) and never here. What the house itself puts together is kept with
:func:`lay_down`. How much a file may be stands in ``limits.py``.
"""

from tongban.kit.files.giving import (
    TIDY_EVERY_SECONDS,
    Condition,
    bucket_condition,
    condition,
    content,
    content_keys,
    rekey,
    sweep,
    thumbnail,
    tidy,
)
from tongban.kit.files.limits import FILE_BYTES, LEAST_FREE_BYTES, PAGES, PIXELS
from tongban.kit.files.model import File, MediaType, Received, Wanted, again, as_answer, named
from tongban.kit.files.names import EXTENSIONS, clean_name, disposition, must_be_plain
from tongban.kit.files.partial import (
    Upload,
    begin_upload,
    bytes_of,
    let_go,
    receive_upload,
    take_more,
    upload_of,
    uploads_about,
    using_up,
)
from tongban.kit.files.picturing import Pictured, pictured
from tongban.kit.files.receiving import deposit, lay_down, receive
from tongban.kit.files.refusals import (
    FileLost,
    FilesAway,
    FileTooLarge,
    NoSuchFile,
    NoSuchUpload,
    ScannerAway,
    pointing_to,
)
from tongban.kit.files.scanning import scanner_says
from tongban.kit.files.sealed import SEALED
from tongban.kit.files.store import (
    as_read,
    at_most,
    dropping,
    dropping_all,
    erase,
    holdings,
    keeping,
    kept_about,
    kept_file,
    offered,
    offering_no_more,
    reading,
    whose,
)

__all__ = [
    "EXTENSIONS",
    "FILE_BYTES",
    "LEAST_FREE_BYTES",
    "PAGES",
    "PIXELS",
    "SEALED",
    "TIDY_EVERY_SECONDS",
    "Condition",
    "File",
    "FileLost",
    "FileTooLarge",
    "FilesAway",
    "MediaType",
    "NoSuchFile",
    "NoSuchUpload",
    "Pictured",
    "Received",
    "ScannerAway",
    "Upload",
    "Wanted",
    "again",
    "as_answer",
    "as_read",
    "at_most",
    "begin_upload",
    "bucket_condition",
    "bytes_of",
    "clean_name",
    "condition",
    "content",
    "content_keys",
    "deposit",
    "disposition",
    "dropping",
    "dropping_all",
    "erase",
    "holdings",
    "keeping",
    "kept_about",
    "kept_file",
    "lay_down",
    "let_go",
    "must_be_plain",
    "named",
    "offered",
    "offering_no_more",
    "pictured",
    "pointing_to",
    "reading",
    "receive",
    "receive_upload",
    "rekey",
    "scanner_says",
    "sweep",
    "take_more",
    "thumbnail",
    "tidy",
    "upload_of",
    "uploads_about",
    "using_up",
    "whose",
]
