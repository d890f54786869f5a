"""`java.util.Random`, whose numbers some of Spark's answers are made of, as its documentation describes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import numpy as np


def state(seed: int) -> int:
    return (seed ^ 0x5DEECE66D) & (1 << 48) - 1


def _bits(seed: int) -> Callable[[int], int]:
    """The generator's `next`: so many of the 48 bits of its state, the highest first."""
    found = state(seed)

    def draw(width: int) -> int:
        nonlocal found
        found = (found * 0x5DEECE66D + 0xB) & (1 << 48) - 1
        return found >> 48 - width

    return draw


def doubles(seed: int) -> Iterator[float]:
    """`nextDouble` again and again."""
    draw = _bits(seed)
    while True:
        yield ((draw(26) << 27) + draw(27)) * 2.0**-53


def integers_below(seed: int, bound: int, count: int) -> Any:
    """`nextInt(bound)` so many times; `bound` is no power of two."""
    draw = _bits(seed)

    def values() -> Iterator[int]:
        while True:
            if (drawn := draw(31)) - drawn % bound + bound - 1 < 2**31:
                yield drawn % bound

    return np.array(list(islice(values(), count)), np.int64)
