"""How much a file may be, in one place."""

from __future__ import annotations

#: A file 文件 of a person: a scan of some pages, or a photo of a paper. 20 MB as people count them.
FILE_BYTES = 20 << 20
#: Pages of a PDF.
PAGES = 200
#: Picture elements: an A4 page at 600 dpi has 35 million.
PIXELS = 50_000_000
#: The longer side of a thumbnail, in picture elements.
THUMBNAIL_SIDE = 320
#: A photo on a paper, four to a page: 240 dots an inch, and so many bytes that forty of them leave a paper below 5 MB.
PRINTED_SIDE, PRINTED_BYTES = 760, 70_000
#: What is left free on the disk for the database beside the files.
LEAST_FREE_BYTES = 1_000_000_000
#: What one person may have under way at once, in uploads that go on piece by piece: two applications full.
OPEN_UPLOADS = 20
OPEN_BYTES = 100 << 20
