"""`df.na`: fill, drop and replace. NaN counts as missing. Source of the semantics: DataFrameNaFunctions."""

from __future__ import annotations

from functools import reduce

from glowplug.analyze.columns import schema_column
from glowplug.analyze.context import Context, Scope, expose, used
from glowplug.analyze.expressions import resolve
from glowplug.analyze.rules.filters import keep_output
from glowplug.errors import UnsupportedOperation
from glowplug.identifiers import parse_attribute_name
from glowplug.plan.build import called
from glowplug.plan.expressions import Alias, Attribute, Cast, Expression, Literal, new_id
from glowplug.plan.relations import DropNa, FillNa, Filter, Project, Relation, ReplaceValues
from glowplug.types import (
    BOOLEAN,
    DOUBLE,
    INT,
    NUMERIC,
    BooleanType,
    DataType,
    DoubleType,
    FloatType,
    StringType,
    quote,
)

_KINDS: tuple[tuple[type[DataType], ...], ...] = (NUMERIC, (StringType,), (BooleanType,))
_FRACTIONS = (DoubleType, FloatType)


def fill_na(node: FillNa, cx: Context) -> Relation:
    """One value fills the columns of its kind (number, string, boolean); several fill one column each, cast to it."""
    if len(node.values) == 1:
        (value,) = node.values
        wanted = {c for name in node.columns if isinstance(c := schema_column(name, node.child, cx), Attribute)}
        columns = wanted if node.columns else set(node.child.output)
        values = {a.id: value for a in columns if _same_kind(a.type, value.type)}
    else:
        pairs = zip(node.columns, node.values, strict=True)
        values = {_whole_column(name, node.child, cx).id: value for name, value in pairs}
    return _changed(node.child, {id: _filled(id, value, node.child) for id, value in values.items()}, cx)


def _same_kind(a: DataType, b: DataType) -> bool:
    return any(isinstance(a, kind) and isinstance(b, kind) for kind in _KINDS)


def _whole_column(name: str, child: Relation, cx: Context) -> Attribute:
    column = schema_column(name, child, cx)
    if not isinstance(column, Attribute):
        shown = ".".join(map(quote, parse_attribute_name(name)))
        raise UnsupportedOperation("UNSUPPORTED_FEATURE.REPLACE_NESTED_COLUMN", colName=shown)
    return column


def _filled(id: int, value: Literal, child: Relation) -> Expression:
    column = next(a for a in child.output if a.id == id)
    known: Expression = column
    if isinstance(column.type, _FRACTIONS):
        known = called("if", called("isnan", column), Literal(None, column.type), column)
    return called("coalesce", known, Cast(value, column.type))


def _changed(child: Relation, changes: dict[int, Expression], cx: Context) -> Relation:
    """The columns, some of them computed anew under their names (and without their metadata)."""
    if not changes:
        return child
    done = {id: resolve(e, Scope(()), cx) for id, e in changes.items()}
    return Project(child, tuple(Alias(done[a.id], a.name, new_id(), "{}") if a.id in done else a for a in child.output))


def drop_na(node: DropNa, cx: Context) -> Relation:
    """The rows with at least so many values (by default: all) that are not missing."""
    columns: list[Expression] = [schema_column(n, node.child, cx) for n in node.columns] or list(node.child.output)
    least = len(columns) if node.min_non_nulls is None else node.min_non_nulls
    if least <= 0:
        return node.child
    present = [_present(c) for c in columns]
    if least > len(present):
        condition: Expression = Literal(False, BOOLEAN)
    elif least == len(present):
        condition = reduce(lambda a, b: called("and", a, b), present)
    elif least == 1:
        condition = reduce(lambda a, b: called("or", a, b), present)
    else:
        ones = (called("if", p, Literal(1, INT), Literal(0, INT)) for p in present)
        condition = called(">=", reduce(lambda a, b: called("+", a, b), ones), Literal(least, INT))
    done = resolve(condition, Scope(()), cx)
    return keep_output(node.child, Filter(expose(node.child, used(node.child, done)), done))


def _present(e: Expression) -> Expression:
    there = called("isnotnull", e)
    return called("and", there, called("not", called("isnan", e))) if isinstance(e.type, _FRACTIONS) else there


def replace_values(node: ReplaceValues, cx: Context) -> Relation:
    """Values replaced in the columns of the kind of the first old value; numbers are compared as doubles."""
    columns = list(node.child.output)
    if node.columns:
        # A name in other case than the column's own finds the column, and then replaces nothing.
        ids = {_whole_column(n, node.child, cx).id for n in node.columns}
        names = {parse_attribute_name(n)[-1] for n in node.columns}
        columns = [a for a in columns if a.id in ids and a.name in names]
    if not node.replacements:
        return node.child
    kind = node.replacements[0][0].type
    pairs = {_number(old): _number(new) for old, new in node.replacements}

    def changed(a: Attribute) -> Expression:
        branches = [e for old, new in pairs.items() for e in (called("=", a, old), Cast(new, a.type))]
        return called("when", *branches, a)

    return _changed(node.child, {a.id: changed(a) for a in columns if _same_kind(a.type, kind)}, cx)


def _number(value: Literal) -> Literal:
    if not isinstance(value.type, NUMERIC) or value.value is None:
        return value
    return Literal(float(value.value), DOUBLE)
