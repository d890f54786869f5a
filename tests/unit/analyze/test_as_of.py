"""As-of and nearest-by joins against what comparing all pairs gives."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
from pyspark.sql import functions as F

import glowplug

DRAW = random.Random(5)
LEFT = [(i, DRAW.choice("ab"), DRAW.randrange(300) if i % 20 else None) for i in range(200)]
RIGHT = [(i, DRAW.choice("ab"), time) for i, time in enumerate(DRAW.sample(range(300), 80))]


@pytest.fixture(scope="module")
def sides() -> Iterator[tuple[Any, Any]]:
    session = glowplug.session(**{"spark.glowplug.verifyPlans": "true"})
    yield (
        session.createDataFrame(LEFT, "i INT, k STRING, t INT"),
        session.createDataFrame(RIGHT, "j INT, k STRING, u INT"),
    )
    session.stop()


def distances(direction: str, exact: bool, tolerance: int | None, keyed: bool) -> dict[int, int | None]:
    """How far each left row's match is; ties make the match itself ambiguous."""
    found: dict[int, int | None] = {}
    for i, k, t in LEFT:
        fits = [
            abs(t - u)
            for _, key, u in RIGHT
            if t is not None
            and (not keyed or key == k)
            and (exact or t != u)
            and {"backward": u <= t, "forward": u >= t, "nearest": True}[direction]
        ]
        near = [d for d in fits if tolerance is None or d <= tolerance]
        found[i] = min(near, default=None)
    return found


@pytest.mark.parametrize("direction", ["backward", "forward", "nearest"])
@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize("tolerance", [None, 3])
@pytest.mark.parametrize("on", ["nothing", "key", "key and more"])
def test_as_of(sides: tuple[Any, Any], direction: str, exact: bool, tolerance: int | None, on: str) -> None:
    left, right = sides
    # The second condition always holds, but is no equality: it takes the general way.
    conditions = {"nothing": None, "key": [left.k == right.k], "key and more": [left.k == right.k, right.j >= 0]}
    joined = left._joinAsOf(
        right,
        left.t,
        right.u,
        conditions[on],
        "left",
        tolerance=None if tolerance is None else F.lit(tolerance),
        allowExactMatches=exact,
        direction=direction,
    )
    rows = joined.select(left.i, F.abs(left.t - right.u), right.j).collect()
    expected = distances(direction, exact, tolerance, on != "nothing")
    assert {i: distance for i, distance, _ in rows} == expected
    assert len(rows) == len(LEFT)
    assert all((j is None) == (expected[i] is None) for i, _, j in rows)


@pytest.mark.parametrize("similar", [True, False])
def test_nearest_by(sides: tuple[Any, Any], similar: bool) -> None:
    left, right = sides
    apart = F.abs(left.t - right.u)
    mode = "similarity" if similar else "distance"
    joined = left.nearestByJoin(right, -apart if similar else apart, 3, "exact", mode, joinType="leftouter")
    found: dict[int, list[int | None]] = {}
    for i, distance in joined.select(left.i, apart).collect():
        found.setdefault(i, []).append(distance)
    for i, _, t in LEFT:
        expected: list[int | None] = [None] if t is None else list(sorted(abs(t - u) for *_, u in RIGHT)[:3])
        assert sorted(found[i], key=lambda d: d or 0) == expected
