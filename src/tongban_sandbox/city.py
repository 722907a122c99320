"""What the sandbox knows of the city it plays: districts from its own CSV, the rest is fictional."""

import csv
import random
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import yaml

HERE = Path(__file__).parent
UNNAMED = "示范市"
STREETS = [
    "云栖",
    "听松",
    "望潮",
    "青禾",
    "知远",
    "映月",
    "拾光",
    "澄江",
    "和鸣",
    "长宜",
    "星河",
    "棠梨",
    "杏林",
    "柳浪",
    "霁虹",
    "鹿鸣",
    "溪语",
    "兰舟",
    "枫桥里",
    "石榴",
    "采薇",
    "清嘉",
    "远帆",
    "明德湾",
    "半山",
    "竹里",
    "芦花",
    "白鹭",
    "晴川里",
    "书声",
]
STREET_KINDS = ("路", "街", "大道", "支路")
SUBDISTRICTS = ["望潮街道", "青禾街道", "澄江镇", "鹿鸣街道", "云栖镇", "霁虹街道"]


class CityError(Exception):
    """The city's data cannot be used; the text is a sentence for the person who starts the sandbox."""


@dataclass(frozen=True, slots=True)
class Area:
    """An administrative area of GB/T 2260 with the years in which its code was in force."""

    code: str
    name: str
    valid_from: int
    valid_until: int = 9999


@dataclass(frozen=True, slots=True)
class Address:
    """A place to live or to study at."""

    district: str
    subdistrict: str
    text: str


@dataclass(frozen=True, slots=True)
class City:
    """Districts of today, codes of the past, and the rest of the country people come from."""

    name: str
    districts: tuple[Area, ...]
    former: tuple[Area, ...]
    origins: tuple[Area, ...]
    local: frozenset[str] = field(default_factory=frozenset)

    def address(self, draw: random.Random) -> Address:
        """A fictional home in one of the real districts."""
        area = draw.choice(self.districts)
        sub = draw.choice(SUBDISTRICTS)
        street = draw.choice(STREETS) + draw.choice(STREET_KINDS)
        room = f"{draw.randint(1, 28)}{draw.randint(1, 6):02d}室"
        lane, house = draw.randint(1, 1999), draw.randint(1, 60)
        return Address(area.code, sub, f"{self.name}{area.name}{sub}{street}{lane}弄{house}号{room}")

    def birth_area(self, draw: random.Random, born: date, *, local: bool) -> Area:
        """An area whose code was in force when the number was given out (the numbers began in 1984)."""
        year = max(born.year, 1984)
        pool = self.districts + self.former if local else self.origins
        while True:
            area = draw.choice(pool)
            if area.valid_from <= year <= area.valid_until:
                return area


def _areas(path: Path) -> tuple[Area, ...]:
    with path.open(encoding="utf-8", newline="") as lines:
        return tuple(
            Area(r["code"], r["name_zh"], int(r.get("valid_from") or 1980), int(r.get("valid_until") or 9999))
            for r in csv.DictReader(lines)
        )


def _name(folder: Path) -> str:
    path = folder / "city.yaml"
    known = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return str(known.get("name", {}).get("zh", UNNAMED))


def load(folder: Path, name: str = "") -> City:
    """Read the city's districts from `folder`/districts.csv (columns code, name_zh, name_en).

    Without `name` the city is called as its city.yaml says.
    """
    path = folder / "districts.csv"
    if not path.is_file():
        raise CityError(f"No districts of the city found at {path}; give their folder with --city.")
    try:
        districts = _areas(path)
    except (KeyError, ValueError) as wrong:
        raise CityError(f"{path} needs the columns code, name_zh and name_en ({wrong}).") from wrong
    if not districts:
        raise CityError(f"{path} names no district.")
    former = folder / "former_districts.csv"
    return City(
        name=name or _name(folder),
        districts=districts,
        former=_areas(former) if former.is_file() else (),
        origins=_areas(HERE / "data" / "origins.csv"),
        local=frozenset(d.code for d in districts),
    )


def register_codes(folder: Path) -> dict[str, str]:
    """Register → resource code of the sharing catalogue; a city may bring its own registers.csv."""
    own = folder / "registers.csv"
    with (own if own.is_file() else HERE / "data" / "registers.csv").open(
        encoding="utf-8", newline=""
    ) as lines:
        return {r["register"]: r["code"] for r in csv.DictReader(lines)}
