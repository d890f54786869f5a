"""Types as functions: `int('5')` is a cast that names of columns do not show."""

from __future__ import annotations

from glowplug.functions.vocabulary import ANY, sig
from glowplug.plan.expressions import Cast, Expression
from glowplug.plan.function import Function, Rewrite
from glowplug.types import (
    BINARY,
    BOOLEAN,
    BYTE,
    DATE,
    DOUBLE,
    FLOAT,
    INT,
    LONG,
    SHORT,
    STRING,
    TIME,
    TIMESTAMP,
    DataType,
    DecimalType,
    sql_name,
)

_TYPES: dict[str, DataType] = {
    "boolean": BOOLEAN,
    "tinyint": BYTE,
    "smallint": SHORT,
    "int": INT,
    "bigint": LONG,
    "float": FLOAT,
    "double": DOUBLE,
    "decimal": DecimalType(),
    "date": DATE,
    "time": TIME,
    "timestamp": TIMESTAMP,
    "binary": BINARY,
    "string": STRING,
}


def _to(type: DataType) -> Rewrite:
    def rewrite(args: tuple[Expression, ...]) -> Expression:
        return Cast(args[0], type)

    return rewrite


FUNCTIONS = tuple(
    Function(
        (name,),
        sig(ANY),
        rewrite=_to(type),
        shown="{0}",
        usage=f"Casts a value to {sql_name(type)}.",
        example=f"SELECT {name}(NULL)",
        group="conversion_funcs",
    )
    for name, type in _TYPES.items()
)
