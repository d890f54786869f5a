"""What an observer says of the times that pass it."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glowplug.streaming.watermark import Observer

TYPES = {pa.timestamp("us", "UTC"): 1, pa.timestamp("us"): 1, pa.int64(): 1000}
blocks = st.lists(st.lists(st.none() | st.integers(-(2**63), 2**63 - 1) | st.integers(0, 2**41), max_size=40))


@pytest.mark.parametrize("type", TYPES, ids=str)
@settings(max_examples=100, deadline=None)
@given(blocks)
def test_rows_bounds_and_the_exact_sum(type, blocks):
    observer, unit = Observer(), TYPES[type]
    for block in blocks:
        passed = observer(pa.array(block, pa.int64()).cast(type), None)
        assert len(passed) == len(block) and all(passed.to_pylist())
    seen = [unit * (n or 0) for block in blocks for n in block]  # as in Spark, a missing time is the first of all
    assert (observer.rows, observer.timed, observer.total) == (len(seen), len(seen), sum(seen))
    assert (observer.least, observer.greatest) == ((min(seen), max(seen)) if seen else (None, None))


def test_rows_alone_and_more_than_the_kernel_asks_for_at_once():
    observer = Observer()
    assert len(observer(pa.nulls(5000, pa.bool_()), None)) == 5000
    assert (observer.rows, observer.timed, observer.least) == (5000, 0, None)
