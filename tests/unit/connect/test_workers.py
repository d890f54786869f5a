"""The threads that execute: deep stacks of their own, and settings of the process left as they were."""

from __future__ import annotations

import sys
import threading
import time

import pytest

from glowplug.connect.workers import Workers, deep_threads


@pytest.fixture(autouse=True)
def limit() -> object:
    before = sys.getrecursionlimit()
    yield
    sys.setrecursionlimit(before)


def ended(workers: Workers) -> None:
    deadline = time.monotonic() + 5
    while workers._busy and time.monotonic() < deadline:
        time.sleep(0.001)


def test_the_recursion_limit_is_raised_while_something_runs() -> None:
    workers, before = Workers(), sys.getrecursionlimit()
    assert workers.call(sys.getrecursionlimit) > before
    ended(workers)
    assert sys.getrecursionlimit() == before


def test_a_limit_that_the_program_sets_meanwhile_stays() -> None:
    workers = Workers()
    workers.call(lambda: sys.setrecursionlimit(4321))
    ended(workers)
    assert sys.getrecursionlimit() == 4321


def test_threads_of_others_have_the_usual_stack() -> None:
    usual = threading.stack_size()
    with deep_threads():
        assert threading.stack_size() > usual
    assert threading.stack_size() == usual
