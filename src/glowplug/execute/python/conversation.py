"""Questions and answers between the engine and a worker that keeps something of the user's between them."""

from __future__ import annotations

from contextlib import suppress

from glowplug.execute.operation import current
from glowplug.execute.python.channel import ChannelClosed, Message
from glowplug.execute.python.failures import crashed, raised
from glowplug.execute.python.pool import POOL, Worker, start_task
from glowplug.execute.python.settings import settings
from glowplug.execute.python.stages import make_task
from glowplug.execute.runtime import Runtime
from glowplug.plan.python import Environment

_PATIENCE = 5  # seconds for a worker to end


class Conversation:
    """A worker that serves one query as long as it runs; killed where it does not answer and the query is to stop.

    `module` is the worker's: its `converse(command, channel)` answers once at first, then each question, until "end".
    """

    def __init__(self, module: str, command: bytes, environment: Environment, runtime: Runtime) -> None:
        where = settings(runtime, environment)
        task = make_task(module, command, runtime, environment)
        self._worker: Worker = start_task(environment, task, where.in_process)
        self._asking, self._over = True, False
        self._operation = current()
        self._forget = self._operation.on_cancel(self._cancelled)
        self._answer()

    def ask(self, question: str, request: bytes) -> bytes:
        self._asking = True
        with suppress(ChannelClosed):  # there will be no answer either
            self._worker.channel.put(Message("task", data={"ask": question, "request": request}))
        return self._answer()

    def _answer(self) -> bytes:
        try:
            message = self._worker.channel.get()
        except ChannelClosed:
            self._over = True
            self._operation.check()
            raise crashed(POOL.ended(self._worker) if self._worker.pid else None, None) from None
        finally:
            self._asking = False
        if message.kind == "error":
            self._over = True
            self._worker.kill()
            raise raised(message.data)
        answer: bytes = message.data["answer"]
        return answer

    def _cancelled(self) -> None:
        if self._asking:
            self._worker.kill()

    def close(self) -> None:
        """The worker is told, and given some seconds to end."""
        self._forget()
        if self._over:
            return
        self._over = True
        from threading import Timer

        timer = Timer(_PATIENCE, self._worker.kill)
        timer.start()
        with suppress(ChannelClosed):
            self._worker.channel.put(Message("end"))
            self._worker.channel.get()
        timer.cancel()
        self._worker.kill()
