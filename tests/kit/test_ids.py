"""Ids: UUIDv7 that carry their bucket and sort by birth."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.kit.ids import BUCKETS, bucket_of, bucket_of_text, id_told, new_bucket, new_id


@given(st.integers(0, BUCKETS - 1))
def test_an_id_carries_its_bucket_and_is_a_uuid_of_version_7(bucket: int) -> None:
    made = new_id(bucket)
    assert bucket_of(made) == bucket
    assert made.version == 7 and made.variant == "specified in RFC 4122"


def test_ids_sort_by_birth_whatever_their_bucket() -> None:
    made = []
    for bucket in (1023, 0, 512, 3):
        made.append(new_id(bucket))
        time.sleep(0.003)
    assert made == sorted(made)
    assert abs((made[0].int >> 80) - time.time() * 1000) < 5000


def test_ids_of_one_bucket_sort_as_they_were_born_within_one_millisecond(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = [new_id(7) for _ in range(20_000)]
    assert made == sorted(made)
    monkeypatch.setattr(time, "time_ns", lambda: 1_700_000_000_000_000_000)
    set_back = [new_id(7) for _ in range(100)]
    assert made[-1] < set_back[0] and set_back == sorted(set_back), "a clock set back turns no order round"


def test_ids_of_one_moment_differ() -> None:
    assert len({new_id(7) for _ in range(10_000)}) == 10_000


@pytest.mark.parametrize("bucket", [-1, 1024])
def test_there_is_no_such_bucket(bucket: int) -> None:
    with pytest.raises(ValueError, match="outside"):
        new_id(bucket)


def test_buckets_of_births_and_of_texts_are_even() -> None:
    born = {new_bucket() for _ in range(20_000)}
    named = {bucket_of_text(f"1380000{n:04d}") for n in range(10_000)}
    assert min(born) >= 0 and max(born) < BUCKETS and len(born) > 1000
    assert min(named) >= 0 and max(named) < BUCKETS and len(named) > 1000


def test_the_bucket_of_a_text_never_changes() -> None:
    """Rows lie where it says: another hash would lose them."""
    assert [bucket_of_text(text) for text in ("13800005001", "tongban", "")] == [950, 642, 944]


def test_an_id_is_told_in_one_spelling() -> None:
    """Else what is kept as a text is two for one id. How it can fail (tried): give what :class:`UUID` makes of it."""
    made = new_id(7)
    told = str(made)
    assert id_told(told) == made
    for other in (
        *(told.upper(), f"{{{told}}}", f"urn:uuid:{told}", made.hex, f" {told}", f"{told}\n"),
        *(told.translate({ord("0") + one: ord("０") + one for one in range(10)}), "", None, "1"),
    ):
        assert id_told(other) is None, other
