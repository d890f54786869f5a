"""INTERVAL literals. All are ANSI intervals: months, or days and time, never both.

Source of the rules: https://spark.apache.org/docs/latest/sql-ref-literals.html#interval-literal
"""

from __future__ import annotations

import re
from decimal import Decimal

from glowplug.errors import ArithmeticFailure, ParseError
from glowplug.plan.expressions import Literal, Origin
from glowplug.sql.cursor import Cursor, is_word
from glowplug.sql.tokens import NUMBER, STRING
from glowplug.types import DAY_TIME_FIELDS, YEAR_MONTH_FIELDS, DayTimeIntervalType, YearMonthIntervalType

# Unit → (field of its type, months or microseconds in one).
_MONTHS = {"year": ("year", 12), "month": ("month", 1)}
_MICROS = {
    "week": ("day", 604_800_000_000),
    "day": ("day", 86_400_000_000),
    "hour": ("hour", 3_600_000_000),
    "minute": ("minute", 60_000_000),
    "second": ("second", 1_000_000),
    "millisecond": ("second", 1_000),
    "microsecond": ("second", 1),
}
_UNITS = {name: unit for unit in (*_MONTHS, *_MICROS, "nanosecond") for name in (unit, unit + "s")}
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)\Z")
_PAIR = re.compile(r"\s*([+-]?)\s*(\d+\.?\d*|\.\d+)\s+([A-Za-z]+)(?:\s+|\Z)")
# `start to end` → the form of its text; the groups are the fields from `start` to `end`.
_FORMS = {
    ("year", "month"): (r"(\d+)-(\d+)", "[+|-]y-m"),
    ("day", "hour"): (r"(\d+)\s+(\d+)", "[+|-]d h"),
    ("day", "minute"): (r"(\d+)\s+(\d+):(\d+)", "[+|-]d h:m"),
    ("day", "second"): (r"(\d+)\s+(\d+):(\d+):(\d+(?:\.\d{1,9})?)", "[+|-]d h:m:s.n"),
    ("hour", "minute"): (r"(\d+):(\d+)", "[+|-]h:m"),
    ("hour", "second"): (r"(\d+):(\d+):(\d+(?:\.\d{1,9})?)", "[+|-]h:m:s.n"),
    ("minute", "second"): (r"(\d+):(\d+(?:\.\d{1,9})?)", "[+|-]m:s.n"),
}
_LIMITS = {"month": 11, "hour": 23, "minute": 59, "second": 59}
_MAX_LEADING = {"day": 106_751_991, "hour": 2_562_047_788, "minute": 153_722_867_280, "year": 178_956_970}


def interval(c: Cursor) -> Literal | None:
    """`INTERVAL …`, or None if the word INTERVAL begins none and is a name."""
    start = c.i
    c.i += 1
    if not _at_value(c):
        c.i = start
        return None
    first = c.i
    pairs: list[tuple[str, str]] = []
    while _at_value(c):
        begin = c.i
        text, is_string = _value(c)
        unit = _UNITS.get(c.kind.lower())
        if unit is None:
            if pairs:  # what follows is another operand: `INTERVAL '1' DAY + 1`
                c.i = begin
                break
            if is_string or c.kinds[first] in "+-":
                c.i = start
                return None
            c.fail()
        c.i += 1
        if c.take("TO"):
            end = _UNITS.get(c.kind.lower())
            if end is None:
                c.fail()
            c.i += 1
            if pairs:
                raise ParseError("_LEGACY_ERROR_TEMP_0024", c.origin(start))
            return unit_to_unit(text, unit, end, c.origin(first))
        if is_string and not _NUMBER.match(text):
            raise ParseError("_LEGACY_ERROR_TEMP_0026", c.origin(first), value=text)
        pairs.append((text, unit))
    return _sum(pairs, " " + " ".join(f"{v} {u}" for v, u in pairs), c.between(start, c.i), c.origin(start))


def typed_interval(text: str, origin: Origin) -> Literal:
    """`INTERVAL '1 day 2 hours'`: the units inside the text."""
    body = re.sub(r"\A\s*interval\s+", "", text.strip(), flags=re.IGNORECASE)
    pairs, position = [], 0
    while position < len(body):
        m = _PAIR.match(body, position)
        unit = None if m is None else _UNITS.get(m[3].lower())
        if m is None or unit is None:
            break
        pairs.append((m[1] + m[2], unit))
        position = m.end()
    if not pairs or position < len(body):
        raise ParseError("INVALID_TYPED_LITERAL", origin, valueType='"INTERVAL"', value=f"'{text}'")
    return _sum(pairs, text, f"INTERVAL '{text}'", origin)


def _at_value(c: Cursor) -> bool:
    at = c.i + 1 if c.kind in ("+", "-") else c.i
    return c.kinds[at] in (NUMBER, STRING, "?") or (c.kinds[at] == ":" and is_word(c.kinds[at + 1]))


def _value(c: Cursor) -> tuple[str, bool]:
    """The number before a unit, as text, and whether it was a string. A sign may stand outside and inside it."""
    sign = c.take_any("+", "-") or ""
    if c.kind in (":", "?"):
        from glowplug.sql.literals import parameter

        start, given = c.i, parameter(c)
        if not isinstance(given, Literal):
            c.fail_at(start)
        is_string, text = isinstance(given.value, str), str(given.value).strip()
    else:
        is_string = c.kind == STRING
        text = c.raw()[1:-1].strip() if is_string else c.raw()
        c.i += 1
    if sign == "-":
        return (text[1:] if text.startswith("-") else "-" + text.removeprefix("+")), is_string
    return text, is_string


def _sum(pairs: list[tuple[str, str]], text: str, written: str, origin: Origin) -> Literal:
    """The sum of (number, unit) pairs; its type spans the fields of the units."""
    units = {u for _, u in pairs}
    if "nanosecond" in units:
        raise _format_error("INVALID_UNIT", origin, input=text, unit="nanosecond")
    if units & _MONTHS.keys() and units & _MICROS.keys():
        raise ParseError("_LEGACY_ERROR_TEMP_0029", origin, literal=written)
    table, fields = (_MONTHS, YEAR_MONTH_FIELDS) if units <= _MONTHS.keys() else (_MICROS, DAY_TIME_FIELDS)
    total = 0
    for number, unit in pairs:
        if "." in number and unit != "second":
            raise _format_error("INVALID_FRACTION", origin, input=text, unit=unit)
        total += int(Decimal(number) * table[unit][1])
    spanned = [fields.index(table[u][0]) for u in units]
    type = (YearMonthIntervalType if table is _MONTHS else DayTimeIntervalType)(min(spanned), max(spanned))
    return _checked(total, type, text, origin)


def _checked(total: int, type: YearMonthIntervalType | DayTimeIntervalType, text: str, origin: Origin) -> Literal:
    if isinstance(type, YearMonthIntervalType) and not -(2**31) <= total < 2**31:
        raise _format_error("ARITHMETIC_EXCEPTION", origin, input=text)
    if not -(2**63) <= total < 2**63:
        raise ArithmeticFailure("INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION", origin)
    return Literal(total, type)


def unit_to_unit(text: str, start: str, end: str, origin: Origin) -> Literal:
    """`'1-2' YEAR TO MONTH` and its like. A field after the first must not run over into the one before."""
    form = _FORMS.get((start, end))
    if form is None:
        raise _format_error("UNSUPPORTED_FROM_TO_EXPRESSION", origin, input=text, **{"from": start, "to": end})
    pattern, shown = form
    m = re.fullmatch(rf"\s*([+-]?){pattern}\s*", text)
    if m is None:
        kind = "UNMATCHED_FORMAT_STRING" if start == "year" else "UNMATCHED_FORMAT_STRING_WITH_NOTICE"
        raise _format_error(
            kind,
            origin,
            input=text,
            intervalStr="year-month" if start == "year" else "day-time",
            supportedFormat=f"`{shown}`, `INTERVAL [+|-]'{shown}' {start.upper()} TO {end.upper()}`",
            typeName=f"interval {start} to {end}",
        )
    fields, table = (YEAR_MONTH_FIELDS, _MONTHS) if start == "year" else (DAY_TIME_FIELDS, _MICROS)
    first, last = fields.index(start), fields.index(end)
    total = 0
    for i, digits in enumerate(m.groups()[1:]):
        field, value = fields[first + i], Decimal(digits)
        limit = _MAX_LEADING.get(field) if i == 0 else _LIMITS[field]
        if limit is not None and int(value) > limit:
            if start == "year":
                raise _format_error("INTERVAL_PARSING", origin, input=text, interval="year-month")
            message = f"requirement failed: {field} {int(value)} outside range [0, {limit}]"
            raise ParseError("_LEGACY_ERROR_TEMP_0063", origin, msg=message)
        total += int(value * table[field][1])
    type = (YearMonthIntervalType if start == "year" else DayTimeIntervalType)(first, last)
    return _checked(-total if m[1] == "-" else total, type, text, origin)


def _format_error(kind: str, origin: Origin, **parameters: object) -> ParseError:
    return ParseError(f"INVALID_INTERVAL_FORMAT.{kind}", origin, **parameters)
