"""XPath questions to XML texts. Source: Spark SQL reference, "XML Functions"; an empty text gives NULL."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

from glowplug.errors import row_failure
from glowplug.functions.lowering import per_row, text_sql
from glowplug.functions.options import foldable
from glowplug.functions.vocabulary import STR, Mismatch, constant, sig
from glowplug.functions.xml_texts import Malformed, read
from glowplug.functions.xpath_nodes import Attribute, Text, boolean, number, string
from glowplug.functions.xpath_texts import Context, Invalid, compile_path
from glowplug.plan.expressions import Call, Expression
from glowplug.plan.function import Function, Lowering
from glowplug.plan.names import pretty
from glowplug.types import BOOLEAN, DOUBLE, FLOAT, INT, LONG, SHORT, STRING, ArrayType, DataType

_xpath = partial(Function, group="xml_funcs")


class _Unfit(Exception):
    """An XML text or an XPath expression that is not valid, or a result of another kind than the function's."""


def evaluate(text: str, path: str) -> Any:
    """What a path gives for an XML text."""
    try:
        expression = compile_path(path)
        return expression(Context(read(text), 1, 1))
    except (Malformed, Invalid, TypeError) as error:
        raise _Unfit from error


def _nodes(v: Any) -> list[str | None]:
    """The values of attributes and texts; elements have none."""
    if not isinstance(v, list):
        raise _Unfit
    return [n.value if isinstance(n, (Attribute, Text)) else None for n in v]


def _integer(bits: int) -> Callable[[Any], int]:
    """As Java narrows a double: NaN is 0, ends are kept; 16 bits are cut from 32."""

    def convert(v: Any) -> int:
        x = number(v)
        wide = max(bits, 32)
        limit = 1 << (wide - 1)
        n = 0 if math.isnan(x) else limit - 1 if x >= limit else -limit if x <= -limit else int(x)
        return n if bits == wide else (n + (1 << (bits - 1))) % (1 << bits) - (1 << (bits - 1))

    return convert


def _type(type: DataType) -> Callable[[tuple[Expression, ...]], DataType]:
    def returns(args: tuple[Expression, ...]) -> DataType:
        if not foldable(args[1]):
            shown = f'"{pretty(args[1])}"'
            raise Mismatch("NON_FOLDABLE_INPUT", inputName="`path`", inputType='"STRING"', inputExpr=shown)
        return type

    return returns


def _function(names: tuple[str, ...], type: DataType, convert: Callable[[Any], Any], usage: str) -> Function:
    def body(text: str, path: str) -> Any:
        try:
            return convert(evaluate(text, path)) if text and path else None
        except _Unfit:  # Spark has no condition of its own for it
            raise row_failure("FAILED_FUNCTION_CALL", funcName=f"`{names[0]}`") from None

    def lower(call: Call, low: Lowering) -> str:
        return per_row(low, names[0], body, [(text_sql(low, a), STRING) for a in call.args], type)

    return _xpath(
        names,
        sig(STR, constant(STR, "first"), names="xml path"),
        _type(type),
        lower,
        nullable="always",
        casts=False,
        usage=f"Returns {usage} of an XML text by an XPath expression.",
        example=f"SELECT {names[0]}('<a><b>1</b><b>2</b></a>', 'a/b')",
    )


FUNCTIONS = (
    _function(("xpath",), ArrayType(STRING), _nodes, "the values of the nodes"),
    _function(("xpath_boolean",), BOOLEAN, boolean, "whether there is what is asked for"),
    _function(("xpath_short",), SHORT, _integer(16), "a number of 16 bits"),
    _function(("xpath_int",), INT, _integer(32), "a number of 32 bits"),
    _function(("xpath_long",), LONG, _integer(64), "a number of 64 bits"),
    _function(("xpath_float",), FLOAT, number, "a number as FLOAT"),
    _function(("xpath_double", "xpath_number"), DOUBLE, number, "a number as DOUBLE"),
    _function(("xpath_string",), STRING, string, "the text"),
)
