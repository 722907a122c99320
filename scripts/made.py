"""Files that a script makes: written, or with ``--check`` only compared with what lies there."""

from __future__ import annotations

import sys
from pathlib import Path


def put(file: Path, text: str, *, of: str, script: str) -> int:
    """Write what was made into its file; gives the exit code. With ``--check`` on the command line nothing is written,
    and a file that differs is told and gives 1.

    ``of`` is what it is made of, ``script`` the module that makes it, both for who reads the sentence.
    """
    if "--check" not in sys.argv[1:]:
        file.write_text(text, encoding="utf-8")
        return 0
    if file.exists() and file.read_text(encoding="utf-8") == text:
        return 0
    print(f"{file.name} is not what {of}: run python -m scripts.{script}")
    return 1
