"""Cancelling: reaches what an operation uses, and nothing that it has given back."""

from __future__ import annotations

import threading

import pytest

from glowplug.errors import HandleError
from glowplug.execute.operation import Operation


def test_what_was_taken_back_is_not_being_stopped() -> None:
    """The connection may be another operation's as soon as `forget` returns."""
    operation, entered, finish = Operation("x"), threading.Event(), threading.Event()
    events: list[str] = []

    def stop() -> None:
        entered.set()
        finish.wait(5)
        events.append("stopped")

    forget = operation.on_cancel(stop)
    cancelling = threading.Thread(target=operation.cancel)
    cancelling.start()
    entered.wait(5)
    forgetting = threading.Thread(target=lambda: (forget(), events.append("forgotten")))
    forgetting.start()
    forgetting.join(0.2)
    finish.set()
    for thread in (cancelling, forgetting):
        thread.join(5)
    assert events == ["stopped", "forgotten"]


def test_cancellation_that_came_first_stops_at_once() -> None:
    operation = Operation("x")
    operation.cancel()
    stopped: list[bool] = []
    operation.on_cancel(lambda: stopped.append(True))
    assert stopped == [True]
    with pytest.raises(HandleError):
        operation.check()
