"""Questions to user code while a query is analysed: a worker answers each, and the query has not run yet."""

from __future__ import annotations

from glowplug.errors import SparkError
from glowplug.execute.operation import current
from glowplug.execute.python.channel import ChannelClosed
from glowplug.execute.python.failures import crashed, raised
from glowplug.execute.python.pool import POOL, local_worker, send_task
from glowplug.execute.python.settings import accumulated, settings
from glowplug.execute.python.stages import make_task
from glowplug.execute.runtime import Runtime
from glowplug.plan.python import Environment


def ask(module: str, request: bytes, environment: Environment, runtime: Runtime) -> bytes:
    """What a module of `pyspark.sql.worker` answers. Cancelled with the operation that this thread works for.

    Errors: PythonFailure with the user's traceback; ExecutionError where the worker ended.
    """
    where, operation = settings(runtime, environment), current()
    worker = local_worker(environment) if where.in_process else POOL.acquire(environment)
    forget = operation.on_cancel(worker.kill)
    try:
        send_task(worker, make_task(module, request, runtime, environment))
        message = worker.channel.get()
    except ChannelClosed:
        operation.check()
        raise _lost(worker.pid and POOL.ended(worker)) from None
    finally:
        forget()
    if message.kind == "error":
        worker.kill()
        raise raised(message.data)
    if worker.pid:
        POOL.release(worker)
    accumulated(operation, message.data)
    answer: bytes = message.data["answer"]
    return answer


def _lost(code: int | None) -> SparkError:
    return crashed(code, None)
