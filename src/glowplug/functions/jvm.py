"""Calls of Java methods. There is no JVM here, so no class is found, which Spark has a condition for."""

from __future__ import annotations

from glowplug.functions.vocabulary import ANY, Mismatch, ordinal, sig
from glowplug.plan.expressions import Expression, Literal
from glowplug.plan.function import Function
from glowplug.plan.names import pretty
from glowplug.types import NUMERIC, STRING, STRINGS, BooleanType, DataType, DecimalType, NullType, sql_name

_TAKEN = " or ".join(f'"{t}"' for t in ("BOOLEAN", "TINYINT", "SMALLINT", "INT", "BIGINT", "FLOAT", "DOUBLE", "STRING"))


def _refuse(args: tuple[Expression, ...]) -> DataType:
    for e, name in zip(args[:2], ("class", "method"), strict=True):
        if not isinstance(e, Literal) or not isinstance(e.type, STRINGS) or e.value is None:
            raise Mismatch(
                "NON_FOLDABLE_INPUT", inputName=f"`{name}`", inputType='"STRING"', inputExpr=f'"{pretty(e)}"'
            )
    for i, e in enumerate(args[2:], 2):
        fits = isinstance(e.type, (*NUMERIC, *STRINGS, BooleanType, NullType)) and not isinstance(e.type, DecimalType)
        if not fits:
            raise Mismatch(
                "UNEXPECTED_INPUT_TYPE",
                paramIndex=ordinal(i),
                requiredType=f"({_TAKEN})",
                inputSql=f'"{pretty(e)}"',
                inputType=f'"{sql_name(e.type)}"',
            )
    raise Mismatch("UNEXPECTED_CLASS_TYPE", className=args[0].value)  # type: ignore[attr-defined]


def _java(*names: str) -> Function:
    return Function(
        names,
        sig(ANY, ANY, ANY, optional=1, variadic=True),
        _refuse,
        lambda call, low: f"CAST(NULL AS {low.type(STRING)})",  # never reached: no class is found
        nullable="always",
        usage="Calls a static Java method; there is no JVM, so no class is found.",
        group="misc_funcs",
    )


FUNCTIONS = (_java("java_method", "reflect"), _java("try_reflect"))
