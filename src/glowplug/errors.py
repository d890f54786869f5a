"""The errors, one tree. Each class is the exception a Spark user would catch.

    GlowplugError
    └── SparkError                     a Spark condition with parameters, SQLSTATE and place
        ├── AnalysisError              AnalysisException: the query is wrong
        │   └── ParseError             ParseException: the text is wrong
        ├── InvalidPlanInput           the client's message is wrong
        ├── UnsupportedOperation       UnsupportedOperationException
        ├── IllegalArgument            IllegalArgumentException
        │   └── NumberFormatError      NumberFormatException: a text is not the number it should be
        ├── NeedsUpgrade               SparkUpgradeException: a datetime pattern that only Spark 2 knew
        ├── ClassNotFound              ClassNotFoundException: there is no such data source
        ├── NoSuchElement              NoSuchElementException: an unknown setting, for one
        ├── ArithmeticFailure          ArithmeticException: overflow, division by zero
        ├── DateTimeFailure            DateTimeException
        ├── IndexOutOfBounds           ArrayIndexOutOfBoundsException
        ├── HandleError                SparkSQLException: a session, operation or result position is gone
        ├── PythonFailure              PythonException: the user's function raised
        ├── ScriptError                SqlScriptingException: a SQL script is wrong
        ├── RuntimeFailure             SparkRuntimeException: other failures on a row
        └── ExecutionError             SparkException: everything else, the engine's own faults included

Conditions, parameters and SQLSTATEs are Spark's; the sentences are ours. `CONDITIONS` is the one table of them:
a condition that is not in it cannot be raised.
"""

from __future__ import annotations

import re
from typing import ClassVar

from glowplug.conditions import CONDITIONS
from glowplug.plan.expressions import Origin

DOCROOT = "https://spark.apache.org/docs/latest"  # what messages refer to


class GlowplugError(Exception):
    """Base of all errors that Glowplug raises on purpose."""


class SparkError(GlowplugError):
    """A condition of `CONDITIONS` with its parameters; `origin` is where in the user's text or program.

    `jvm_classes` is the hierarchy by which clients choose the exception class to raise.
    """

    jvm_classes: ClassVar[tuple[str, ...]] = ("org.apache.spark.SparkException",)

    @property
    def context(self) -> Origin | None:
        """The part of the query that clients are told."""
        return self.origin

    def __init__(self, condition: str, /, origin: Origin | None = None, **parameters: object) -> None:
        self.condition = condition
        self.sqlstate, template = CONDITIONS[condition]
        self.parameters = {k: str(v) for k, v in parameters.items()}
        self.origin = origin
        super().__init__(self._message(template))

    def _message(self, template: str) -> str:
        body = re.sub(r"<(\w+)>", lambda m: self.parameters.get(m[1], m[0]), template)
        state = f" SQLSTATE: {self.sqlstate}" if self.sqlstate else ""
        return f"[{self.condition}] {body}{state}{place(self.origin)}"


def place(origin: Origin | None) -> str:
    """The part of a message that shows where: the line of SQL with a marker, or the DataFrame call."""
    if origin is None:
        return ""
    if origin.text and origin.start >= 0:
        before = origin.text[: origin.start]
        line, column = before.count("\n") + 1, origin.start - (before.rfind("\n") + 1)
        text = origin.text.split("\n")[line - 1]
        width = max(1, min(origin.stop + 1 - origin.start, len(text) - column))
        return f"\n== SQL (line {line}, position {column + 1}) ==\n{text}\n{' ' * column}{'^' * width}"
    if origin.fragment:
        where = f" was called from\n{origin.call_site}" if origin.call_site else ""
        return f'\n== DataFrame ==\n"{origin.fragment}"{where}'
    return ""


class AnalysisError(SparkError):
    jvm_classes: ClassVar[tuple[str, ...]] = ("org.apache.spark.sql.AnalysisException",)


class ParseError(AnalysisError):
    """The message shows the place. Clients get it as the query context too, unless the grammar itself was broken:
    then Spark knows no part of the query that it could cite."""

    jvm_classes = ("org.apache.spark.sql.catalyst.parser.ParseException", "org.apache.spark.sql.AnalysisException")

    @property
    def context(self) -> Origin | None:
        return None if self.condition in _NO_CONTEXT else self.origin


_NO_CONTEXT = ("PARSE_SYNTAX_ERROR", "PARSE_EMPTY_STATEMENT")


class InvalidPlanInput(SparkError):
    jvm_classes = ("org.apache.spark.sql.connect.common.InvalidPlanInput",)


class UnsupportedOperation(SparkError):
    jvm_classes = ("org.apache.spark.SparkUnsupportedOperationException", "java.lang.UnsupportedOperationException")


class IllegalArgument(SparkError):
    jvm_classes = ("org.apache.spark.SparkIllegalArgumentException", "java.lang.IllegalArgumentException")


class NumberFormatError(IllegalArgument):
    jvm_classes = ("org.apache.spark.SparkNumberFormatException", "java.lang.NumberFormatException")


class NeedsUpgrade(SparkError):
    jvm_classes = ("org.apache.spark.SparkUpgradeException",)


class ClassNotFound(SparkError):
    """PySpark's clients know no exception of this class."""

    jvm_classes = ("org.apache.spark.SparkClassNotFoundException", "java.lang.ClassNotFoundException")


class NoSuchElement(SparkError):
    jvm_classes = ("org.apache.spark.SparkNoSuchElementException", "java.util.NoSuchElementException")


class ArithmeticFailure(SparkError):
    jvm_classes = ("org.apache.spark.SparkArithmeticException", "java.lang.ArithmeticException")


class DateTimeFailure(SparkError):
    jvm_classes = ("org.apache.spark.SparkDateTimeException", "java.time.DateTimeException")


class IndexOutOfBounds(SparkError):
    jvm_classes = (
        "org.apache.spark.SparkArrayIndexOutOfBoundsException",
        "java.lang.ArrayIndexOutOfBoundsException",
    )


class HandleError(SparkError):
    jvm_classes = ("org.apache.spark.SparkSQLException", "java.sql.SQLException")


class PythonFailure(SparkError):
    jvm_classes = ("org.apache.spark.api.python.PythonException",)


class ScriptError(SparkError):
    jvm_classes = ("org.apache.spark.sql.exceptions.SqlScriptingException",)


class RuntimeFailure(SparkError):
    jvm_classes = ("org.apache.spark.SparkRuntimeException", "java.lang.RuntimeException")


class ExecutionError(SparkError):
    jvm_classes = ("org.apache.spark.SparkException",)


def not_as_a_batch(
    why: str = "Queries with streaming sources must be executed with writeStream.start(), or from a streaming table or "
    "flow definition within a Spark Declarative Pipeline.",
) -> AnalysisError:
    """A stream, or what has a meaning for streams only, where a batch is asked for."""
    return AnalysisError("_LEGACY_ERROR_TEMP_3102", msg=why)


def unsupported(feature: str, origin: Origin | None = None) -> AnalysisError:
    """What Glowplug does not do: Spark's condition for that, naming the feature."""
    return AnalysisError("UNSUPPORTED_FEATURE.GLOWPLUG", origin, feature=feature)


# Conditions that can be raised by a row, with the class Spark raises each as.
ROW_FAILURES: dict[str, type[SparkError]] = {
    "ARITHMETIC_OVERFLOW": ArithmeticFailure,
    "BINARY_ARITHMETIC_OVERFLOW": ArithmeticFailure,
    "CAST_OVERFLOW": ArithmeticFailure,
    "DIVIDE_BY_ZERO": ArithmeticFailure,
    "REMAINDER_BY_ZERO": ArithmeticFailure,
    "INTERVAL_DIVIDED_BY_ZERO": ArithmeticFailure,
    "INTERVAL_ARITHMETIC_OVERFLOW": ArithmeticFailure,
    "NUMERIC_VALUE_OUT_OF_RANGE": ArithmeticFailure,
    "DATETIME_OVERFLOW": ArithmeticFailure,
    "CAST_INVALID_INPUT": NumberFormatError,
    "INVALID_FRACTION_OF_SECOND": DateTimeFailure,
    "DATETIME_FIELD_OUT_OF_BOUNDS": DateTimeFailure,
    "CANNOT_PARSE_TIMESTAMP": DateTimeFailure,
    "CANNOT_PARSE_TIME": DateTimeFailure,
    "INVALID_TIMEZONE": DateTimeFailure,
    "ILLEGAL_DAY_OF_WEEK": IllegalArgument,
    "INVALID_INTERVAL_FORMAT": IllegalArgument,
    "INVALID_INTERVAL_WITH_MICROSECONDS_ADDITION": IllegalArgument,
    "NUMERIC_OUT_OF_SUPPORTED_RANGE": ArithmeticFailure,
    "INVALID_ARRAY_INDEX": IndexOutOfBounds,
    "INVALID_ARRAY_INDEX_IN_ELEMENT_AT": IndexOutOfBounds,
    "INVALID_PARAMETER_VALUE": IllegalArgument,
    "INVALID_PARAMETER_VALUE.AES_CRYPTO_ERROR": RuntimeFailure,
    "INVALID_PARAMETER_VALUE.AES_IV_LENGTH": RuntimeFailure,
    "INVALID_PARAMETER_VALUE.AES_KEY_LENGTH": RuntimeFailure,
    "INVALID_PARAMETER_VALUE.LENGTH": RuntimeFailure,
    "INVALID_PARAMETER_VALUE.START": RuntimeFailure,
    "_LEGACY_ERROR_TEMP_3242": IllegalArgument,
    "CANNOT_DECODE_URL": IllegalArgument,
    "CONVERSION_INVALID_INPUT": IllegalArgument,
    "INVALID_FORMAT": IllegalArgument,
    "INVALID_URL": IllegalArgument,
    "INVALID_UTF8_STRING": IllegalArgument,
    "FAILED_READ_FILE": ExecutionError,
    "RECURSION_LEVEL_LIMIT_EXCEEDED": ExecutionError,
    "FAILED_EXECUTE_UDF": ExecutionError,
    "PYTHON_EXCEPTION": PythonFailure,
    "PYTHON_WORKER_EXITED": ExecutionError,
    "PYTHON_WORKER_OUT_OF_MEMORY": ExecutionError,
    "FAILED_TO_START_PYTHON_WORKER": ExecutionError,
    "ARROW_TYPE_MISMATCH": ExecutionError,
    "OPERATION_CANCELED": HandleError,
    "SCALAR_SUBQUERY_TOO_MANY_ROWS": ExecutionError,
    "_LEGACY_ERROR_TEMP_2264": ExecutionError,
}


def row_failure(condition: str, origin: Origin | None = None, /, **parameters: object) -> SparkError:
    """The error of a condition that a row raised at run time, as the class Spark gives it."""
    base = condition.split(".")[0]
    cls = ROW_FAILURES.get(condition) or ROW_FAILURES.get(base, RuntimeFailure)
    if condition == "CAST_INVALID_INPUT":
        target = str(parameters.get("targetType")).strip('"')
        if target.startswith(("DATE", "TIME")):
            cls = DateTimeFailure
        elif target == "BOOLEAN":
            cls = RuntimeFailure
    if base in ("CAST_INVALID_INPUT", "CAST_OVERFLOW"):
        parameters.setdefault("ansiConfig", '"spark.sql.ansi.enabled"')
    return cls(condition, None if base == "CAST_OVERFLOW" else origin, **parameters)
