"""The streaming queries of several sessions."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest

from glowplug.errors import ExecutionError
from glowplug.streaming import manager


def test_of_two_sessions_that_start_a_checkpoint_at_once_one_runs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    over, both_looked = threading.Event(), threading.Barrier(2)

    def prepare(operation: Any) -> Any:
        over.wait(10)
        raise ValueError

    monkeypatch.setattr(manager, "prepared", lambda *_: (SimpleNamespace(id="c"), prepare))
    monkeypatch.setattr(manager, "_stop_run_before", lambda *_: both_looked.wait(10))
    sessions: list[Any] = [
        SimpleNamespace(server_side_id=f"s{i}", closing=[], working=[], conf=SimpleNamespace(seconds=lambda _: 1.0))
        for i in range(2)
    ]
    command: Any = SimpleNamespace(name=None, trigger=None)

    def start(session: Any) -> bool:
        try:
            manager.streams(session).start(command, session, lambda *_: None)  # type: ignore[arg-type]
        except ExecutionError as error:
            assert error.condition == "CONCURRENT_QUERY"
            return False
        return True

    try:
        with ThreadPoolExecutor(2) as threads:
            assert sorted(threads.map(start, sessions)) == [False, True]
        assert sum(len(manager.streams(s).active()) for s in sessions) == 1
    finally:
        over.set()
        for session in sessions:
            session.closing.pop()()
