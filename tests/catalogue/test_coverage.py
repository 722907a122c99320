"""The legal list against what is in force, over any lists; a file of the city that cannot be used is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.catalogue import files
from tongban.catalogue.model.coverage import APPROVAL, ListLine, coverage
from tongban.kit.i18n import Text

_HEAD = "catalog_code,kind,department,name_zh,name_en,mark"
_lines = st.lists(
    st.builds(
        lambda kind, organ, serial: ListLine(
            catalog_code=f"00{kind}{organ}{serial:03d}000",
            kind=kind,
            department=organ,
            name=Text(f"事项{serial}", f"Item {serial}"),
            mark="synthetic",
        ),
        st.sampled_from(["01", "07", "20"]),
        st.sampled_from(["09", "31"]),
        st.integers(1, 6),
    ),
    unique_by=lambda line: line.catalog_code,
    max_size=30,
)


@given(lines=_lines, data=st.data())
def test_each_line_is_connected_or_a_gap(lines: list[ListLine], data: st.DataObject) -> None:
    """How it can fail (tried): a code of two items counts twice; a department's gaps are those of all; a line
    whose item is cancelled stays a gap, or goes though another item implements it."""
    offered = data.draw(st.lists(st.sampled_from([line.catalog_code for line in lines] + ["009999999999"])))
    cover = coverage(lines, offered)
    gaps = [line for one in cover.departments for line in one.gaps]
    assert {line.catalog_code for line in gaps} == {line.catalog_code for line in lines} - {*offered}
    assert cover.lines == len(lines) and cover.connected == len(lines) - len(gaps)
    assert sorted(cover.beyond) == ["009999999999"] * ("009999999999" in offered)
    for one in cover.departments:
        assert {line.department for line in one.gaps} <= {one.department}
        assert one.lines == sum(line.department == one.department for line in lines)
        assert one.connected == one.lines - len(one.gaps)
    for kind in cover.kinds:
        assert kind.lines == sum(line.kind == kind.kind for line in lines) == kind.connected + len(kind.gaps)
    assert cover.approvals.lines == sum(line.kind == APPROVAL for line in lines)
    assert {*cover.approvals.gaps} == {line for line in gaps if line.kind == APPROVAL}
    more = coverage(lines, [*offered, *(line.catalog_code for line in gaps[:1])])
    assert more.connected == cover.connected + bool(gaps), "an item more closes just its gap"
    off = {line.catalog_code for line in [*gaps[:1], *lines[:1]]}
    fewer = coverage(lines, offered, off)
    assert (fewer.lines, fewer.connected) == (cover.lines - len(off - {*offered}), cover.connected), (
        "law no more"
    )


def test_a_list_that_cannot_be_used_names_its_line(tmp_path: Path) -> None:
    """How it can fail (tried): a line that stands twice counts twice; a missing list is a fault."""
    assert files.basic_list(tmp_path) == () and files.figures(tmp_path) is None
    folder = tmp_path / "city" / "catalogue"
    folder.mkdir(parents=True)
    for rows, fault in (
        (
            "000109001000,07,police,甲,A,synthetic",
            "basic_list.csv:2: '000109001000' is no code of a line of kind",
        ),
        ("00010900100,01,police,甲,A,synthetic", "basic_list.csv:2: "),
        ("000109001000,01,police,甲,A,real\n" * 2, "basic_list.csv:3: 000109001000 stands there twice"),
    ):
        files._list.cache_clear()
        (folder / "basic_list.csv").write_text(f"{_HEAD}\n{rows}", encoding="utf-8")
        with pytest.raises(files.CityListWrong, match=fault):
            files.basic_list(tmp_path / "city")
    files._list.cache_clear()
    (folder / "basic_list.csv").write_text("kind\n01", encoding="utf-8")
    with pytest.raises(files.CityListWrong, match=r"basic_list.csv:2: there is no column 'catalog_code'"):
        files.basic_list(tmp_path / "city")
    (folder / "figures.yaml").write_text("year: soon", encoding="utf-8")
    with pytest.raises(files.CityListWrong, match=r"figures.yaml: "):
        files.figures(tmp_path / "city")
