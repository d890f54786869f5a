"""Spark Connect's Expression messages to unresolved expressions.

Each function gets the message, the context and the origin: the expression's own, or that of the one around it.
They call one another directly and never through `map` or a generator, so that nesting costs no C stack.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from typing import Literal as OneOf

from glowplug.connect.decode.context import Context, check, chosen, extension, handler, invalid, option, optional
from glowplug.connect.decode.literals import literal
from glowplug.connect.decode.python import python_function
from glowplug.connect.decode.types import data_type, json_object
from glowplug.plan.expressions import (
    Cast,
    DirectShufflePartition,
    EvalMode,
    Expression,
    FrameBound,
    NamedArgument,
    Origin,
    SortOrder,
    Subquery,
    UnresolvedAlias,
    UnresolvedAttribute,
    UnresolvedExtract,
    UnresolvedFunction,
    UnresolvedLambda,
    UnresolvedLambdaVariable,
    UnresolvedRegex,
    UnresolvedStar,
    UpdateFields,
    WindowExpression,
    WindowFrame,
)
from glowplug.substitution import substitute
from glowplug.type_trees import as_strings

Decode = Callable[[Any, Context, Origin | None], Expression]
_REGEX = re.compile(r"`(.+)`", re.DOTALL)
_QUALIFIED_REGEX = re.compile(r"(.+).`(.+)`", re.DOTALL)


def expression(m: Any, context: Context, origin: Origin | None = None) -> Expression:
    """The expression that a message stands for; `origin` is where an expression without its own was written.

    Errors: InvalidPlanInput for a message that makes no sense, UNSUPPORTED_FEATURE for user code, ParseError for
    SQL text in it, INVALID_ATTRIBUTE_NAME_SYNTAX for a column's name.
    """
    if m.common.HasField("origin"):
        origin = _origin(m.common.origin) or origin
    part, decode = handler(m, "expr_type", EXPRESSIONS)
    return decode(part, context, origin)


def expressions(messages: Any, context: Context, origin: Origin | None = None) -> tuple[Expression, ...]:
    return tuple([expression(m, context, origin) for m in messages])


def sort_order(m: Any, context: Context, origin: Origin | None = None) -> SortOrder:
    """Like Spark's server, takes what is not set for descending with NULLs last."""
    direction, nulls = type(m).SORT_DIRECTION_ASCENDING, type(m).SORT_NULLS_FIRST
    return SortOrder(expression(m.child, context, origin), m.direction == direction, m.null_ordering == nulls)


def sort_orders(messages: Any, context: Context, origin: Origin | None = None) -> tuple[SortOrder, ...]:
    return tuple([sort_order(m, context, origin) for m in messages])


def alias(m: Any, context: Context, origin: Origin | None = None) -> UnresolvedAlias:
    """One name, or several for a generator's columns; only one can carry metadata."""
    if len(m.name) > 1 and m.HasField("metadata"):
        raise invalid("ALIAS_WITH_MULTIPLE_IDENTIFIERS_AND_METADATA")
    check(len(m.name) > 0, "an alias needs a name")
    metadata = json_object(m.metadata) if m.metadata else None
    return UnresolvedAlias(expression(m.expr, context, origin), tuple(m.name), metadata)


def attribute_name(text: str) -> tuple[str, ...]:
    from glowplug.identifiers import parse_attribute_name

    return parse_attribute_name(text)


def identifier(text: str) -> tuple[str, ...]:
    from glowplug.identifiers import parse_identifier

    return parse_identifier(text)


def object_name(text: str, context: Context) -> tuple[str, ...]:
    """The name of a table or view, in which `${name}` may stand for a setting."""
    return identifier(substitute(text, context.session.conf))


def _origin(m: Any) -> Origin | None:
    """Python's method and line; of a JVM client the SQL text, or the method and the frames that called it."""
    if m.WhichOneof("function") == "python_origin":
        return Origin(fragment=m.python_origin.fragment, call_site=m.python_origin.call_site)
    jvm = m.jvm_origin
    if jvm.sql_text:
        return Origin(jvm.sql_text, jvm.start_index if jvm.HasField("start_index") else -1, jvm.stop_index)
    if not jvm.stack_trace:
        return None
    frames = [f"{s.declaring_class}.{s.method_name}({s.file_name}:{s.line_number})" for s in jvm.stack_trace[1:]]
    return Origin(fragment=jvm.stack_trace[0].method_name, call_site="\n".join(frames))


def _attribute(m: Any, context: Context, origin: Origin | None) -> Expression:
    return UnresolvedAttribute(
        attribute_name(m.unparsed_identifier), optional(m, "plan_id"), m.is_metadata_column, origin
    )


def _star(m: Any, context: Context, origin: Origin | None) -> Expression:
    if not m.HasField("unparsed_target"):
        return UnresolvedStar((), optional(m, "plan_id"), origin=origin)
    if m.HasField("plan_id"):
        raise invalid("UNRESOLVED_STAR_WITH_BOTH_TARGET_AND_PLAN_ID")
    if not m.unparsed_target.endswith(".*"):
        raise invalid("UNRESOLVED_STAR_TARGET_INVALID", target=m.unparsed_target)
    return UnresolvedStar(attribute_name(m.unparsed_target[:-2]), origin=origin)


def _regex(m: Any, context: Context, origin: Origin | None) -> Expression:
    """`df.colRegex`: a pattern stands in backquotes, maybe after a table's name; anything else is a column's name."""
    if found := _REGEX.fullmatch(m.col_name):
        return UnresolvedRegex(found[1])
    if found := _QUALIFIED_REGEX.fullmatch(m.col_name):
        return UnresolvedRegex(found[2], table=found[1])
    return UnresolvedAttribute(attribute_name(m.col_name), optional(m, "plan_id"), origin=origin)


# What PySpark calls by its name alone: `zipWithIndex`, the pandas API, vectors of machine learning.
NOT_SAID_TO_BE_INTERNAL = frozenset(
    {
        "array_binary_search", "collect_top_k", "distributed_id", "distributed_sequence_id", "ewm", "null_index",
        "pandas_covar", "pandas_kurt", "pandas_mode", "pandas_product", "pandas_skew", "pandas_stddev", "pandas_var",
        "product", "timestamp_ntz_to_long", "timestampadd", "timestampdiff", "unwrap_udt",
    }
)  # fmt: skip


def _function(m: Any, context: Context, origin: Origin | None) -> Expression:
    """A built-in goes by its name as it is; a user's function may be qualified."""
    parts = identifier(m.function_name) if m.is_user_defined_function else (m.function_name,)
    args = expressions(m.arguments, context, origin)
    internal = m.is_internal or m.function_name in NOT_SAID_TO_BE_INTERNAL
    return UnresolvedFunction(parts, args, m.is_distinct, internal=internal, origin=origin)


def _call_function(m: Any, context: Context, origin: Origin | None) -> Expression:
    args = expressions(m.arguments, context, origin)
    return UnresolvedFunction(identifier(m.function_name), args, origin=origin)


def _text(m: Any, context: Context, origin: Origin | None) -> Expression:
    from glowplug.sql import Settings, parse_expression

    return parse_expression(m.expression, Settings.of(context.session.conf))


def _cast(m: Any, context: Context, origin: Origin | None) -> Expression:
    from glowplug.sql import Settings, parse_type

    settings = Settings.of(context.session.conf)
    type = data_type(m.type) if m.HasField("type") else parse_type(m.type_str, settings)
    modes: dict[int, EvalMode] = {1: "legacy", 2: "ansi", 3: "try"}
    return Cast(expression(m.expr, context, origin), as_strings(type), modes.get(m.eval_mode), origin=origin)


def _lambda_variable(m: Any, context: Context, origin: Origin | None = None) -> UnresolvedLambdaVariable:
    if not m.name_parts:
        raise invalid("UNRESOLVED_NAMED_LAMBDA_VARIABLE_REQUIRES_NAME_PART")
    return UnresolvedLambdaVariable(tuple(m.name_parts))


def _lambda(m: Any, context: Context, origin: Origin | None) -> Expression:
    if not 1 <= len(m.arguments) <= 3:
        raise invalid("LAMBDA_FUNCTION_ARGUMENT_COUNT_INVALID", got=len(m.arguments))
    params = tuple([".".join(_lambda_variable(a, context).parts) for a in m.arguments])
    return UnresolvedLambda(expression(m.function, context, origin), params)


def _window(m: Any, context: Context, origin: Origin | None) -> Expression:
    frame = _frame(m.frame_spec, context, origin) if m.HasField("frame_spec") else None
    return WindowExpression(
        expression(m.window_function, context, origin),
        expressions(m.partition_spec, context, origin),
        sort_orders(m.order_spec, context, origin),
        frame,
        origin=origin,
    )


def _frame(m: Any, context: Context, origin: Origin | None) -> WindowFrame:
    kinds: dict[str, OneOf["rows", "range"]] = {"FRAME_TYPE_ROW": "rows", "FRAME_TYPE_RANGE": "range"}
    kind = option(m, "frame_type", kinds)
    for side in ("lower", "upper"):
        if not m.HasField(side):
            raise invalid(f"{side.upper()}_BOUND_REQUIRED_IN_WINDOW_FRAME")
    return WindowFrame(kind, _bound(m.lower, context, origin), _bound(m.upper, context, origin))


def _bound(m: Any, context: Context, origin: Origin | None) -> FrameBound:
    """The client writes a number of rows or a distance as a literal, negative before the current row."""
    match chosen(m, "boundary"):
        case "current_row":
            return FrameBound("current")
        case "unbounded":
            return FrameBound("unbounded")
    return FrameBound("value", expression(m.value, context, origin))


def _extract(m: Any, context: Context, origin: Origin | None) -> Expression:
    child = expression(m.child, context, origin)
    return UnresolvedExtract(child, expression(m.extraction, context, origin), origin)


def _update_fields(m: Any, context: Context, origin: Origin | None) -> Expression:
    value = expression(m.value_expression, context, origin) if m.HasField("value_expression") else None
    return UpdateFields(expression(m.struct_expression, context, origin), m.field_name, value, origin)


def _subquery(m: Any, context: Context, origin: Origin | None) -> Expression:
    """The plan itself is a reference of the WithRelations around the DataFrame that uses the subquery."""
    kind = option(m, "subquery_type", SUBQUERIES)
    plans = context.references.get(m.plan_id)
    if not plans:
        known = ", ".join([str(i) for i in context.references])
        raise invalid("ASSERTION_FAILURE", message=f"no plan {m.plan_id} comes with the subquery, only ({known})")
    options = m.table_arg_options
    check(kind != "in" or len(m.in_subquery_values) > 0, "IN needs a value on its left side")
    return Subquery(
        kind,
        plans.pop() if len(plans) > 1 else plans[0],
        expressions(m.in_subquery_values, context, origin),
        expressions(options.partition_spec, context, origin),
        sort_orders(options.order_spec, context, origin),
        options.with_single_partition,
        origin,
    )


def _misplaced_merge_action(m: Any, context: Context, origin: Origin | None) -> Expression:
    raise invalid("ASSERTION_FAILURE", message="a merge action stands outside MERGE INTO")


def _user_function(m: Any, context: Context, origin: Origin | None) -> Expression:
    function = python_function(m, context)
    args = expressions(m.arguments, context, origin)
    return UnresolvedFunction((m.function_name,), args, m.is_distinct, inline=function, origin=origin)


SUBQUERIES: dict[str, OneOf["scalar", "exists", "in", "table"]] = {
    "SUBQUERY_TYPE_SCALAR": "scalar",
    "SUBQUERY_TYPE_EXISTS": "exists",
    "SUBQUERY_TYPE_TABLE_ARG": "table",
    "SUBQUERY_TYPE_IN": "in",
}
# What decodes each kind of expression; a text names what is not supported.
EXPRESSIONS: dict[str, Decode | str] = {
    "literal": lambda m, context, origin: literal(m),
    "unresolved_attribute": _attribute,
    "unresolved_function": _function,
    "expression_string": _text,
    "unresolved_star": _star,
    "alias": alias,
    "cast": _cast,
    "unresolved_regex": _regex,
    "sort_order": sort_order,
    "lambda_function": _lambda,
    "window": _window,
    "unresolved_extract_value": _extract,
    "update_fields": _update_fields,
    "unresolved_named_lambda_variable": _lambda_variable,
    "common_inline_user_defined_function": _user_function,
    "call_function": _call_function,
    "named_argument_expression": lambda m, c, origin: NamedArgument(m.key, expression(m.value, c, origin)),
    "merge_action": _misplaced_merge_action,
    "typed_aggregate_expression": "Scala functions",
    "subquery_expression": _subquery,
    "direct_shuffle_partition_id": lambda m, c, origin: DirectShufflePartition(expression(m.child, c, origin)),
    "extension": lambda m, context, origin: extension(m, context),
}
