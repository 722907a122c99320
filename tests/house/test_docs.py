"""The project's papers: a link within the repository leads somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def broken(root: Path) -> Iterator[str]:
    """Relative links of the README and ``docs/`` whose file is not there."""
    for paper in [*root.glob("*.md"), *sorted(root.glob("docs/**/*.md"))]:
        for target in _LINK.findall(paper.read_text()):
            if (
                "://" not in target
                and not target.startswith("mailto:")
                and not (paper.parent / target).exists()
            ):
                yield f"{paper.relative_to(root)}: {target}"


def test_links_lead_somewhere() -> None:
    assert list(broken(ROOT)) == []


def test_a_dead_link_is_seen(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("[here](gone.md#part), [there](https://example.org/)")
    assert list(broken(tmp_path)) == ["README.md: gone.md"]
