"""Makes the fonts of papers 文书 (``src/tongban/ui/fonts``) from their sources; run by hand when those change.

    pip install fonttools
    npm pack @expo-google-fonts/noto-serif-sc@0.4.3 && tar xzf expo-google-fonts-noto-serif-sc-0.4.3.tgz
    apt-get download fonts-lxgw-wenkai && dpkg -x fonts-lxgw-wenkai_*.deb lxgw
    python -m scripts.fonts package lxgw/usr/share/fonts/truetype/lxgw-wenkai/LXGWWenKai-Regular.ttf

One family in five files, so that a process loads what a paper needs and no more (docs/adr/0012): GB 2312 with Latin in
two weights carries nearly every paper; names reach further, so the rest of GB 18030's levels 1 and 2 stands beside it,
and in a brush face what the serif lacks. Outlines are TrueType, without hints and layout tables, which nobody reads.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

FONTS = Path(__file__).resolve().parents[1] / "src" / "tongban" / "ui" / "fonts"
#: Latin, general punctuation, arrows, mathematics, technical and enclosed signs, boxes.
SIGNS = {*range(0x20, 0x250), *range(0x2000, 0x2600)}
#: The block of unified ideographs of Unicode 1, and its additions: with extension A, level 1 of GB 18030-2022.
IDEOGRAPHS = {*range(0x4E00, 0xA000)}
#: What names are written with that the serif lacks: more Latin, compatibility ideographs, extensions B and up.
NAMES = {*range(0x1E00, 0x1F00), *range(0xF900, 0xFB00), *range(0x20000, 0x32000)}
DROPPED = ("BASE", "DSIG", "GDEF", "GPOS", "GSUB", "MVAR", "STAT", "VORG", "gasp", "vhea", "vmtx")


def gb2312() -> set[int]:
    """Every character of GB 2312: 6,763 ideographs and 682 signs."""
    found = set()
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            try:
                found.add(ord(bytes((row, cell)).decode("gb2312")))
            except UnicodeDecodeError:
                continue
    return found


def cut(source: Path, wanted: set[int], name: str, *, renamed: str = "") -> None:
    """Write ``name`` with these characters of ``source``, the same bytes each time."""
    font = TTFont(source, recalcTimestamp=False)
    options = Options(layout_features=[], hinting=False, glyph_names=False, notdef_outline=True)
    options.name_IDs = [0, 1, 2, 4, 6, 13, 14]
    options.drop_tables += list(DROPPED)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=wanted)
    subsetter.subset(font)
    if renamed:
        _rename(font, renamed)
    font.save(FONTS / name)
    size = (FONTS / name).stat().st_size
    print(f"{name}: {len(font.getBestCmap())} characters, {size / 1e6:.1f} MB")


def _rename(font: TTFont, family: str) -> None:
    """Two parts of one font in a PDF must differ by name; and a reserved name stays with the whole (OFL 1.1 §3)."""
    for record in font["name"].names:
        if record.nameID in {1, 4, 6}:
            record.string = family.replace(" ", "") if record.nameID == 6 else family


def main(serif: Path, kai: Path) -> None:
    """Cut the five files, and put the licences beside them."""
    regular = serif / "400Regular" / "NotoSerifSC_400Regular.ttf"
    has = set(TTFont(regular, lazy=True).getBestCmap())
    often = (gb2312() | SIGNS) & has
    cut(regular, often, "serif-regular.ttf")
    cut(serif / "700Bold" / "NotoSerifSC_700Bold.ttf", often, "serif-bold.ttf")
    cut(regular, (has & IDEOGRAPHS) - often, "serif-wide.ttf", renamed="Tongban Wide Serif")
    cut(regular, has - IDEOGRAPHS - often, "serif-rare.ttf", renamed="Tongban Rare Serif")
    cut(
        kai,
        (set(TTFont(kai, lazy=True).getBestCmap()) & NAMES) - has,
        "kai-rare.ttf",
        renamed="Tongban Rare Kai",
    )
    licence = (serif / "LICENSE_FONT").read_text()
    licence = licence[licence.index("-----") :]
    for source, name in ((regular, "OFL-noto-serif-sc.txt"), (kai, "OFL-lxgw-wenkai.txt")):
        whose = TTFont(source, lazy=True)["name"].getDebugName(0)
        (FONTS / name).write_text(
            f"{whose}\n\nLicensed under the SIL Open Font License, Version 1.1:\n\n{licence}"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
