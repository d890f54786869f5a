"""What user code runs with: workers and their memory, and the session's settings that `pyspark.worker` reads."""

from __future__ import annotations

import os
from typing import Any

from glowplug.config import OF_WORKERS, Conf
from glowplug.errors import IllegalArgument
from glowplug.execute.operation import Operation
from glowplug.execute.python.flow import Settings
from glowplug.execute.python.task import HIDE_TRACEBACK, SIMPLIFY_TRACEBACK
from glowplug.execute.runtime import Runtime
from glowplug.plan.expressions import Literal
from glowplug.types import BINARY

WORKERS, MEMORY = "spark.glowplug.python.workers", "spark.glowplug.python.workerMemory"
IN_PROCESS = "in-process"
# How clients recognise what functions added to accumulators: profiles, for one.
ACCUMULATORS = "__python_accumulator__"
_PASSED = (
    *OF_WORKERS,
    HIDE_TRACEBACK,
    SIMPLIFY_TRACEBACK,
    "spark.sql.pyspark.dataSource.profiler",
    "spark.sql.pyspark.udf.profiler",
)


def worker_conf(conf: Conf) -> dict[str, str]:
    """The settings a task carries."""
    passed = {key: conf.get_option(key) for key in _PASSED}
    known = {key: value for key, value in passed.items() if value is not None}
    return {**known, "spark.sql.session.timeZone": conf.time_zone}


def settings(runtime: Runtime, environment: Any) -> Settings:
    """Where a stage's code runs. INVALID_CONF_VALUE where the settings make no sense."""
    workers, memory = runtime.conf.get_option(WORKERS), runtime.conf.bytes(MEMORY)
    if workers is None or workers == IN_PROCESS:
        return Settings(environment, len(os.sched_getaffinity(0)), memory, workers == IN_PROCESS)
    if not workers.isdecimal() or int(workers) < 1:
        raise IllegalArgument(
            "INVALID_CONF_VALUE.TYPE_MISMATCH", confName=WORKERS, confValue=workers, confType="int, or in-process"
        )
    return Settings(environment, int(workers), memory)


def accumulated(operation: Operation, data: dict[str, Any]) -> None:
    """Keep what a task added to accumulators, for the client."""
    updates = tuple(("", Literal(value, BINARY)) for value in data.get("accumulators", ()))
    if updates:
        operation.observed[ACCUMULATORS] = (*operation.observed.get(ACCUMULATORS, ()), *updates)
