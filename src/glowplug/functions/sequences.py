"""`sequence`: the numbers, dates or timestamps from one to another by a step.

A step of months or days is calendar arithmetic from the start (`start + n × step`), in the session's time zone for
timestamps, so that the end of a month or a change of the clock does not move what follows.
"""

from __future__ import annotations

from glowplug.functions.arithmetic import INTERVALS
from glowplug.functions.coercion import cast_to, wider_all
from glowplug.functions.lowering import if_few, let, too_many
from glowplug.functions.vocabulary import ANY, Mismatch, sig
from glowplug.plan.expressions import Call, Expression
from glowplug.plan.function import Function, Lowering
from glowplug.types import (
    INTEGRAL,
    ArrayType,
    CalendarIntervalType,
    DataType,
    DateType,
    DayTimeIntervalType,
    TimestampNTZType,
    TimestampType,
    YearMonthIntervalType,
)

DATETIMES = (DateType, TimestampType, TimestampNTZType)
DAY = 86_400_000_000  # microseconds
SHORTEST_DAY, SHORTEST_MONTH = 82_800_000_000, 28 * DAY


def _operands(args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...]:
    ends, step = args[:2], args[2:]
    numbers = not (step and isinstance(step[0].type, INTERVALS))
    common = wider_all([a.type for a in (args if numbers else ends)], ansi)
    if isinstance(common, INTEGRAL) and numbers:
        return tuple(cast_to(a, common) for a in args)
    if isinstance(common, DATETIMES) and (not step or not numbers):
        return (*(cast_to(a, common) for a in ends), *step)
    raise Mismatch(
        "SEQUENCE_WRONG_INPUT_TYPES",
        functionName="`sequence`",
        startType='("TIMESTAMP" or "TIMESTAMP_NTZ" or "DATE")',
        stepType='("INTERVAL" or "INTERVAL YEAR TO MONTH" or "INTERVAL DAY TO SECOND")',
        otherStartType='"INTEGRAL"',
    )


def _returns(args: tuple[Expression, ...]) -> DataType:
    return ArrayType(args[0].type, False)


def _illegal(call: Call, low: Lowering, start: str, stop: str, step: str) -> str:
    return low.error(
        call,
        "INVALID_PARAMETER_VALUE.SEQUENCE_BOUNDARIES",
        functionName=low.literal("`sequence`"),
        parameter=low.literal("`step`"),
        start=f"CAST({start} AS VARCHAR)",
        stop=f"CAST({stop} AS VARCHAR)",
        step=f"CAST({step} AS VARCHAR)",
    )


def _lower(call: Call, low: Lowering) -> str:
    start, stop, *step = (low.sql(a) for a in call.args)
    if isinstance(call.args[0].type, DATETIMES):
        return let(start, lambda a: let(stop, lambda b: _instants(a, b, step, call, low)))

    def by_one(a: str, b: str) -> str:
        count = _count(a, b, "1")
        last = if_few(count, f"{b}::BIGINT")
        series = f"generate_series({a}::BIGINT, {last}, CASE WHEN {a} <= {b} THEN 1 ELSE -1 END)"
        return f"(CASE {too_many(count, call, low)} ELSE CAST({series} AS {low.type(call.type)}) END)"

    if not step:
        return let(start, lambda a: let(stop, lambda b: by_one(a, b)))

    def numbers(a: str, b: str, s: str) -> str:
        count = _count(a, b, f"nullif({s}, 0)")
        last = if_few(count, f"{b}::BIGINT")
        fits = f"({s} > 0 AND {a} <= {b}) OR ({s} < 0 AND {a} >= {b})"
        return (
            f"(CASE WHEN {a} IS NULL OR {b} IS NULL OR {s} IS NULL THEN NULL"
            f" {too_many(count, call, low)}"
            f" WHEN {fits} THEN CAST(generate_series({a}::BIGINT, {last}, {s}::BIGINT) AS {low.type(call.type)})"
            f" WHEN {s} = 0 AND {a} = {b} THEN [{a}] ELSE {_illegal(call, low, a, b, s)} END)"
        )

    return let(start, lambda a: let(stop, lambda b: let(step[0], lambda s: numbers(a, b, s))))


def _count(start: str, stop: str, step: str) -> str:
    return f"(abs({stop}::HUGEINT - {start}) // abs({step}::HUGEINT) + 1)"


def _parts(step: str, type: DataType) -> tuple[str, str, str]:
    """Months, days and microseconds of an interval."""
    match type:
        case YearMonthIntervalType():
            return f"{step}::BIGINT", "0", "0"
        case DayTimeIntervalType():
            return "0", f"({step} // {DAY})", f"({step} % {DAY})"
    months = f"(date_part('year', {step}) * 12 + date_part('month', {step}))"
    hours, minutes = f"date_part('hour', {step}) * 3600000000", f"date_part('minute', {step}) * 60000000"
    clock = f"({hours} + {minutes} + date_part('microsecond', {step}))"
    return months, f"date_part('day', {step})", clock


def _instants(start: str, stop: str, step: list[str], call: Call, low: Lowering) -> str:
    if step:
        return let(step[0], lambda s: _stepped(start, stop, s, call.args[2].type, call, low))
    day = f"(CASE WHEN {start} <= {stop} THEN {DAY} ELSE -{DAY} END)"
    return _stepped(start, stop, day, DayTimeIntervalType(), call, low)


def _stepped(start: str, stop: str, step: str, type: DataType, call: Call, low: Lowering) -> str:
    kind = call.args[0].type
    months, days, micros = _parts(step, type)
    least = f"(abs({months}) * {SHORTEST_MONTH} + abs({days}) * {SHORTEST_DAY} + abs({micros}))"
    clock = (
        f"epoch_us({start}::TIMESTAMP), epoch_us({stop}::TIMESTAMP)"
        if isinstance(kind, DateType)
        else f"epoch_us({start}), epoch_us({stop})"
    )
    first, last = clock.split(", ")
    count = f"CAST(abs({last} - {first}) // greatest({least}, 1) + 1 AS BIGINT)"
    moved = f"{start} + to_months(CAST(i * {months} AS INTEGER)) + to_days(CAST(i * {days} AS INTEGER))"
    if not isinstance(kind, DateType):
        moved += f" + to_microseconds(CAST(i * {micros} AS BIGINT))"
    items = f"list_transform(range(0, {if_few(count, f'{count} + 1')}), lambda i: CAST({moved} AS {low.type(kind)}))"
    forward = f"({months} * {SHORTEST_MONTH} + {days} * {DAY} + {micros})"
    cases = f"WHEN {start} IS NULL OR {stop} IS NULL OR {step} IS NULL THEN NULL "
    if (
        isinstance(kind, DateType)
        and isinstance(type, (DayTimeIntervalType, CalendarIntervalType))
        and len(call.args) > 2
    ):
        unit = "'interval day to second'" if isinstance(type, DayTimeIntervalType) else "'interval'"
        cases += f"WHEN {micros} <> 0 THEN {low.error(call, '_LEGACY_ERROR_TEMP_3242', intervalType=unit)} "
    cases += too_many(count, call, low)
    return (
        f"(CASE {cases} WHEN {forward} > 0 AND {start} <= {stop} THEN list_filter({items}, lambda e: e <= {stop})"
        f" WHEN {forward} < 0 AND {start} >= {stop} THEN list_filter({items}, lambda e: e >= {stop})"
        f" WHEN {start} = {stop} THEN [{start}] ELSE {_illegal(call, low, start, stop, step)} END)"
    )


FUNCTIONS = (
    Function(
        ("sequence",),
        sig(ANY, ANY, ANY, optional=1),
        _returns,
        _lower,
        coerce=_operands,
        usage="Returns the array of the values from the first to the second, by a step of 1 or as given.",
        example="SELECT sequence(1, 5)",
        group="array_funcs",
    ),
)
