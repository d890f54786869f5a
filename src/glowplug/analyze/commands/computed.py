"""Generated and identity columns in the definition of a Delta table: checked, and as its log has them."""

from __future__ import annotations

import json
from dataclasses import replace

from glowplug.analyze.context import Context, references, scope_of
from glowplug.analyze.expressions import resolve
from glowplug.catalog.table import Table
from glowplug.errors import AnalysisError, ParseError, UnsupportedOperation
from glowplug.lake.delta.columns import GENERATED, IDENTITY
from glowplug.plan.build import columns_of
from glowplug.plan.expressions import Call, Expression, Subquery, WindowExpression
from glowplug.plan.predicates import OF_THE_QUERY
from glowplug.plan.python import PythonFunction
from glowplug.plan.relations import LocalData
from glowplug.plan.tree import walk
from glowplug.type_trees import as_strings
from glowplug.types import (
    LONG,
    DataType,
    StructField,
    StructType,
    same_type,
    simple_string,
    sql_name,
)

# What the parser, and the builders of clients, put into a column's metadata.
_EXPRESSION, _NUMBERS = "GENERATION_EXPRESSION", "identity."


def with_computed(table: Table, cx: Context) -> StructType:
    """The schema with computed columns in the log's terms."""
    return StructType(tuple(_checked(f, table, cx) for f in table.schema.fields))


def _checked(f: StructField, table: Table, cx: Context) -> StructField:
    data = json.loads(f.metadata)
    if (text := data.get(_EXPRESSION)) is not None:
        if (default := data.get("CURRENT_DEFAULT")) is not None:
            raise AnalysisError(
                "GENERATED_COLUMN_WITH_DEFAULT_VALUE", colName=f.name, defaultValue=default, genExpr=text
            )
        _check_expression(f, text, table, cx)
        data[GENERATED] = data.pop(_EXPRESSION)
    if _NUMBERS + "start" in data:
        if data[_NUMBERS + "step"] == 0:
            raise ParseError("IDENTITY_COLUMNS_ILLEGAL_STEP")
        if f.type != LONG:
            name = "integer" if simple_string(f.type) == "int" else simple_string(f.type)
            raise UnsupportedOperation("DELTA_IDENTITY_COLUMNS_UNSUPPORTED_DATA_TYPE", dataType=name)
        if f.name.lower() in (n.lower() for n in table.partition_by):
            raise AnalysisError("DELTA_IDENTITY_COLUMNS_PARTITION_NOT_SUPPORTED", colName=f.name)
        for key in ("start", "step", "allowExplicitInsert"):
            data[IDENTITY + key] = data.pop(_NUMBERS + key)
    return replace(f, metadata=json.dumps(data, ensure_ascii=False) if data else "{}")


def _check_expression(f: StructField, text: str, table: Table, cx: Context) -> None:
    """A generated column is a function of columns that are not, row by row, the same each time."""
    import pyarrow as pa

    from glowplug.sql import Settings, parse_expression

    others = [o for o in table.schema.fields if o.name != f.name]
    plain = {o.name for o in others if _EXPRESSION not in o.metadata}
    columns = columns_of(replace(o, type=_read(o)) for o in others)
    parsed = parse_expression(text, Settings.of(cx.conf))
    if any(isinstance(x, Subquery) for x in walk(parsed)):
        raise _unsupported(f, text, "subquery expressions are not allowed for generated columns")
    value = resolve(parsed, scope_of(LocalData(columns, pa.table({})), cx=cx), cx)
    for x in walk(value):
        if isinstance(x, WindowExpression):
            raise AnalysisError("DELTA_UNSUPPORTED_EXPRESSION_GENERATED_COLUMN", expression=text)
        if isinstance(x, Call):
            _check_call(f, x, text)
    if any(a.name not in plain for a in references(value)):
        raise _unsupported(f, text, "generation expression cannot reference another generated column")
    _check_type(f, value, text)


def _check_call(f: StructField, call: Call, text: str) -> None:
    if isinstance(call.function, PythonFunction):
        raise AnalysisError("DELTA_UDF_IN_GENERATED_COLUMN", udfExpr=text)
    if call.function.kind == "aggregate":
        raise AnalysisError("DELTA_AGGREGATE_IN_GENERATED_COLUMN", sqlExpr=text)
    if call.function.kind != "scalar":
        raise AnalysisError("DELTA_UNSUPPORTED_EXPRESSION_GENERATED_COLUMN", expression=text)
    if not call.function.deterministic or call.function.names[0] in OF_THE_QUERY:
        raise _unsupported(f, text, "generation expression is not deterministic")


def _check_type(f: StructField, value: Expression, text: str) -> None:
    from glowplug.plan.casts import up_castable

    if same_type(value.type, _read(f)):
        return
    if up_castable(value.type, _read(f)):
        raise AnalysisError(
            "DELTA_GENERATED_COLUMNS_EXPR_TYPE_MISMATCH",
            columnName=f.name,
            expressionType=sql_name(value.type),
            columnType=sql_name(f.type),
        )
    types = f"{simple_string(value.type)} is incompatible with column data type {simple_string(f.type)}"
    raise _unsupported(f, text, f"generation expression data type {types}")


def _read(f: StructField) -> DataType:
    return as_strings(f.type)


def _unsupported(f: StructField, text: str, reason: str) -> AnalysisError:
    return AnalysisError("UNSUPPORTED_EXPRESSION_GENERATED_COLUMN", fieldName=f.name, expressionStr=text, reason=reason)
