"""Script transformation: rows become lines of text, and the lines that come back become rows."""

from __future__ import annotations

from glowplug.analyze.context import Context, Scope, scope_of
from glowplug.analyze.expressions import resolve
from glowplug.errors import AnalysisError, ExecutionError
from glowplug.plan.build import called
from glowplug.plan.expressions import Alias, Attribute, Cast, EvalMode, Expression, Literal, OuterReference, new_id
from glowplug.plan.relations import Project, Relation, ScriptTransformation, Transform
from glowplug.plan.tree import expressions_in, walk, walk_relations
from glowplug.types import (
    INT,
    STRING,
    ArrayType,
    BinaryType,
    BooleanType,
    ByteType,
    CalendarIntervalType,
    DataType,
    DateType,
    DayTimeIntervalType,
    DecimalType,
    DoubleType,
    FloatType,
    IntegerType,
    LongType,
    MapType,
    ShortType,
    StringType,
    StructField,
    StructType,
    TimestampNTZType,
    TimestampType,
    TimeType,
    YearMonthIntervalType,
    sql_name,
)

_INTEGER = "[+-]?[0-9]+"
_NUMBER = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?"
_DOUBLE = rf"[\x00-\x20]*([+-]?(NaN|Infinity)|{_NUMBER}[fFdD]?)[\x00-\x20]*"
_KEY_VALUE = (StructField("key", STRING), StructField("value", STRING))


def resolve_transform(node: Transform, cx: Context) -> Relation:
    """The fields of a line that are missing are NULL, and so is what is not of its column's type."""
    inside = (x for r in walk_relations(node.child) for e in expressions_in(r) for x in walk(e))
    outer = next((x for x in inside if isinstance(x, OuterReference)), None)
    if outer is not None:
        kind = "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.ACCESSING_OUTER_QUERY_COLUMN_IS_NOT_ALLOWED"
        raise AnalysisError(kind, node.origin, treeNode=f"outer({outer.attribute.name})")
    texts = [called("coalesce", _text(a), _constant(node.given.null)) for a in node.child.output]
    line = resolve(called("concat_ws", _constant(node.given.field), *texts), scope_of(node.child, cx=cx), cx)
    given = Project(node.child, (Alias(line, "", new_id()),))
    lines = ScriptTransformation(given, node.script, Attribute("", STRING, True, new_id()))
    fields = called("split", lines.line, _constant(node.made.field), Literal(-1, INT))
    items = []
    for i, column in enumerate(_KEY_VALUE if node.columns is None else node.columns):
        text: Expression = called("get", fields, Literal(i, INT))
        if node.columns is not None:
            text = _value(called("nullif", text, _constant(node.made.null)), column.type, cx)
        items.append(Alias(resolve(text, Scope(()), cx), column.name, new_id(), column.metadata))
    return Project(lines, tuple(items))


def _constant(text: str) -> Literal:
    return Literal(text, STRING)


def _text(a: Attribute) -> Expression:
    if isinstance(a.type, (ArrayType, MapType, StructType)):
        return called("to_json", a)
    return Cast(a, STRING, "legacy")


def _value(text: Expression, type: DataType, cx: Context) -> Expression:
    """What a column of the type gets of a text. _LEGACY_ERROR_TEMP_2265: of a type that has no such form."""

    def if_like(pattern: str, mode: EvalMode) -> Expression:
        cast = Cast(text, type, mode)
        return called("if", called("rlike", text, _constant(rf"\A({pattern})\z")), cast, Literal(None, type))

    match type:
        case StringType(collation) if not collation or collation == STRING.collation:
            return text
        case BooleanType():
            return if_like("(?i)true|false", "legacy")
        case ByteType() | ShortType() | IntegerType() | LongType():
            return if_like(_INTEGER, "try")
        case FloatType() | DoubleType():
            return if_like(_DOUBLE, "legacy")
        case DecimalType():
            return if_like(_NUMBER, "ansi" if cx.conf.ansi else "legacy")
        case DateType() | TimestampType() | TimestampNTZType() | BinaryType():
            return Cast(text, type, "try")
        case CalendarIntervalType() | YearMonthIntervalType() | DayTimeIntervalType():
            return Cast(text, type, "try")
        case ArrayType() | MapType() | StructType():
            return called("from_json", text, _constant(sql_name(type)))
        case TimeType():
            raise AnalysisError("UNSUPPORTED_TIME_TYPE")
    name = type.__class__.__name__ + "$" * (not isinstance(type, StringType))
    raise ExecutionError("_LEGACY_ERROR_TEMP_2265", nodeName="SparkScriptTransformation", dt=name)
