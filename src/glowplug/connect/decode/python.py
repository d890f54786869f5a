"""The messages that hold a user's code, to functions and the relations over them."""

from __future__ import annotations

from typing import Any

from glowplug.connect.decode.context import Context, check, chosen, invalid
from glowplug.connect.decode.types import data_type
from glowplug.errors import unsupported
from glowplug.plan.python import (
    EvalType,
    PythonCode,
    PythonFunction,
    TableFunction,
    scalar_or_aggregate,
)
from glowplug.types import StructType

# What the client may send besides Python.
OTHERS: dict[str, str] = {"scalar_scala_udf": "Scala functions", "java_udf": "Java functions"}


def python_function(m: Any, context: Context) -> PythonFunction:
    """The function of a CommonInlineUserDefinedFunction message."""
    kind = chosen(m, "function")
    if kind in OTHERS:
        raise unsupported(OTHERS[kind])
    udf = m.python_udf
    return scalar_or_aggregate(m.function_name, data_type(udf.output_type), python_code(udf, context), m.deterministic)


def python_code(m: Any, context: Context) -> PythonCode:
    """The code of a PythonUDF or PythonUDTF message, with the environment of its session."""
    try:
        kind = EvalType(m.eval_type)
    except ValueError:
        raise invalid("ASSERTION_FAILURE", message=f"{m.eval_type} is no way to call a Python function") from None
    return PythonCode(kind, m.command, m.python_ver, context.session.python)


def python_table_function(m: Any, context: Context) -> TableFunction:
    """The function of a CommonInlineUserDefinedTableFunction message; without a type, its `analyze` gives one."""
    udtf = m.python_udtf
    schema: Any = None
    if udtf.HasField("return_type"):
        schema = data_type(udtf.return_type)
        check(isinstance(schema, StructType), "a table function returns rows")
    return TableFunction(m.function_name, python_code(udtf, context), schema, m.deterministic)
