"""What analysis asks user code: what a table function makes of its arguments."""

from __future__ import annotations

import json
import pickle
from typing import TYPE_CHECKING, Any

from glowplug.errors import AnalysisError, PythonFailure
from glowplug.plan.python import TableFunction
from glowplug.session.session import Session
from glowplug.types import ArrayType, DataType, MapType, StructType, VariantType
from glowplug.types_json import to_json

if TYPE_CHECKING:
    from glowplug.execute.python.tables import Analyzed


def analyze_table(session: Session, function: TableFunction, args: list[tuple[str | None, Any, Any, bool]]) -> Analyzed:
    """The answer of the function's `analyze`. An error of it is TABLE_VALUED_FUNCTION_FAILED_TO_ANALYZE_IN_PYTHON."""
    from glowplug.execute.local import literals
    from glowplug.execute.python.planning import ask
    from glowplug.execute.python.tables import Argument, analyze_request, analyzed

    described = []
    for name, type, constant, is_table in args:
        value = None if constant is None else pickle.dumps(_given(literals(constant, session)[0][0], type))
        described.append(Argument(json.dumps(to_json(type)), value, is_table, name))
    request = analyze_request(function.name, function.code.command, described)
    try:
        return analyzed(ask("analyze_udtf", request, function.code.environment, session))
    except PythonFailure as failure:
        # Of what PySpark itself has to say there is no traceback.
        text = failure.parameters["traceback"].rpartition("PySparkValueError: ")[2].strip()
        raise AnalysisError("TABLE_VALUED_FUNCTION_FAILED_TO_ANALYZE_IN_PYTHON", msg=text) from None


def _given(value: Any, type: DataType) -> Any:
    """A `Literal`'s value in PySpark's internal form (`DataType.fromInternal`)."""
    match value, type:
        case None, _:
            return None
        case _, ArrayType(element):
            return [_given(v, element) for v in value]
        case _, MapType(key, item):
            return {_given(k, key): _given(v, item) for k, v in value}
        case _, StructType(fields):
            return tuple(_given(v, f.type) for v, f in zip(value, fields, strict=True))
        case _, VariantType():
            return {"value": bytearray(value[0]), "metadata": bytearray(value[1])}
    return value
