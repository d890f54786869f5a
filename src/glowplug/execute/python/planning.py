"""Questions to user code while a query is analysed: a worker answers each, and the query has not run yet."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from glowplug.execute.operation import current
from glowplug.execute.python.channel import ChannelClosed
from glowplug.execute.python.failures import crashed, raised
from glowplug.execute.python.pool import POOL, Worker, start_task, watch_memory
from glowplug.execute.python.settings import accumulated, settings
from glowplug.execute.python.stages import make_task
from glowplug.execute.runtime import Runtime
from glowplug.plan.python import Environment


def ask(module: str, request: bytes, environment: Environment, runtime: Runtime) -> bytes:
    """What a module of `pyspark.sql.worker` answers. Cancelled with the operation that this thread works for.

    Errors: PythonFailure with the user's traceback; ExecutionError where the worker ended.
    """
    where, operation = settings(runtime, environment), current()
    worker = start_task(environment, make_task(module, request, runtime, environment), where.in_process)
    forget = operation.on_cancel(worker.kill)
    answered, settling = threading.Event(), threading.Lock()

    @contextmanager
    def watched() -> Iterator[list[Worker]]:
        with settling:
            yield [] if answered.is_set() else [worker]

    if where.memory is not None:
        threading.Thread(target=watch_memory, args=(watched, where.memory, answered), daemon=True).start()
    try:
        message = worker.channel.get()
    except ChannelClosed:
        operation.check()
        limit = where.memory if worker.over_limit else None
        raise crashed(POOL.ended(worker) if worker.pid else None, limit) from None
    finally:
        with settling:
            answered.set()
        forget()
    if message.kind == "error":
        worker.kill()
        raise raised(message.data)
    if worker.pid:
        POOL.release(worker)
    accumulated(operation, message.data)
    answer: bytes = message.data["answer"]
    return answer
