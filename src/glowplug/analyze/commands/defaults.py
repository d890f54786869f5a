"""Defaults of columns: `CURRENT_DEFAULT` is the text for new rows, `EXISTS_DEFAULT` the constant for older files."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from glowplug.analyze.char_columns import checked
from glowplug.analyze.context import Context, Scope
from glowplug.analyze.expressions import resolve
from glowplug.errors import AnalysisError, SparkError, unsupported
from glowplug.plan.casts import can_cast, up_castable
from glowplug.plan.expressions import Alias, Attribute, Call, Cast, Expression, Literal, Subquery, new_id
from glowplug.plan.predicates import is_deterministic
from glowplug.plan.relations import OneRow, Project
from glowplug.plan.statements import ColumnChange
from glowplug.plan.tree import walk
from glowplug.type_trees import as_strings, contains_type
from glowplug.types import (
    COMPLEX,
    NUMERIC,
    STRING,
    ArrayType,
    BinaryType,
    BooleanType,
    DataType,
    DateType,
    DayTimeIntervalType,
    DecimalType,
    DoubleType,
    FloatType,
    LongType,
    MapType,
    StringType,
    StructField,
    StructType,
    TimestampNTZType,
    TimestampType,
    YearMonthIntervalType,
    quote,
    sql_name,
)
from glowplug.types_json import LENGTHS

CURRENT, EXISTS = "CURRENT_DEFAULT", "EXISTS_DEFAULT"


def read_type(type: DataType) -> DataType:
    """The type that a column's values have in queries."""
    return as_strings(type)


def default(f: StructField, cx: Context) -> Expression:
    """A column's default, or NULL."""
    text = json.loads(f.metadata).get(CURRENT)
    if text is None:
        return Literal(None, read_type(f.type))
    value = _parsed(text, cx)
    return value if value.type == read_type(f.type) else Cast(value, read_type(f.type), "ansi", implicit=True)


def _parsed(text: str, cx: Context) -> Expression:
    from glowplug.sql import Settings, parse_expression

    return resolve(parse_expression(text, Settings.of(cx.conf)), Scope(()), cx)


def changed_metadata(f: StructField, change: ColumnChange) -> str:
    """The column's metadata after ALTER COLUMN with COMMENT, SET DEFAULT or DROP DEFAULT (the empty default)."""
    data = json.loads(f.metadata)
    if change.comment is not None:
        data["comment"] = change.comment
    if change.default == "":
        data.pop(CURRENT, None)
    elif change.default is not None:
        data[CURRENT] = change.default
    return json.dumps(data, ensure_ascii=False) if data else "{}"


def with_default(f: StructField, statement: str, cx: Context) -> StructField:
    """The column with its default checked. INVALID_DEFAULT_VALUE: a default is a constant of the column's type."""
    data = json.loads(f.metadata)
    text = data.get(CURRENT)
    if text is None:
        return f
    from glowplug.sql import Settings, parse_expression

    about = {"statement": statement, "colName": quote(f.name), "defaultValue": text}
    if any(isinstance(x, Subquery) for x in walk(parse_expression(text, Settings.of(cx.conf)))):
        raise AnalysisError("INVALID_DEFAULT_VALUE.SUBQUERY_EXPRESSION", None, **about)
    try:
        value = _parsed(text, cx)
    except AnalysisError as error:
        if error.condition == "UNRESOLVED_ROUTINE":
            raise
        kind = "NOT_CONSTANT" if error.condition.startswith("UNRESOLVED_COLUMN") else "UNRESOLVED_EXPRESSION"
        raise AnalysisError(f"INVALID_DEFAULT_VALUE.{kind}", None, **about) from None
    if any(isinstance(x, Attribute) or (isinstance(x, Call) and x.function.kind != "scalar") for x in walk(value)):
        raise AnalysisError("INVALID_DEFAULT_VALUE.NOT_CONSTANT", None, **about)
    if not _fits(value, read_type(f.type), cx):
        raise AnalysisError(
            "INVALID_DEFAULT_VALUE.DATA_TYPE",
            None,
            **about,
            expectedType=f'"{sql_name(f.type)}"',
            actualType=f'"{sql_name(value.type)}"',
        )
    if not is_deterministic(value):
        raise AnalysisError("INVALID_DEFAULT_VALUE.NON_DETERMINISTIC", None, **about)
    if EXISTS in data and statement != "ALTER TABLE ALTER COLUMN":  # rows that are there keep the first one
        if contains_type(f.type, LENGTHS) and not cx.conf.plain_texts:
            text_of_length = resolve(checked(default(f, cx), f.type), Scope(()), cx)
            cx.world.run(Project(OneRow(), (Alias(text_of_length, "v", new_id()),)))
        data[EXISTS] = _constant(f, cx)
    return replace(f, metadata=json.dumps(data, ensure_ascii=False))


def _fits(value: Expression, wanted: DataType, cx: Context) -> bool:
    """Whether a constant can be the column's: without loss, or a value that the cast does not refuse."""
    if up_castable(value.type, wanted):
        return True
    if not is_deterministic(value):
        return False
    if not isinstance(wanted, (*COMPLEX, BooleanType)) and can_cast(value.type, wanted, True):
        try:
            cx.world.run(Project(OneRow(), (Alias(Cast(value, wanted, "ansi"), "v", new_id()),)))
        except SparkError:
            return False
        return True
    return isinstance(value, Literal) and value.value is None


def _constant(f: StructField, cx: Context) -> str:
    """A default's value now, as a literal in SQL. Types without one have none: files are then read as NULL."""
    type = read_type(f.type)
    value = Cast(default(f, cx), _as_texts(type), "legacy")
    ((found,),) = cx.world.run(Project(OneRow(), (Alias(value, "v", new_id()),)))
    return _literal(found, type)


def _as_texts(type: DataType) -> DataType:
    """The type with texts for all that is inside."""
    match type:
        case ArrayType(element):
            return ArrayType(_as_texts(element), True)
        case MapType(key, value):
            return MapType(_as_texts(key), _as_texts(value), True)
        case StructType(fields):
            return StructType(tuple(StructField(f.name, _as_texts(f.type), True) for f in fields))
    return STRING


def _literal(text: Any, type: DataType) -> str:
    """A value whose parts were cast to texts, as SQL."""
    if text is None:
        return "NULL"
    escaped = str(text).replace("\\", "\\\\").replace("'", "\\'")
    match type:
        case ArrayType(element):
            return f"ARRAY({', '.join(_literal(x, element) for x in text)})"
        case MapType(key, value):
            pairs = text.items() if isinstance(text, dict) else text
            return f"MAP({', '.join(f'{_literal(k, key)}, {_literal(v, value)}' for k, v in pairs)})"
        case StructType(fields):
            parts = (f"{_literal(f.name, STRING)}, {_literal(x, f.type)}" for f, x in zip(fields, text, strict=True))
            return f"NAMED_STRUCT({', '.join(parts)})"
        case StringType():
            return f"'{escaped}'"
        case DateType():
            return f"DATE '{text}'"
        case DayTimeIntervalType() | YearMonthIntervalType():
            return str(text)  # a literal already
        case TimestampType():
            return f"TIMESTAMP_LTZ '{text}'"
        case TimestampNTZType():
            return f"TIMESTAMP_NTZ '{text}'"
        case BinaryType():
            return f"X'{str(text).encode().hex()}'"
        case LongType():
            return f"{text}L"
        case DoubleType():
            return f"{text}D"
        case FloatType():
            return f"{text}F"
        case DecimalType():
            return f"{text}BD"
        case t if isinstance(t, (BooleanType, *NUMERIC)):
            return str(text)
    raise unsupported(f"DEFAULT of a column of type {sql_name(type)}")
