"""Groups as pieces: whole where they are not too large, and never mixed up at the edges of batches."""

from __future__ import annotations

import random
from itertools import groupby
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from glowplug.execute.python.inputs import Grouped, changes, groups, keyed


def batches(keys: list[Any], sizes: list[int]) -> list[pa.RecordBatch]:
    """Rows (key, place) cut into batches of the sizes."""
    whole = pa.RecordBatch.from_arrays([pa.array(keys, pa.int64()), pa.array(range(len(keys)))], ["k", "i"])
    found, start = [], 0
    for size in sizes:
        found.append(whole.slice(start, size))
        start += size
    return found


def rebuilt(found: list[Grouped]) -> list[list[int]]:
    """The places of the rows of each group."""
    result: list[list[int]] = []
    within = False
    for part in found:
        assert sum(part.sizes) == part.rows.num_rows
        assert not (part.more and len(part.sizes) != 1)
        places = part.rows.column(1).to_pylist()
        for size in part.sizes:
            rows, places = places[:size], places[size:]
            if within:
                result[-1] += rows
            else:
                result.append(rows)
            within = part.more
    assert not within
    return result


@pytest.mark.parametrize("seed", range(200))
def test_groups_are_those_of_the_keys_however_rows_are_cut(seed: int) -> None:
    draw = random.Random(seed)
    keys = [k for k in [None, *range(draw.randint(0, 8))] for _ in range(draw.choice([0, 1, 2, 7]))]
    cuts, left = [], len(keys)
    while left:
        cuts.append(min(left, draw.randint(0, 5)))
        left -= cuts[-1]
    found = list(groups(iter(batches(keys, cuts)), [0], most=draw.choice([1, 3, 100])))
    expected = [[i for i, _ in rows] for _, rows in groupby(enumerate(keys), key=lambda row: row[1])]
    assert rebuilt(found) == expected


def test_a_large_group_goes_on_in_pieces() -> None:
    found = list(groups(iter(batches([1] * 10, [4, 4, 2])), [0], most=3))
    assert [p.more for p in found] == [True, True, False]
    assert rebuilt(found) == [list(range(10))]


def test_without_keys_all_rows_are_one_group_and_there_is_none_without_rows() -> None:
    assert rebuilt(list(groups(iter(batches([3, 1, 2], [1, 2])), ()))) == [[0, 1, 2]]
    assert list(groups(iter(()), ())) == []


def test_a_null_is_a_key_of_its_own() -> None:
    batch = pa.RecordBatch.from_arrays([pa.array([None, None, 1, 1, 2])], ["k"])
    assert changes(batch, [0]).tolist() == [2, 4]


def test_keys_come_in_the_kernels_order() -> None:
    rows = pa.RecordBatch.from_arrays([pa.array([None, -1.0, 0.5, float("nan")]), pa.array(range(4))], ["k", "i"])
    found = [g.key for g in keyed(iter([rows]), [0], [1])]
    assert found == sorted(found)
    assert [sum(r.num_rows for r in g.rows) for g in keyed(iter([rows]), [0], [1])] == [1, 1, 1, 1]
    assert np.isnan(rows.column(0)[3].as_py())
