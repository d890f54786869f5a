"""What a worker's end means to the user."""

from __future__ import annotations

import signal
import sys
from typing import Any

from glowplug.errors import ExecutionError, PythonFailure, SparkError


def raised(data: dict[str, Any], called: str = "") -> SparkError:
    """The error of a function that raised: its traceback, as it was in the worker, or which functions it was of."""
    if data["class"].endswith("rows.CannotBeSent"):  # clients know it by the name of Java's class in its message
        said = data["traceback"].rpartition("CannotBeSent: ")[2]
        return ExecutionError(
            "FAILED_EXECUTE_UDF", functionName="A Python function", signature="row", result="value", reason=said
        )
    of = f" that ran {called}" if called and not data["users"] else ""
    return PythonFailure(
        "PYTHON_EXCEPTION", msg=f"An exception was thrown from the Python worker{of}", traceback=data["traceback"]
    )


def check_version(version: str) -> None:
    """Pickled code is of one minor version of Python. Raises what Spark's worker raises, before there is one."""
    here = "{}.{}".format(*sys.version_info[:2])
    if version and version != here:
        said = (
            f"[PYTHON_VERSION_MISMATCH] The function was pickled by Python {version}, and workers have {here}; "
            "they must have the same minor version."
        )
        raise PythonFailure("PYTHON_EXCEPTION", msg="A function cannot run in a Python worker", traceback=said)


def crashed(code: int | None, limit: int | None) -> SparkError:
    """A worker ended within a task: by exit code, a signal (< 0), or because it had more memory than it may."""
    if limit is not None:
        return ExecutionError("PYTHON_WORKER_OUT_OF_MEMORY", limit=limit)
    if code is None:
        reason = "it went away"
    elif code < 0:
        reason = f"it was ended by {signal.Signals(-code).name}"
    else:
        reason = f"the code called for an exit with status {code}"
    return ExecutionError("PYTHON_WORKER_EXITED", reason=reason)
