"""Windows over time: which of a series of equal windows a time falls into, and the last moment of one.

`window` and `session_window` are calls that analysis replaces by columns (analyze/rules/time_windows.py), made with the
internal functions here. A window is a struct of `start`, which belongs to it, and `end`, which does not.
"""

from __future__ import annotations

from functools import partial

from glowplug.errors import AnalysisError
from glowplug.functions.clock import bind, bind_all, instant, literal_value, local
from glowplug.functions.datetimes import ANY_TIMESTAMP, call
from glowplug.functions.lowering import let
from glowplug.functions.vocabulary import ANY, BIGINT, constant, sig, unexpected
from glowplug.plan.expressions import Call, Expression, Literal
from glowplug.plan.function import Accept, Function, Lowering
from glowplug.plan.names import literal_text, pretty
from glowplug.types import (
    TIMESTAMP,
    TIMESTAMP_NTZ,
    DataType,
    DayTimeIntervalType,
    StructField,
    StructType,
    TimestampType,
    YearMonthIntervalType,
    quote,
    sql_name,
)

WINDOW_FROM = "window_from"
_window = partial(Function, group="datetime_funcs")


def window_type(time: DataType) -> StructType:
    return StructType((StructField("start", time), StructField("end", time)))


def _made(type: DataType, micros: str) -> str:
    return f"{'make_timestamptz' if isinstance(type, TimestampType) else 'make_timestamp'}({micros})"


def _bounds(type: DataType, start: str, duration: int) -> str:
    return f'struct_pack("start" := {_made(type, start)}, "end" := {_made(type, f"{start} + {duration}")})'


def _numbers(c: Call) -> list[int]:
    """The arguments after the first: lengths in microseconds."""
    return [n for a in c.args[1:] if isinstance(n := literal_value(a), int)]


def _last_start(micros: str, slide: int, start: int) -> str:
    return f"({micros} - ((({micros} - {start}) % {slide}) + {slide}) % {slide})"


def _start(c: Call, low: Lowering) -> str:
    """The start of the one window that a time falls into, where a window begins when the one before ends."""
    slide, start = _numbers(c)
    return _made(c.type, let(f"epoch_us({low.sql(c.args[0])})", lambda m: _last_start(m, slide, start)))


def _from(c: Call, low: Lowering) -> str:
    (duration,) = _numbers(c)
    return let(f"epoch_us({low.sql(c.args[0])})", lambda s: _bounds(c.args[0].type, s, duration))


def _all(c: Call, low: Lowering) -> str:
    """All windows that a time falls into, as a list."""
    duration, slide, start = _numbers(c)
    type = c.args[0].type

    def windows(m: str) -> str:
        starts = (
            f"list_transform(range({-(-duration // slide)}), (lambda i: {_last_start(m, slide, start)} - i * {slide}))"
        )
        inside = f"list_filter({starts}, (lambda s: {m} < s + {duration}))"
        return f"list_transform({inside}, (lambda s: {_bounds(type, 's', duration)}))"

    return bind(f"epoch_us({low.sql(c.args[0])})", windows)


def _is_window(t: DataType) -> bool:
    return isinstance(t, StructType) and [f.name for f in t.fields] == ["start", "end"]


def _end_type(args: tuple[Expression, ...]) -> DataType:
    window = args[0].type
    assert isinstance(window, StructType)
    return window.fields[1].type


def _window_time(c: Call, low: Lowering) -> str:
    end = _end_type(c.args)
    return _made(end, f"epoch_us(struct_extract_at({low.sql(c.args[0])}, 2)) - 1")


# --- time_bucket --------------------------------------------------------------------------------------------

_SIZE = Accept(
    '("INTERVAL YEAR TO MONTH" or "INTERVAL DAY TO SECOND")',
    lambda t: isinstance(t, (YearMonthIntervalType, DayTimeIntervalType)),
    (DayTimeIntervalType(),),
    implicit=False,
)


_ONLY_TIMESTAMP = Accept(ANY_TIMESTAMP.shown, ANY_TIMESTAMP.accepts)


def _origin(args: tuple[Expression, ...]) -> Expression | None:
    """Without an origin, buckets begin at the epoch by the wall clock."""
    if len(args) == 3:
        return None
    ntz = args[1].type == TIMESTAMP_NTZ
    epoch = Literal(0, TIMESTAMP_NTZ) if ntz else call("epoch_by_clock")
    return call("time_bucket", args[0], args[1], epoch)


def _bucket_type(args: tuple[Expression, ...]) -> DataType:
    if args[2].type != args[1].type:
        raise unexpected(args, 2, f'"{sql_name(args[1].type)}"')
    size = literal_value(args[0])
    if isinstance(size, int) and size <= 0:
        raise AnalysisError(
            "DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE",
            sqlExpr=f'"time_bucket({", ".join(map(pretty, args))})"', exprName=quote("bucketSize"),
            valueRange="(0, inf)", currentValue=literal_text(size, args[0].type),
        )  # fmt: skip
    return args[1].type


def _time_bucket(c: Call, low: Lowering) -> str:
    """The start of the bucket that a time falls into, counted by the wall clock from the origin in days and months."""
    size, time, origin = c.args
    n, type = low.sql(size), time.type
    clocks = [local(low, time), local(low, origin)]

    def by_months(x: str, o: str) -> str:
        months = f"((year({x}) - year({o})) * 12 + month({x}) - month({o}))"
        guess = f"(({months}) // {n} - CAST({months} % {n} < 0 AS INTEGER))"
        at = f"({o} + to_months(CAST({guess} * {n} AS INTEGER)))"
        before = f"({o} + to_months(CAST(({guess} - 1) * {n} AS INTEGER)))"
        return f"CASE WHEN {at} > {x} THEN {before} ELSE {at} END"

    def by_micros(x: str, o: str) -> str:
        passed = f"(epoch_us({x}) - epoch_us({o}))"
        return f"make_timestamp(epoch_us({x}) - (({passed} % {n}) + {n}) % {n})"

    bucket = bind_all(clocks, by_months if isinstance(size.type, YearMonthIntervalType) else by_micros)
    return instant(low, bucket) if isinstance(type, TimestampType) else bucket


def _shown_bucket(args: tuple[str, ...], c: Call) -> str:
    kind = "TIMESTAMP_NTZ" if c.args[1].type == TIMESTAMP_NTZ else "TIMESTAMP"
    origin = f"{kind} '1970-01-01 00:00:00'"
    return f"time_bucket({', '.join(args if len(args) == 3 else (*args, origin))})"


_INTERNAL = "Internal: the windows that a time falls into."

FUNCTIONS = (
    _window(
        ("window",),
        sig(ANY, ANY, ANY, ANY, optional=2),
        lambda args: window_type(TIMESTAMP),
        usage="Puts a time into windows of a duration, sliding by another, starting at an offset.",
        example="SELECT window(b, '5 minutes')",
    ),
    _window(
        ("session_window",),
        sig(ANY, ANY),
        lambda args: window_type(TIMESTAMP),
        usage="Puts times into sessions that end when nothing comes for a while.",
        example="SELECT session_window(b, '5 minutes')",
    ),
    _window(
        ("window_start",),
        sig(ANY_TIMESTAMP, BIGINT, BIGINT),
        lambda args: args[0].type,
        _start,
        usage=_INTERNAL,
        internal=True,
    ),
    _window(
        (WINDOW_FROM,),
        sig(ANY_TIMESTAMP, BIGINT),
        lambda args: window_type(args[0].type),
        _from,
        usage=_INTERNAL,
        internal=True,
    ),
    _window(
        ("sliding_windows",),
        sig(ANY_TIMESTAMP, BIGINT, BIGINT, BIGINT),
        lambda args: StructType((StructField("window", window_type(args[0].type)),)),
        _all,
        kind="generator",
        usage=_INTERNAL,
        internal=True,
    ),
    _window(
        ("window_time",),
        sig(Accept('"STRUCT"', _is_window)),
        _end_type,
        _window_time,
        nullable="always",
        usage="Returns the last moment of a window.",
        example="SELECT window_time(window)",
    ),
    _window(
        ("epoch_by_clock",),
        sig(),
        TIMESTAMP,
        lambda c, low: instant(low, "TIMESTAMP '1970-01-01'"),
        nullable="never",
        shown="TIMESTAMP '1970-01-01 00:00:00'",
        usage="Internal: the epoch by the session's wall clock.",
        example="",
        internal=True,
    ),
    _window(
        ("time_bucket",),
        sig(constant(_SIZE), _ONLY_TIMESTAMP, constant(_ONLY_TIMESTAMP), optional=1, names="bucketSize ts origin"),
        _bucket_type,
        _time_bucket,
        rewrite=_origin,
        shown=_shown_bucket,
        usage="Returns the start of the bucket of a size that a time falls into.",
        example="SELECT time_bucket(INTERVAL '1' HOUR, TIMESTAMP '2024-01-01 11:27:00')",
    ),
)
