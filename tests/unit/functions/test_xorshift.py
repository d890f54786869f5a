"""Spark's random numbers by row: quick for rows at equal distances, and the same for any."""

from __future__ import annotations

import numpy as np
import pytest

from glowplug.functions import xorshift


@pytest.mark.parametrize("stride", [1, 250])
def test_rows_at_equal_distances_have_the_numbers_that_they_have_alone(stride: int) -> None:
    rows = np.arange(7, 7 + 600 * stride, stride, dtype=np.uint64)
    each = [xorshift.uniform(42, rows[i : i + 1])[0] for i in range(len(rows))]
    assert xorshift.uniform(42, rows).tolist() == each


def test_what_is_kept_for_distances_has_a_bound() -> None:
    for stride in range(1, 8):
        xorshift.uniform(1, np.arange(0, 300 * stride, stride, dtype=np.uint64))
    kept = xorshift._sweep.cache_info()
    assert 0 < kept.currsize <= 4 and xorshift._sweep(1).nbytes <= 4 << 20
