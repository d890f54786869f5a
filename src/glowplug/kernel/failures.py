"""Kernel errors as Spark's conditions. Nothing of the kernel's own text reaches a user but as a reason.

Generated SQL raises what Spark would by `error('…')` with a JSON payload (`raise_sql`). The kernel's own errors are
told apart by their class first, and by their text only within it: texts quote what users wrote.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import replace
from inspect import Parameter, Signature
from typing import Any
from weakref import WeakValueDictionary

import pyarrow as pa

from glowplug.errors import ArithmeticFailure, ExecutionError, SparkError, row_failure
from glowplug.io.source import ArrowStream
from glowplug.plan.expressions import Call, Expression, Literal, Origin, Subquery, origin_of
from glowplug.types import sql_name

# No text of a user's can hold it, so what follows it is ours.
MARK = f"glowplug:{secrets.token_hex(8)}:"
ANSI = '"spark.sql.ansi.enabled"'

log = logging.getLogger("glowplug.kernel")
_KIND = re.compile(r"([A-Z][\w ]*?) Error: ")
_TOO_LARGE = re.compile(r"Cannot (?:create a string of size: '|resize vector to )([\d ]+)")
_CONSTANT = re.compile(r"'(?:[^']|'')*'")
_OVERFLOW = re.compile(r"Overflow in (\w+)(?: of| on)? ?(\w+)?")
_OPERANDS = re.compile(r"\((-?\d+) . (-?\d+)\)")
_OPERATORS = {
    "addition": ("+", "try_add"),
    "subtraction": ("-", "try_subtract"),
    "multiplication": ("*", "try_multiply"),
}
_CONVERT = re.compile(r"Type (\w+)(?:\([^)]*\))? with value (.*?) can't be cast .* destination type (\w+)", re.S)
_KERNEL_TYPES = {
    "INT8": "TINYINT",
    "INT16": "SMALLINT",
    "INT32": "INT",
    "INT64": "BIGINT",
    "INT128": "DECIMAL(38,0)",
    "FLOAT": "FLOAT",
    "DOUBLE": "DOUBLE",
}


class Statement(str):
    """A user's text. Statements refer to it by its key, for it may be long, and stand in them many times."""


Statements = dict[str, Statement]
_KNOWN: WeakValueDictionary[str, Statement] = WeakValueDictionary()  # those that somebody keeps


def raise_sql(condition: str, parameters: dict[str, str], origin: Origin | None, texts: Statements) -> str:
    """Kernel SQL that raises `condition` when evaluated. Parameter values are SQL expressions of type VARCHAR.

    The error knows the user's text as long as `texts` are kept, to which it is added.
    """
    head: dict[str, Any] = {"condition": condition}
    if origin is not None:
        key = f"{hash(origin.text):x}"
        texts[key] = _KNOWN.setdefault(key, Statement(origin.text))
        head["text"], head["origin"] = key, ["", *_place(origin)[1:]]
    known = {k: v[1:-1].replace("''", "'") for k, v in parameters.items() if _CONSTANT.fullmatch(v)}
    if known:
        head["parameters"] = known
    start = (MARK + json.dumps(head)).replace("'", "''")
    found = "".join(f", '{k}', {v}" for k, v in parameters.items() if k not in known)
    return f"error('{start}' || chr(10) || CAST(json_object({found[2:]}) AS VARCHAR))" if found else f"error('{start}')"


def _place(origin: Origin) -> list[Any]:
    return [origin.text, origin.start, origin.stop, origin.fragment, origin.call_site]


def marking(body: Callable[..., Any], parameters: int) -> Callable[..., Any]:
    """`body`, a Python function of the kernel, with its SparkErrors as texts that come back through the kernel."""

    def run(*columns: Any) -> Any:
        try:
            return body(*columns)
        except SparkError as error:
            raise _marked(error) from None

    # the kernel counts the parameters, and does not know `*columns`
    names = [Parameter(f"column{i}", Parameter.POSITIONAL_ONLY) for i in range(parameters)]
    run.__signature__ = Signature(names)  # type: ignore[attr-defined]
    return run


class MarkingStream:
    """A source's stream as the kernel reads it: anew for each scan, and with SparkErrors that come back through it."""

    def __init__(self, stream: ArrowStream) -> None:
        self.stream = stream

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        reader = pa.RecordBatchReader.from_batches(self.stream.schema, self._batches())
        return reader.__arrow_c_stream__(requested_schema)

    def _batches(self) -> Iterator[pa.RecordBatch]:
        try:
            yield from self.stream.batches()
        except SparkError as error:
            raise _marked(error) from None


def _marked(error: SparkError) -> ValueError:
    head: dict[str, Any] = {"condition": error.condition}
    if error.origin is not None:
        head["origin"] = _place(error.origin)
    return ValueError(f"{MARK}{json.dumps(head)}\n{json.dumps(error.parameters)}")


class OutOfMemory(ExecutionError):
    """Neither the kernel's memory nor the spill directory has room."""


class DecimalOverflow(ArithmeticFailure):
    """A decimal needed more digits than the kernel computed it with."""


class OperatorOverflow(ArithmeticFailure):
    """`symbol` of two integers, too large for the kernel's `type`. The kernel knows the operands, not the place."""

    symbol: str
    type: str
    operands: tuple[int, int]

    @classmethod
    def of(cls, operation: str, type: str, a: int, b: int) -> OperatorOverflow:
        symbol, helper = _OPERATORS[operation]
        if type in ("INT8", "INT16"):
            shown = f"`{helper}`"
            error = cls("BINARY_ARITHMETIC_OVERFLOW", value1=f"{a}S", symbol=symbol, value2=f"{b}S", functionName=shown)
        else:
            alternative = f" Use '{helper}' to tolerate overflow and return NULL instead."
            error = cls("ARITHMETIC_OVERFLOW", message="overflow", alternative=alternative, config=ANSI)
        error.symbol, error.type, error.operands = symbol, type, (a, b)
        return error

    def may_be(self, call: Call) -> bool:
        """Whether the call can have failed so: its operator, its type and its constants fit."""
        if call.function.names[0] != self.symbol or _KERNEL_TYPES.get(self.type) != sql_name(call.type):
            return False
        sides = list(zip(call.args, self.operands, strict=True))
        mirrored = list(zip(call.args, self.operands[::-1], strict=True)) if self.symbol != "-" else sides
        return any(all(not isinstance(a, Literal) or a.value == v for a, v in pairs) for pairs in (sides, mirrored))


class SumOverflow(ArithmeticFailure):
    """A total that is no bigint."""


def placed(error: Exception, suspects: list[Expression]) -> Exception:
    """`error` with the place in the query, where only one of the `suspects` can have raised it."""
    if not isinstance(error, SparkError):
        return error
    if isinstance(error, OperatorOverflow):
        if error.condition != "ARITHMETIC_OVERFLOW":
            return error  # Spark names no place either
        found = [origin_of(e) for e in suspects if isinstance(e, Call) and error.may_be(e)]
    elif error.condition == "SCALAR_SUBQUERY_TOO_MANY_ROWS":
        found = [origin_of(e) or Origin() for e in suspects if isinstance(e, Subquery)]
    elif isinstance(error, SumOverflow) and any(isinstance(e, Call) and e.function.names[0] == "sum" for e in suspects):
        alternative = " Use 'try_add' to tolerate overflow and return NULL instead."  # Spark sums by adding, nowhere
        return row_failure(error.condition, Origin(), message="overflow", alternative=alternative, config=ANSI)
    else:
        return error
    return row_failure(error.condition, found[0], **error.parameters) if len(set(found)) == 1 else error


def translate(error: Exception) -> Exception:
    """The SparkError that a kernel error means; other exceptions come back as they are."""
    if isinstance(error, SparkError):
        return error
    text = str(error)
    raised = _raised(text.partition(MARK)[2])
    if raised is not None:
        return raised
    kind = _KIND.match(text)  # the class's name; where rows are read by Arrow, the class itself is lost
    if kind is None:
        return _io_failure(text) if _of_a_decoder(error) else error
    understand = _BY_KIND.get(kind[1])
    meant = understand(text[kind.end() :]) if understand is not None else None
    if meant is None:
        log.error("The kernel failed: %s", text)
        meant = ExecutionError("INTERNAL_ERROR", message=f"the kernel failed ({kind[1]}); the log has its own words")
    return meant


def _of_a_decoder(error: Exception) -> bool:
    """What the kernel's readers of file formats throw has no class; where Arrow reads rows, not even that."""
    return type(error).__name__ == "Error" or (isinstance(error, OSError) and error.errno is None)


def _conversion(text: str) -> SparkError | None:
    if m := _CONVERT.match(text):
        source, value, target = m[1], m[2], m[3]
        if (source, target) == ("INT128", "INT64"):
            return SumOverflow("ARITHMETIC_OVERFLOW", message="BIGINT overflow", alternative="", config=ANSI)
        if source == "INT128":
            return _overflow(f"{_KERNEL_TYPES.get(target, target)} overflow")
        names = {"sourceType": source, "targetType": target}
        return row_failure(
            "CAST_OVERFLOW", value=value, **{k: f'"{_KERNEL_TYPES.get(v, v)}"' for k, v in names.items()}
        )
    if text.startswith("Could not convert string"):  # the only one that quotes a text
        return None
    if text.startswith("Failure in decode"):
        return _io_failure("a text is not UTF-8")
    in_range = "Could not cast value" not in text and " range" not in text
    return None if in_range else _overflow("value out of range")


def _out_of_range(text: str) -> SparkError:
    m = _OVERFLOW.match(text)
    if (m and (m[2] or "").startswith("DECIMAL")) or text.startswith("Overflow in HUGEINT addition"):
        return DecimalOverflow("ARITHMETIC_OVERFLOW", message="decimal overflow", alternative="", config=ANSI)
    if m and m[1] in _OPERATORS and (operands := _OPERANDS.search(text)):
        return OperatorOverflow.of(m[1], m[2] or "", int(operands[1]), int(operands[2]))
    if m:
        return _overflow(f"{_KERNEL_TYPES.get(m[2] or '', m[2] or 'value')} overflow")
    if m := _TOO_LARGE.match(text):
        return ExecutionError("UNABLE_TO_ACQUIRE_MEMORY", requestedBytes=m[1], receivedBytes="none")
    return _overflow("value out of range")


def _overflow(message: str) -> SparkError:
    return row_failure("ARITHMETIC_OVERFLOW", message=message, alternative="", config=ANSI)


def _invalid_input(text: str) -> SparkError | None:
    if text.startswith("More than one row returned by a subquery"):
        return row_failure("SCALAR_SUBQUERY_TOO_MANY_ROWS")
    return _io_failure(text) if "parquet" in text.lower() or "magic bytes" in text else None


def _out_of_memory(text: str) -> SparkError:
    asked, used = re.search(r"(?:of size|block of size) ([\d.]+ \w+)", text), re.search(r"\(([^)]*) used\)", text)
    return OutOfMemory(
        "UNABLE_TO_ACQUIRE_MEMORY",
        requestedBytes=asked[1] if asked else "more",
        receivedBytes=f"none ({used[1]} used)" if used else "none",
    )


def _io_failure(text: str) -> SparkError:
    path = re.search(r"[\"']([^\"']*/[^\"']*)[\"']", text)
    reason = _first_line(text)
    if "No space left" in text or "Could not write" in text:
        return ExecutionError("TASK_WRITE_FAILED", path=path[1] if path else "a file", reason=reason)
    if path and "No files found" in text:
        return ExecutionError("FAILED_READ_FILE.FILE_NOT_EXIST", path=path[1])
    return ExecutionError("FAILED_READ_FILE.NO_HINT", path=path[1] if path else "of the query", reason=reason)


def _raised(payload: str) -> SparkError | None:
    """The error that `raise_sql` or `_marked` wrote; None if it is cut off."""
    head_text, _, body = payload.partition("\n")
    decoder = json.JSONDecoder()
    try:
        head, _ = decoder.raw_decode(head_text)
        found = decoder.raw_decode(body)[0] if body.startswith("{") else {}
    except ValueError:
        return None
    origin = Origin(*head["origin"]) if "origin" in head else None
    if origin is not None and "text" in head:
        origin = replace(origin, text=str(_KNOWN.get(head["text"], "")))
    return row_failure(head["condition"], origin, **head.get("parameters", {}), **found)


def _first_line(text: str) -> str:
    return text.split("\n")[0]


_BY_KIND: dict[str, Callable[[str], SparkError | None]] = {
    "INTERRUPT": lambda text: ExecutionError("OPERATION_CANCELED"),
    "Conversion": _conversion,
    "Out of Range": _out_of_range,
    "Out of Memory": _out_of_memory,
    "Invalid Input": _invalid_input,
    "IO": _io_failure,
}
