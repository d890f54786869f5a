"""What analysis asks user code: what a table function makes of its arguments."""

from __future__ import annotations

import json
import pickle
from typing import TYPE_CHECKING, Any

from glowplug.errors import AnalysisError, PythonFailure
from glowplug.plan.python import TableFunction
from glowplug.session.session import Session
from glowplug.types import to_json

if TYPE_CHECKING:
    from glowplug.execute.python.tables import Analyzed


def analyze_table(session: Session, function: TableFunction, args: list[tuple[str | None, Any, Any, bool]]) -> Analyzed:
    """The answer of the function's `analyze`. An error of it is TABLE_VALUED_FUNCTION_FAILED_TO_ANALYZE_IN_PYTHON."""
    from glowplug.execute.local import literals
    from glowplug.execute.python.planning import ask
    from glowplug.execute.python.tables import Argument, analyze_request, analyzed

    described = []
    for name, type, constant, is_table in args:
        value = None if constant is None else pickle.dumps(literals(constant, session)[0][0])
        described.append(Argument(json.dumps(to_json(type)), value, is_table, name))
    request = analyze_request(function.name, function.code.command, described)
    try:
        return analyzed(ask("analyze_udtf", request, function.code.environment, session))
    except PythonFailure as failure:
        text = failure.parameters["traceback"]
        raise AnalysisError("TABLE_VALUED_FUNCTION_FAILED_TO_ANALYZE_IN_PYTHON", msg=text) from None
