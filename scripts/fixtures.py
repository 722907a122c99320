"""The fixtures of govuk-frontend, taken from node_modules into tests/vendor/govuk, so that tests need no node.

    python -m scripts.fixtures            take them over from the version that package.json pins
    python -m scripts.fixtures --check    exit 1 when what is committed is not what that version holds

Of each fixture its name, options and HTML are kept as they are; screenshots and page settings are left out.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

HOME = Path(__file__).resolve().parents[1]
TAKEN_FROM = HOME / "node_modules" / "govuk-frontend"
KEPT_IN = HOME / "tests" / "vendor" / "govuk"
#: Their frame (header, footer, cookies) is no equal of ours; `tests/ui/govuk/missing.py` gives the reason of each.
LEFT_OUT = frozenset({"cookie-banner", "footer", "generic-header", "header", "service-navigation"})


def _read(path: Path) -> Any:
    return json.loads(path.read_text())


def taken() -> dict[str, str]:
    """File name → content, of the installed version: one file a component, one line a fixture, and the index."""
    components = sorted(path.parent for path in TAKEN_FROM.glob("dist/govuk/components/*/fixtures.json"))
    if not components:
        raise SystemExit("node_modules/govuk-frontend is missing; run scripts/setup.sh front")
    version = _read(TAKEN_FROM / "package.json")["version"]
    files = {"index.json": _lines([{"version": version}, *({"component": one.name} for one in components)])}
    for folder in components:
        if folder.name not in LEFT_OUT:
            fixtures = _read(folder / "fixtures.json")["fixtures"]
            kept = [{name: one[name] for name in ("name", "options", "html")} for one in fixtures]
            files[f"{folder.name}.json"] = _lines(kept)
    return files


def _lines(rows: list[dict[str, Any]]) -> str:
    return "[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]\n"


def main() -> None:
    """Write, or with ``--check`` compare."""
    files = taken()
    if "--check" in sys.argv[1:]:
        kept = {path.name: path.read_text() for path in KEPT_IN.glob("*.json")}
        stale = sorted(name for name in files.keys() | kept.keys() if files.get(name) != kept.get(name))
        if stale:
            raise SystemExit(f"tests/vendor/govuk: {', '.join(stale)} stale; run python -m scripts.fixtures")
        return
    KEPT_IN.mkdir(exist_ok=True)
    for path in KEPT_IN.glob("*.json"):
        path.unlink()
    for name, text in files.items():
        (KEPT_IN / name).write_text(text)
    print(f"{len(files)} files in {KEPT_IN.relative_to(HOME)}")


if __name__ == "__main__":
    main()
