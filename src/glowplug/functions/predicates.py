"""Comparison and logic. NaN equals NaN and is greater than any number, as in the kernel."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import partial

from glowplug.errors import AnalysisError
from glowplug.functions.coercion import (
    cast_to,
    comparison_type,
    decimal_for_literal,
    implicit_target,
    same_structure,
    tightest_common,
    wider_all,
)
from glowplug.functions.ordering import order_key
from glowplug.functions.vocabulary import ANY, BOOL, STR, Mismatch, kinds, need_order, sig
from glowplug.plan.expressions import Call, Expression, Literal, UnresolvedFunction
from glowplug.plan.function import Coerce, Function, Lower, Lowering, Rewrite, Shown
from glowplug.plan.names import pretty
from glowplug.types import (
    BOOLEAN,
    DOUBLE,
    INTEGRAL,
    LONG,
    NUMERIC,
    BooleanType,
    DecimalType,
    DoubleType,
    FloatType,
    NullType,
    StringType,
    sql_name,
)


def _comparable(args: tuple[Expression, ...], ansi: bool, symbol: str = "=") -> tuple[Expression, ...] | None:
    a, b = (_as_decimal(x, y) for x, y in (args, args[::-1]))
    t = comparison_type(a.type, b.type, ansi)
    if t is None:
        return None
    need_order(symbol, t)
    return cast_to(a, t), cast_to(b, t)


def _as_decimal(e: Expression, other: Expression) -> Expression:
    """An integer literal beside a decimal is the narrowest decimal."""
    if isinstance(other.type, DecimalType) and isinstance(e, Literal) and isinstance(e.type, INTEGRAL):
        return cast_to(e, decimal_for_literal(e))
    return e


def _equatable(args: tuple[Expression, ...], ansi: bool, symbol: str = "=") -> tuple[Expression, ...] | None:
    """Outside ANSI mode a boolean may equal a number: it counts as 1 or 0."""
    a, b = args
    if not ansi and isinstance(a.type, BooleanType) and isinstance(b.type, NUMERIC):
        return cast_to(a, b.type), b
    if not ansi and isinstance(b.type, BooleanType) and isinstance(a.type, NUMERIC):
        return a, cast_to(b, a.type)
    return _comparable(args, ansi, symbol)


def _whole(right: str, left: str, symbol: str) -> Rewrite:
    """An integer beside a decimal literal is compared with the next integer; `right` and `left` say which way."""

    def rewrite(args: tuple[Expression, ...]) -> Expression | None:
        for at, rounding in ((1, right), (0, left)):
            literal, other = args[at], args[1 - at]
            if isinstance(literal, Literal) and isinstance(literal.value, Decimal) and isinstance(other.type, INTEGRAL):
                whole = int(literal.value.to_integral_value(rounding))
                if -(1 << 63) <= whole < 1 << 63:
                    both = (other, Literal(whole, LONG)) if at else (Literal(whole, LONG), other)
                    return UnresolvedFunction((symbol,), both)
        return None

    return rewrite


def _logical(args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...] | None:
    """Booleans; in ANSI mode a text beside a boolean is read as one."""
    one = any(isinstance(a.type, BooleanType) for a in args)
    fits = (BooleanType, NullType, StringType) if ansi and one else (BooleanType, NullType)
    return tuple(cast_to(a, BOOLEAN) for a in args) if all(isinstance(a.type, fits) for a in args) else None


def _in_operands(args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...] | None:
    t = wider_all([a.type for a in args], ansi)
    if t is None and all(same_structure(args[0].type, a.type) for a in args):
        t = args[0].type
    if t is None:
        types = ", ".join(f'"{sql_name(a.type)}"' for a in args)
        raise Mismatch("DATA_DIFF_TYPES", functionName="`in`", dataType=f"[{types}]")
    need_order("in", t)
    return tuple(cast_to(a, t) for a in args)


def _between(args: tuple[Expression, ...]) -> Expression:

    x, low, high = args
    return UnresolvedFunction(("and",), (UnresolvedFunction((">=",), (x, low)), UnresolvedFunction(("<=",), (x, high))))


def _compare(
    symbol: str,
    lower: Lower,
    names: tuple[str, ...] = (),
    coerce: Coerce = _equatable,
    rewrite: Rewrite | None = None,
) -> Function:
    return Function(
        (symbol, *names),
        sig(ANY, ANY),
        BOOLEAN,
        lower,
        coerce=coerce,
        rewrite=rewrite,
        nullable="never" if symbol == "<=>" else "any",
        shown=f"({{0}} {symbol} {{1}})",
        usage=f"Returns whether the left side {symbol} the right.",
        example=f"SELECT 1 {symbol} 2",
        group="predicate_funcs",
    )


def _ordered(symbol: str, right: str, left: str) -> Function:
    def lower(call: Call, low: Lowering) -> str:
        common = tightest_common(call.args[0].type, call.args[1].type) or call.args[0].type  # NULLs of either side's
        x, y = (order_key(low.sql(a), common) for a in call.args)
        return f"({x} {symbol} {y})"

    return _compare(symbol, lower, coerce=partial(_comparable, symbol=symbol), rewrite=_whole(right, left, symbol))


_VALUE = r"([^'()]+|[A-Z]* ?'[^']*'|CAST\((?:[^'()]+|'[^']*') AS [A-Z]+(?:\([\d,]+\))?\))"
_FROM, _UNTIL = re.compile(rf"\((c\d+) >= {_VALUE}\)"), re.compile(rf"\((c\d+) <= {_VALUE}\)")


def as_range(least: str, most: str) -> str | None:
    """Kernel SQL of two bounds of a column as a range; None if they are not that.

    The kernel draws conditions for its scans from alternatives, and of two bounds apart it would draw each by itself,
    which leaves nothing out and costs time.
    """
    a, b = _FROM.fullmatch(least), _UNTIL.fullmatch(most)
    return f"({a[1]} BETWEEN {a[2]} AND {b[2]})" if a and b and a[1] == b[1] else None


def _lower_and(call: Call, low: Lowering) -> str:
    left, right = map(low.sql, call.args)
    return as_range(left, right) or f"({left} AND {right})"


def _lower_in(call: Call, low: Lowering) -> str:
    x, *values = (low.sql(a) for a in call.args)
    if not values:  # only ANSI mode says that nothing holds no NULL either
        return "false" if call.ansi else f"(CASE WHEN {x} IS NOT NULL THEN false END)"
    return f"({x} IN ({', '.join(values)}))"


def _lower_like(operator: str) -> Lower:
    def lower(call: Call, low: Lowering) -> str:
        x, pattern = low.sql(call.args[0]), low.sql(call.args[1])
        escape = call.args[2].value if len(call.args) > 2 and isinstance(call.args[2], Literal) else "\\"
        constant = call.args[1].value or "" if isinstance(call.args[1], Literal) else None
        if constant is not None and escape not in constant:
            return f"({x} {operator} {pattern})"
        matched = f"({x} {operator} {pattern} ESCAPE {low.literal(escape)})"
        if constant is not None and re.fullmatch(_well_escaped(escape), constant, re.DOTALL):
            return matched
        return _checked(pattern, escape, matched, call, low)

    return lower


def _well_escaped(escape: str) -> str:
    """What matches patterns in which the escape character is before what it may escape only."""
    e = re.escape(escape)
    return f"(?:[^{e}]|{e}[_%{e}])*"


def _checked(pattern: str, escape: str, matched: str, call: Call, low: Lowering) -> str:
    well, e = _well_escaped(escape), re.escape(escape)

    def matches(regex: str) -> str:
        return f"regexp_full_match({pattern}, {low.literal(regex)}, 's')"

    shown = f"'''' || replace({pattern}, '\\', '\\\\') || ''''"
    follows = f"'''' || regexp_extract({pattern}, {low.literal(f'^{well}{e}(.)')}, 1, 's') || ''''"
    at_end = low.error(call, "INVALID_FORMAT.ESC_AT_THE_END", format=shown)
    within = low.error(call, "INVALID_FORMAT.ESC_IN_THE_MIDDLE", format=shown, char=follows)
    failed = f"(CASE WHEN {matches(well + e)} THEN {at_end} ELSE {within} END)"
    x = low.sql(call.args[0])
    return f"(CASE WHEN {x} IS NOT NULL AND NOT {matches(well)} THEN {failed} ELSE {matched} END)"


def _shown_like(name: str) -> Shown:
    def shown(args: tuple[str, ...], call: Call) -> str:
        escape = f" ESCAPE '{args[2]}'" if len(args) > 2 and args[2] != "\\" else ""
        return f"{args[0]} {name} {args[1]}{escape}" if name == "LIKE" else f"{name.lower()}({', '.join(args[:2])})"

    return shown


def _isnan(call: Call, low: Lowering) -> str:
    return f"coalesce(isnan({low.sql(call.args[0])}), false)"


def _test(name: str, sql: str, shown: str | None = None, *also: str) -> Function:
    return Function(
        (name, *also),
        sig(ANY),
        BOOLEAN,
        sql,
        nullable="never",
        shown=shown,
        usage=f"Tests a value: {name}.",
        example=f"SELECT {name}(NULL)",
        group="predicate_funcs",
    )


def _like_each(name: str, connective: str, negated: bool = False) -> Function:
    """A text against several constant patterns."""

    def lower(call: Call, low: Lowering) -> str:
        text, *patterns = call.args
        tests = (low.sql(replace(call, function=_LIKE, name="like", args=(text, p))) for p in patterns)
        return f"({f' {connective} '.join(f'(NOT {t})' if negated else t for t in tests)})"

    return Function(
        (name,),
        sig(STR, STR, variadic=True),
        BOOLEAN,
        lower,
        nullable="always",
        shown=f"{name}({{0}})",
        internal=True,
        group="string_funcs",
    )


def _like_operands(args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...] | None:
    if len(args) > 2:
        escape = args[2].value if isinstance(args[2], Literal) else None
        if not isinstance(escape, str) or len(escape) != 1:
            raise AnalysisError("INVALID_ESCAPE_CHAR", sqlExpr=f'"{pretty(args[2])}"')
    found = [implicit_target(a.type, STR, ansi) for a in args]
    return None if None in found else tuple(cast_to(a, t) for a, t in zip(args, found, strict=True) if t is not None)


_LIKE = Function(
    ("like",),
    sig(STR, STR, STR, optional=1),
    BOOLEAN,
    _lower_like("LIKE"),
    coerce=_like_operands,
    shown=_shown_like("LIKE"),
    usage="Matches a pattern in which _ is any character and % any text.",
    example="SELECT 'Spark' like '_park'",
    group="string_funcs",
)
FRACTION = kinds('("DOUBLE" or "FLOAT")', (FloatType, DoubleType), DOUBLE)

FUNCTIONS = (
    _compare("=", "({0} = {1})", names=("==",)),
    _compare("<=>", "({0} IS NOT DISTINCT FROM {1})", coerce=partial(_equatable, symbol="<=>")),
    _ordered("<", ROUND_CEILING, ROUND_FLOOR),
    _ordered("<=", ROUND_FLOOR, ROUND_CEILING),
    _ordered(">", ROUND_FLOOR, ROUND_CEILING),
    _ordered(">=", ROUND_CEILING, ROUND_FLOOR),
    Function(
        ("!=", "<>"),
        sig(ANY, ANY),
        rewrite=lambda args: _not(_equal(args)),
        usage="Returns whether the sides differ.",
        example="SELECT 1 != 2",
        group="predicate_funcs",
    ),
    Function(
        ("and",),
        sig(BOOL, BOOL),
        BOOLEAN,
        _lower_and,
        coerce=_logical,
        logic="and",
        shown="({0} AND {1})",
        usage="Logical AND.",
        example="SELECT true and false",
        group="predicate_funcs",
    ),
    Function(
        ("or",),
        sig(BOOL, BOOL),
        BOOLEAN,
        "({0} OR {1})",
        coerce=_logical,
        logic="or",
        shown="({0} OR {1})",
        usage="Logical OR.",
        example="SELECT true or false",
        group="predicate_funcs",
    ),
    Function(
        ("not", "!"),
        sig(BOOL),
        BOOLEAN,
        "(NOT {0})",
        logic="not",
        shown="(NOT {0})",
        usage="Logical NOT.",
        example="SELECT not true",
        group="predicate_funcs",
    ),
    Function(
        ("in",),
        sig(ANY, ANY, optional=1, variadic=True),
        BOOLEAN,
        _lower_in,
        coerce=_in_operands,
        shown=lambda args, call: f"({args[0]} IN ({', '.join(args[1:])}))",
        usage="Returns whether the first value equals any of the others.",
        example="SELECT 1 in (1, 2, 3)",
        group="predicate_funcs",
    ),
    Function(
        ("between",),
        sig(ANY, ANY, ANY),
        rewrite=_between,
        shown="between({0}, {1}, {2})",
        usage="Returns whether the first value lies between the others, both included.",
        example="SELECT 2 between 1 and 3",
        group="predicate_funcs",
    ),
    _LIKE,
    _like_each("likeany", "OR"),
    _like_each("likeall", "AND"),
    _like_each("notlikeany", "OR", negated=True),
    _like_each("notlikeall", "AND", negated=True),
    Function(
        ("ilike",),
        sig(STR, STR, STR, optional=1),
        BOOLEAN,
        _lower_like("ILIKE"),
        coerce=_like_operands,
        shown=_shown_like("ilike"),
        usage="Like LIKE, ignoring case.",
        example="SELECT 'Spark' ilike '_PARK'",
        group="string_funcs",
    ),
    _test("isnull", "({0} IS NULL)", "({0} IS NULL)"),
    _test("isnotnull", "({0} IS NOT NULL)", "({0} IS NOT NULL)"),
    Function(
        ("isnan",),
        sig(FRACTION),
        BOOLEAN,
        _isnan,
        nullable="never",
        usage="Returns whether the number is NaN.",
        example="SELECT isnan(cast('NaN' as double))",
        group="predicate_funcs",
    ),
    Function(
        ("equal_null",),
        sig(ANY, ANY),
        rewrite=lambda args: UnresolvedFunction(("<=>",), args),
        usage="Equality in which NULL equals NULL.",
        example="SELECT equal_null(3, 3)",
        group="predicate_funcs",
    ),
)


def _equal(args: tuple[Expression, ...]) -> Expression:

    return UnresolvedFunction(("=",), args)


def _not(e: Expression) -> Expression:

    return UnresolvedFunction(("not",), (e,))
