"""Filters of the list: each value says how many lines it leaves, the other filters as they are."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tongban.catalogue.model import Card, Facts, Filters, Listed, facets
from tongban.kit.i18n import Text

_CARD = Card(
    name=Text("事项", "Item"),
    summary=Text("事项", "Item"),
    department=Text("部门", "Department"),
    promise_days=0,
    visits=0,
    zero_material=False,
    is_free=True,
)
_listed = st.builds(
    lambda targets, themes, organ, district, kind, counts: Listed(
        "item",
        msgspec.structs.replace(_CARD, targets=targets, themes=themes, department_kind=organ),
        True,
        "",
        Facts(kind=kind),
        district,
        counts,
    ),
    st.sampled_from([("1",), ("2", "3"), ("1", "2")]),
    st.sampled_from([("personal.work",), ("personal.work", "legal.law"), ()]),
    st.sampled_from(["police", "health"]),
    st.sampled_from(["city", "310104"]),
    st.sampled_from(["01", "20"]),
    st.frozensets(st.sampled_from(["app", "fees", "police.traffic"])),
)
_filters = st.builds(
    Filters,
    audience=st.sampled_from([None, "person", "firm"]),
    theme=st.sampled_from([None, "legal.law"]),
    department=st.sampled_from([None, "health"]),
    mode=st.sampled_from([None, "app"]),
    district=st.sampled_from([None, "310104"]),
    kind=st.sampled_from([None, "20"]),
)


@given(lines=st.lists(_listed, max_size=20), filters=_filters)
def test_a_value_says_how_many_lines_it_leaves(lines: list[Listed], filters: Filters) -> None:
    """How it can fail (tried): a line held back by two filters counts for one of them; a chosen value that leaves none
    is gone, and with it the way back."""
    found = facets(lines, filters)
    for name, values in found.items():
        for one in values:
            chosen = msgspec.structs.replace(filters, **{name: one.value})
            assert one.count == sum(chosen.lets(line) for line in lines), name
        if (value := getattr(filters, name)) is not None:
            assert value in {one.value for one in values}
    assert {one.value for one in facets(lines, Filters())["mode"]} == {
        key for line in lines for key in line.counts
    }
