"""Work that is done before it is asked for."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from glowplug.io.read_ahead import ahead


def test_results_come_in_order_and_before_what_getting_the_next_raises():
    def items() -> Iterator[int]:
        yield from range(20)
        raise OSError("the rest is gone")

    found, results = [], ahead(lambda i: i * i, items())
    with pytest.raises(OSError, match="the rest"):
        found.extend(iter(lambda: next(results), None))
    assert found == [i * i for i in range(20)]


def test_what_the_work_raises_comes_in_its_place():
    results = ahead(lambda i: 6 // (3 - i), range(9))
    assert [next(results), next(results), next(results)] == [2, 3, 6]
    with pytest.raises(ZeroDivisionError):
        next(results)


def test_no_more_is_taken_than_is_asked_for_and_a_little():
    taken: list[int] = []

    def items() -> Iterator[int]:
        for i in range(1000):
            taken.append(i)
            yield i

    results = ahead(lambda i: i, items())
    assert next(results) == 0 and len(taken) < 20
    results.close()
    for thread in threading.enumerate():
        if thread.name.startswith("read-ahead"):
            thread.join(5)
            assert not thread.is_alive()
