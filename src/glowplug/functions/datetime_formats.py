"""Dates and times by datetime patterns: parsed from text, written as text.

Semantics: Spark's SQL reference, "Datetime Patterns for Formatting and Parsing". A pattern that is a constant becomes
kernel SQL; others are read and written row by row. A text that does not fit its pattern fails under ANSI.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from glowplug.datetime_patterns import Target, compile_pattern, format_sql, parse_sql
from glowplug.datetime_texts import explain, read
from glowplug.datetime_writing import write
from glowplug.errors import SparkError, unsupported
from glowplug.functions.arithmetic import wrap
from glowplug.functions.clock import ANSI, bind, instant, literal_value
from glowplug.functions.coercion import implicit_target
from glowplug.functions.lowering import Argument, per_row
from glowplug.functions.times import TIME_TYPE
from glowplug.functions.vocabulary import ANY, BIGINT, INSTANT, NTZ, STR, sig, unexpected
from glowplug.plan.build import called
from glowplug.plan.expressions import Call, Cast, Expression, Literal, UnresolvedFunction
from glowplug.plan.function import Accept, Function, Lower, Lowering
from glowplug.type_trees import contains_type
from glowplug.types import (
    DATE,
    INT,
    LONG,
    NUMERIC,
    STRING,
    STRINGS,
    TIME,
    TIMESTAMP,
    TIMESTAMP_NTZ,
    ArrayType,
    DataType,
    DateType,
    MapType,
    StructType,
    TimestampNTZType,
    TimestampType,
)

_format = partial(Function, group="datetime_funcs")
DEFAULT = Literal("yyyy-MM-dd HH:mm:ss", STRING)
_TIMES = (DateType, TimestampType, TimestampNTZType)
TIME_LIKE = Accept(
    '("STRING" or "DATE" or "TIMESTAMP" or "TIMESTAMP_NTZ")', lambda t: isinstance(t, (*STRINGS, *_TIMES)), (STRING,)
)
TIME_OR_NUMBER = Accept(TIME_LIKE.shown, lambda t: TIME_LIKE.accepts(t) or isinstance(t, NUMERIC), (STRING,))


def check_policy(c: Call, low: Lowering, refused: tuple[str, ...] = ("LEGACY",)) -> None:
    """Patterns are those of Spark 3 and later; the older ones of SimpleDateFormat are refused, not taken for these."""
    policy = "spark.sql.legacy.timeParserPolicy"
    if (found := low.setting(policy)) in refused:
        raise unsupported(f"{policy}={found}", c.origin)


def check_times(c: Call, low: Lowering, type: DataType) -> None:
    """The same of what reads or writes texts with times in them: `from_json`, `to_csv` and others."""
    if contains_type(type, _TIMES):
        check_policy(c, low, ("LEGACY", "EXCEPTION") if c.name.startswith("from_") else ("LEGACY",))


# --- parsing ----------------------------------------------------------------------------------------------


def parsed(c: Call, low: Lowering, target: Target, tolerant: bool) -> str:
    """The date or timestamp that a text is by a pattern. CANNOT_PARSE_TIMESTAMP, or NULL if `tolerant` or not ANSI."""
    check_policy(c, low, ("LEGACY", "EXCEPTION"))  # where what Spark 2 read and Spark 3 does not is an exception
    pattern = literal_value(c.args[1])
    if isinstance(c.args[1], Literal) and pattern is None:
        return f"CAST(NULL AS {low.type(c.type)})"
    if not _sound(pattern, True):
        pattern = None

    def parse(x: str) -> str:
        if isinstance(pattern, str):
            items = compile_pattern(pattern, True)
            value = parse_sql(pattern, x, target, low.time_zone, low.python, partial(instant, low))
            why = per_row(low, f"explain_{pattern.encode().hex()}", partial(explain, items), [(x, STRING)], STRING)
        else:
            operands: list[Argument] = [(x, STRING), c.args[1], (low.literal(low.time_zone), STRING)]
            number = INT if target == "date" else LONG
            value = _as(target, per_row(low, f"read_{target}", partial(_read, target), operands, number))
            why = per_row(low, "explain", _explain, operands[:2], STRING)
        if tolerant or not c.ansi:
            return value
        given = " AND ".join([f"{x} IS NOT NULL", *([] if pattern else [f"{low.sql(c.args[1])} IS NOT NULL"])])
        instead = "`try_to_date`" if target == "date" else "`try_to_timestamp`"
        failed = low.error(c, "CANNOT_PARSE_TIMESTAMP", message=why, func=low.literal(instead), ansiConfig=ANSI)
        return f"coalesce({value}, CASE WHEN {given} THEN {failed} END)"

    return bind(low.sql(c.args[0]), parse)


def _sound(pattern: object, parsing: bool) -> bool:
    """Whether a constant pattern is one. A wrong one fails in the first row that has a value."""
    try:
        return isinstance(pattern, str) and bool(compile_pattern(pattern, parsing) or True)
    except SparkError:
        return False


def _as(target: Target, number: str) -> str:
    """Days or microseconds as a value of the target."""
    if target == "date":
        return f"(DATE '1970-01-01' + {number})"
    return f"{'make_timestamptz' if target == 'timestamp' else 'make_timestamp'}({number})"


def _read(target: Target, text: str, pattern: str, zone: str) -> int | None:
    return read(compile_pattern(pattern, True), target, zone, text)


def _explain(text: str, pattern: str) -> str:
    return explain(compile_pattern(pattern, True), text)


def _parse(target: Target, tolerant: bool) -> Lower:
    return lambda c, low: parsed(c, low, target, tolerant)


def contains_nested(type: DataType) -> bool:
    return isinstance(type, (ArrayType, MapType, StructType))


def _timestamp_reader(name: str, usage: str, example: str) -> Function:
    on_wall_clock = _reader(name, TIMESTAMP_NTZ, "wall_clock", TIME_LIKE, usage, example)
    function = _reader(name, TIMESTAMP, "timestamp", TIME_OR_NUMBER, usage, example)
    return replace(function, instead=((*NTZ, on_wall_clock),))


def _reader(name: str, type: DataType, target: Target, accepts: Accept, usage: str, example: str) -> Function:
    """Without a pattern, and of what is no text, a cast; otherwise a text read by the pattern."""
    tolerant = name.startswith("try_")

    def rewrite(args: tuple[Expression, ...]) -> Expression | None:
        if contains_nested(args[0].type):
            raise unexpected(args, 0, accepts.shown)
        if len(args) == 2 and (isinstance(args[0].type, STRINGS) or not accepts.accepts(args[0].type)):
            return None
        if len(args) == 2 and implicit_target(args[1].type, STR, True) is None:
            raise unexpected(args, 1, '"STRING"')
        if len(args) == 2 and {args[0].type, type} == {TIMESTAMP, TIMESTAMP_NTZ}:
            name = "same_micros_wall" if type == TIMESTAMP_NTZ else "same_micros"
            return called(name, args[0])  # with a pattern, Spark does not move it between zones
        source = args[0] if accepts.accepts(args[0].type) else Cast(args[0], STRING)
        return Cast(source, type, "legacy" if tolerant else None)

    return _format(
        (name,),
        sig(STR, STR, optional=1),
        type,
        _parse(target, tolerant),
        rewrite=rewrite,
        nullable="always" if tolerant else "unless_ansi",
        usage=usage,
        example=example,
    )


# --- writing ----------------------------------------------------------------------------------------------


def written(c: Call, low: Lowering, value: str, pattern: Expression) -> str:
    """An instant as text, by the wall clock of the session's zone."""
    check_policy(c, low)
    constant = literal_value(pattern)
    if isinstance(constant, str) and _sound(constant, False):
        return bind(value, lambda x: format_sql(constant, x, "timestamp", low.time_zone, low.python))
    operands: list[Argument] = [(f"epoch_us({value})", LONG), pattern, (low.literal(low.time_zone), STRING)]
    return per_row(low, "write_timestamp", _write, operands, STRING)


def _write(micros: int, pattern: str, zone: str) -> str:
    return write(compile_pattern(pattern, False), micros, zone)


def _date_format(c: Call, low: Lowering) -> str:
    return written(c, low, low.sql(c.args[0]), c.args[1])


def _from_unixtime(c: Call, low: Lowering) -> str:
    """Microseconds wrap around, as Java's multiplication does."""
    micros = wrap(f"(CAST({low.sql(c.args[0])} AS HUGEINT) * 1000000)", LONG)
    return written(c, low, f"make_timestamptz({micros})", c.args[1])


# --- seconds since the epoch --------------------------------------------------------------------------------


def _unix_timestamp(c: Call, low: Lowering) -> str:
    """Whole seconds, cut toward zero."""
    e = c.args[0]
    if isinstance(e.type, STRINGS):
        return bind(parsed(c, low, "timestamp", False), lambda t: f"(epoch_us({t}) // 1000000)")
    at = low.sql(e) if isinstance(e.type, TimestampNTZType) else low.cast(low.sql(e), e.type, TIMESTAMP)
    return f"(epoch_us({at}) // 1000000)"


def _unix(name: str, optional: int) -> Function:
    def rewrite(args: tuple[Expression, ...]) -> Expression | None:
        now = UnresolvedFunction(("current_timestamp",))
        return UnresolvedFunction((name,), (now, DEFAULT)) if not args else None

    return _format(
        (name,),
        sig(TIME_LIKE, STR, optional=optional, defaults=(DEFAULT,)),
        LONG,
        _unix_timestamp,
        rewrite=rewrite,
        nullable="unless_ansi",
        casts=False,
        shown=lambda args, c: f"{name}({', '.join(args or ('current_timestamp()', str(DEFAULT.value)))})",
        usage="Returns the seconds since the epoch of a time, or of a text read by a pattern.",
        example=f"SELECT {name}('2016-04-08', 'yyyy-MM-dd')",
    )


# --- times of day -------------------------------------------------------------------------------------------


def _to_time(tolerant: bool) -> Lower:
    """Without a pattern as a cast reads it; with one, the time of a timestamp_ntz read by it."""

    def lower(c: Call, low: Lowering) -> str:
        pattern = c.args[1] if len(c.args) > 1 else Literal("HH:mm:ss.SSSSSS", STRING)

        def read_time(x: str) -> str:
            if len(c.args) == 1:
                value = low.cast(x, STRING, TIME, "try")
            else:
                inner = Call(c.function, c.name, (c.args[0], pattern), TIMESTAMP_NTZ, True, ansi=False)
                value = f"CAST({parsed(inner, low, 'wall_clock', True)} AS TIME)"
            if tolerant:
                return value
            shown = low.sql(pattern)
            failed = low.error(c, "CANNOT_PARSE_TIME", input=_quoted(x), format=_quoted(shown))
            return f"coalesce({value}, CASE WHEN {x} IS NOT NULL AND {shown} IS NOT NULL THEN {failed} END)"

        return bind(low.sql(c.args[0]), read_time)

    return lower


def _quoted(text: str) -> str:
    return f"'''' || {text} || ''''"


def _time_reader(name: str) -> Function:
    tolerant = name.startswith("try_")
    return _format(
        (name,),
        sig(STR, STR, optional=1),
        TIME,
        _to_time(tolerant),
        nullable="always",
        requires=TIME_TYPE,
        casts=False,
        shown=(lambda args, c: f"try_to_time(to_time({', '.join(args)}))") if tolerant else None,
        usage="Reads a time of day." + (" NULL where the text is none." if tolerant else ""),
        example=f"SELECT {name}('00:12:00')",
    )


FUNCTIONS = (
    _format(("same_micros",), sig(ANY), TIMESTAMP, "make_timestamptz(epoch_us({0}))", internal=True),
    _format(("same_micros_wall",), sig(ANY), TIMESTAMP_NTZ, "make_timestamp(epoch_us({0}))", internal=True),
    _format(
        ("date_format",),
        sig(INSTANT, STR),
        STRING,
        _date_format,
        usage="Writes a timestamp by a pattern.",
        example="SELECT date_format('2016-04-08', 'y')",
    ),
    _format(
        ("from_unixtime",),
        sig(BIGINT, STR, optional=1, defaults=(DEFAULT,)),
        STRING,
        _from_unixtime,
        nullable="always",
        usage="Writes the time so many seconds after the epoch by a pattern.",
        example="SELECT from_unixtime(0, 'yyyy-MM-dd HH:mm:ss')",
    ),
    _reader(
        "to_date",
        DATE,
        "date",
        TIME_LIKE,
        "Reads a date, by a pattern if there is one.",
        "SELECT to_date('2016-12-31', 'yyyy-MM-dd')",
    ),
    _reader(
        "try_to_date",
        DATE,
        "date",
        TIME_LIKE,
        "Like to_date, with NULL for what is no date.",
        "SELECT try_to_date('foo', 'yyyy-MM-dd')",
    ),
    _reader(
        "to_timestamp_ltz",
        TIMESTAMP,
        "timestamp",
        TIME_OR_NUMBER,
        "Reads a timestamp, by a pattern if there is one.",
        "SELECT to_timestamp_ltz('2016-12-31', 'yyyy-MM-dd')",
    ),
    _reader(
        "to_timestamp_ntz",
        TIMESTAMP_NTZ,
        "wall_clock",
        TIME_LIKE,
        "Reads a wall-clock time, by a pattern if there is one.",
        "SELECT to_timestamp_ntz('2016-12-31', 'yyyy-MM-dd')",
    ),
    _timestamp_reader(
        "to_timestamp",
        "Reads a timestamp, by a pattern if there is one.",
        "SELECT to_timestamp('2016-12-31', 'yyyy-MM-dd')",
    ),
    _timestamp_reader(
        "try_to_timestamp",
        "Like to_timestamp, with NULL for what is none.",
        "SELECT try_to_timestamp('foo', 'yyyy-MM-dd')",
    ),
    _unix("unix_timestamp", 2),
    _unix("to_unix_timestamp", 1),
    _time_reader("to_time"),
    _time_reader("try_to_time"),
)
