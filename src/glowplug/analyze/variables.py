"""Names that are variables: a reference is the value that the variable has now. And constants that are names."""

from __future__ import annotations

from dataclasses import replace

from glowplug.analyze.char_columns import checked
from glowplug.analyze.constants import is_constant
from glowplug.analyze.context import Context, Scope
from glowplug.errors import AnalysisError, ParseError
from glowplug.identifiers import parse_identifier
from glowplug.plan.expressions import (
    Alias,
    Cast,
    Expression,
    Literal,
    Origin,
    OuterReference,
    Replaced,
    UnresolvedAttribute,
    new_id,
)
from glowplug.plan.names import literal_text, pretty, qualified_text
from glowplug.plan.relations import OneRow, Project
from glowplug.type_trees import as_strings, contains_type
from glowplug.types import (
    STRINGS,
    ByteType,
    DataType,
    DecimalType,
    DoubleType,
    FloatType,
    LongType,
    NullType,
    ShortType,
    simple_string,
    sql_name,
)
from glowplug.types_json import LENGTHS

_SHOWN = "variablereference("  # what Spark calls a variable in the names it derives
_SUFFIXES = {ByteType: "Y", ShortType: "S", LongType: "L", DecimalType: "BD", DoubleType: "D"}


def variable(e: UnresolvedAttribute, cx: Context) -> tuple[Expression, tuple[str, ...]] | None:
    """The variable that a name means, and the fields the name goes on with; None where there is no such variable."""
    found = cx.world.variable(e.parts)
    if found is None:
        return None
    name, value, fields = found
    value = replace(value, origin=None, zone=cx.zone)
    return Replaced(value, f"{_SHOWN}{name}={_sql(value)})"), fields


def is_variable(e: Expression) -> bool:
    return isinstance(e, Replaced) and e.shown.startswith(_SHOWN)


def _sql(e: Literal) -> str:
    """A constant as SQL text that has exactly its type."""
    if e.value is None:
        return "NULL" if isinstance(e.type, NullType) else f"CAST(NULL AS {sql_name(e.type)})"
    text = literal_text(e.value, e.type, zone=e.zone)
    if isinstance(e.type, FloatType) or (isinstance(e.type, DoubleType) and not text[-1].isdigit()):
        return f"CAST('{text}' AS {sql_name(e.type)})"
    return text + _SUFFIXES.get(e.type.__class__, "")


def assigned(value: Expression, to: DataType, shown: str, cx: Context) -> Expression:
    """`value` as a variable of the type gets it: texts of CHAR and VARCHAR padded and checked, as a column's.
    DATATYPE_MISMATCH where no cast leads there."""
    from glowplug.analyze.expressions import resolve, uncastable
    from glowplug.plan.casts import can_cast

    if contains_type(to, LENGTHS):
        return resolve(checked(assigned(value, as_strings(to), shown, cx), to), Scope(()), cx)
    if value.type == to:
        return value
    ansi = cx.conf.ansi
    cast = Cast(value, to, "ansi" if ansi else "legacy", implicit=True)
    if not can_cast(value.type, to, ansi):
        error = uncastable(cast)
        raise AnalysisError(error.condition, error.origin, **{**error.parameters, "sqlExpr": f'"{shown}"'})
    return cast


def constant_name(e: Expression, origin: Origin, cx: Context) -> tuple[str, ...]:
    """The parts of the name that IDENTIFIER's argument is. NOT_A_CONSTANT_STRING."""
    from glowplug.analyze.expressions import resolve

    try:
        done = resolve(e, Scope(()), cx)
    except AnalysisError as error:
        if not error.condition.startswith("UNRESOLVED_COLUMN"):
            raise
        shown = ".".join(e.parts) if isinstance(e, UnresolvedAttribute) else pretty(e)
        raise _not_a_string("NOT_CONSTANT", shown, origin) from None
    if isinstance(done, OuterReference) or not is_constant(done):
        raise _not_a_string("NOT_CONSTANT", qualified_text(done), origin)
    shown = f"{pretty(done)} AS {e.parts[-1]}" if isinstance(e, UnresolvedAttribute) else pretty(done)
    if not isinstance(done.type, STRINGS):
        raise _not_a_string("WRONG_TYPE", shown, origin, dataType=simple_string(done.type))
    ((text,),) = cx.world.run(Project(OneRow(), (Alias(done, "name", new_id()),)))
    if text is None:
        raise _not_a_string("NULL", shown, origin)
    try:
        return parse_identifier(str(text))
    except ParseError as error:
        raise error.__class__(error.condition, origin, **error.parameters) from None


def _not_a_string(kind: str, expr: str, origin: Origin, **more: str) -> AnalysisError:
    return AnalysisError(f"NOT_A_CONSTANT_STRING.{kind}", origin, name="IDENTIFIER", expr=expr, **more)
