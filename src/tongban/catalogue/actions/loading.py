"""Loading the city's catalogue from its files: sources that no other room registers, then the items."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from tongban.catalogue.actions.checking import note_states, recheck
from tongban.catalogue.actions.composing import OWN, CityFiles, CityFileWrong, composed, following
from tongban.catalogue.actions.following import AfterwardsWrong
from tongban.catalogue.actions.guiding import publish_questionnaires, questionnaires_of
from tongban.catalogue.actions.placing import Fault, misspelt, named_in, nearest, structural
from tongban.catalogue.actions.publishing import put_in_force, register_source, work_out_facts
from tongban.catalogue.actions.standards import standards
from tongban.catalogue.actions.synthesising import Listings
from tongban.catalogue.model import ElementUnknown, ItemVersion, Known, MaterialUnknown, Source, Theme, lint
from tongban.catalogue.store import searching
from tongban.kit.db import Database, write
from tongban.kit.policy import SYSTEM


async def load(db: Database, city_dir: Path, *, listed: bool = False, now: datetime) -> None:
    """Register the city's sources and publish its items; what has not changed stays as it is.

    Resources are the exchange's to register; call its loader first, or an item that reads them is refused. Then the
    whole catalogue is checked against the register: a source that is new makes tasks of what is in force. ``listed``:
    with the items of the city's list, which a real start has and a test mostly not.
    """
    for source in listed_sources(city_dir):
        await write(db, register_source(source))
    await searching.put_themes(db, themes_of(city_dir))
    drafts = drafts_of(city_dir, listed=listed)
    await put_in_force(db, SYSTEM, drafts=drafts, area_code=area_code(city_dir), now=now)
    await work_out_facts(db)
    await note_states(db, now=now)
    await recheck(db, SYSTEM, days=task_days(city_dir), now=now)
    await publish_questionnaires(db, SYSTEM, drafts=questionnaires_of(city_dir), now=now)


def drafts_of(city_dir: Path, *, listed: bool = False) -> list[ItemVersion]:
    """Every item of the city that has a file, and those for its licences; with ``listed`` also those of its list.

    Raises CityFileWrong.
    """
    city = CityFiles(city_dir)
    return [*_described(city_dir, city), *(Listings(city).drafts() if listed else ())]


def described_drafts(city_dir: Path) -> list[ItemVersion]:
    """The items that have files of their own; raises CityFileWrong."""
    return _described(city_dir, CityFiles(city_dir))


def _described(city_dir: Path, city: CityFiles) -> list[ItemVersion]:
    paths = sorted((city_dir / "items").glob("*.yaml"))
    return [draft for path in paths for draft in (draft_of(path, city), *followers_of(path, city))]


def findings_of(city_dir: Path, codes: Sequence[str], others: Sequence[Source]) -> list[dict[str, str]]:
    """Every broken rule of the city's items, or of those named, against its own sources and those of ``others``."""
    city = CityFiles(city_dir)
    known = Known([*listed_sources(city_dir), *others], standards(city_dir))
    paths = sorted((city_dir / "items").glob("*.yaml"))
    if codes:
        paths = [city_dir / "items" / f"{code}.yaml" for code in codes]
    found = []
    for path in paths:
        if not path.exists():
            found.append(_no_file(path, city_dir))
            continue
        try:
            drafts = [draft_of(path, city), *followers_of(path, city)]
        except CityFileWrong as wrong:
            found += _unreadable(path, wrong)
            continue
        found += [
            {"item": draft.code, "rule": one.rule, "field": one.field, "message": str(one.message)}
            for draft in drafts
            for one in lint(draft, known, area_code=area_code(city_dir))
        ]
    return found


def _no_file(path: Path, city_dir: Path) -> dict[str, str]:
    known = [one.stem for one in (city_dir / "items").glob("*.yaml")]
    words = f"there is no item {path.stem!r}: no file items/{path.name}{nearest(path.stem, known)}"
    return {"item": path.stem, "rule": "FILE", "field": "", "message": words}


def _unreadable(path: Path, wrong: CityFileWrong) -> list[dict[str, str]]:
    """Each fault of an item's file with its line, or the one sentence where there is no more to tell."""
    faults = wrong.faults or (Fault(0, "", str(wrong)),)
    return [
        {"item": path.stem, "rule": "FILE", "field": one.field, "message": _at(path, one)} for one in faults
    ]


def _at(path: Path, fault: Fault) -> str:
    return f"{path.name}:{fault.line}: {fault.message}" if fault.line else fault.message


def themes_of(city_dir: Path) -> list[Theme]:
    """The themes of ``themes.yaml``, in order."""
    path = city_dir / "themes.yaml"
    return _converted(msgspec.yaml.decode(path.read_bytes())["themes"], list[Theme], path)  # type: ignore[no-any-return]


def listed_sources(city_dir: Path) -> list[Source]:
    """The licence types and commitments of ``sources.yaml``."""
    path = city_dir / "sources.yaml"
    rows = msgspec.yaml.decode(path.read_bytes())["sources"]
    return [_converted(row, Source, path) for row in rows if row["kind"] != "resource"]


def area_code(city_dir: Path) -> str:
    """The city's telephone area code, empty when it states none."""
    rows = msgspec.yaml.decode((city_dir / "sources.yaml").read_bytes())
    return str(rows.get("area_code", ""))


def task_days(city_dir: Path) -> int:
    """In how many working days an organ publishes a version without what a source gives now."""
    return int(msgspec.yaml.decode((city_dir / "sources.yaml").read_bytes()).get("task_days", 20))


def draft_of(path: Path, city: CityFiles) -> ItemVersion:
    """The draft in one of the city's item files; raises CityFileWrong."""
    text = path.read_text(encoding="utf-8")
    item: dict[str, Any] = {}
    try:
        item = msgspec.yaml.decode(text, type=dict[str, Any])
        body = composed(dict(item), city)
    except KeyError as missing:
        lacking = Fault(0, str(missing.args[0]), f"{path.name}: the field {missing} is missing")
        raise _wrong(path, [lacking, *misspelt(item, ItemVersion, text, OWN)]) from missing
    except (ElementUnknown, MaterialUnknown, AfterwardsWrong) as wrong:
        raise _wrong(path, [Fault(named_in(str(wrong), text), "", str(wrong))]) from wrong
    except msgspec.MsgspecError as wrong:
        raise CityFileWrong(f"{path.name}: {wrong}") from wrong
    try:
        draft = msgspec.convert(body, ItemVersion)
    except msgspec.ValidationError as wrong:
        raise _wrong(path, structural(body, ItemVersion, text, OWN)) from wrong
    if draft.code != path.stem:
        raise CityFileWrong(f"{path.name}: the code is {draft.code}, the file is named otherwise")
    return draft


def followers_of(path: Path, city: CityFiles) -> list[ItemVersion]:
    """The drafts of the items for the licence that an item gives, whose file can be used; raises CityFileWrong."""
    item = msgspec.yaml.decode(path.read_bytes(), type=dict[str, Any])
    try:
        bodies = following(item, composed(dict(item), city), city)
    except (AfterwardsWrong, ElementUnknown, MaterialUnknown) as wrong:
        raise _wrong(
            path, [Fault(named_in("afterwards", path.read_text("utf-8")), "afterwards", str(wrong))]
        ) from wrong
    return [_converted(body, ItemVersion, path) for body in bodies]


def _wrong(path: Path, faults: list[Fault]) -> CityFileWrong:
    return CityFileWrong("\n".join(_at(path, one) for one in faults), faults)


def _converted(body: Any, kind: Any, path: Path) -> Any:
    try:
        return msgspec.convert(body, kind)
    except msgspec.ValidationError as wrong:
        raise CityFileWrong(f"{path.name}: {wrong}") from wrong
