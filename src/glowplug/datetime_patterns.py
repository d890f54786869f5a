"""Spark's datetime patterns (`yyyy-MM-dd HH:mm`): checked, and turned into kernel SQL that parses or formats.

https://spark.apache.org/docs/latest/sql-ref-datetime-pattern.html. Patterns are those of Java's `DateTimeFormatter`
without the letters that Spark refuses. Common patterns become the kernel's own strptime and strftime behind a regular
expression that is as strict as Java; what those cannot say, and texts they refuse, go through `datetime_texts.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any
from typing import Literal as OneOf

from glowplug.datetime_texts import parser
from glowplug.errors import IllegalArgument, NeedsUpgrade, RuntimeFailure, SparkError, unsupported
from glowplug.types import INT, LONG, STRING, DataType

# A time zone in a text is refused for a timestamp_ntz, and ignored for a wall clock.
Target = OneOf["date", "timestamp", "timestamp_ntz", "wall_clock"]
# Defines a kernel function over Arrow arrays: its name (unique by what it does), body, arguments, result.
Define = Callable[[str, Callable[..., Any], tuple[DataType, ...], DataType], str]

# Zones where the wall clock is the instant; the kernel would ask ICU, which takes twenty times as long.
UNIVERSAL = ("UTC", "Etc/UTC", "GMT", "Etc/GMT", "+00:00")
WEEK_BASED = "YWwuec"
REFUSED = "ABnNp"
REFUSED_FOR_PARSING = "EFqQ"
# The most letters in a row; for some, only certain numbers are allowed.
_LONGEST = {
    "G": 4, "y": 6, "M": 4, "L": 4, "d": 2, "D": 3, "E": 4, "F": 1, "a": 1, "h": 2, "H": 2, "K": 2, "k": 2, "m": 2,
    "s": 2, "S": 9, "z": 4, "X": 5, "x": 5, "Z": 5, "Q": 4, "q": 4, "g": 19,
}  # fmt: skip
_COUNTS = {"V": (2,), "O": (1, 4), "v": (1, 4)}
# Letters of the older SimpleDateFormat: a pattern of only these had a meaning before Spark 3.
_OLD_LETTERS = set("GyYMLwWDdFEuaHkKhmsSzZX")
_DOCS = "https://spark.apache.org/docs/latest"


@dataclass(frozen=True, slots=True)
class Field:
    """`count` times the same letter."""

    letter: str
    count: int


@dataclass(frozen=True, slots=True)
class Optional:
    """A part in brackets: it may be missing in a text, and is written."""

    items: tuple[Item, ...]


Item = str | Field | Optional  # a str stands for itself


@lru_cache(1000)
def compile_pattern(pattern: str, parsing: bool) -> tuple[Item, ...]:
    """A pattern's items. INVALID_DATETIME_PATTERN or INCONSISTENT_BEHAVIOR_CROSS_VERSION for one that is not valid."""
    for part in pattern.split("'")[::2]:  # before anything else of the pattern is looked at
        _refuse_letters(pattern, part, parsing)
    found: list[list[Item]] = [[]]
    i = 0
    while i < len(pattern):
        c = pattern[i]
        end = i + 1
        if c.isascii() and c.isalpha():
            while end < len(pattern) and pattern[end] == c:
                end += 1
            _check(pattern, c, end - i)
            found[-1].append(Field(c, end - i))
        elif c == "'":
            text, end = _quoted(pattern, i)
            found[-1].append(text)
        elif c == "[":
            found.append([])
        elif c == "]":
            if len(found) == 1:
                raise _invalid(pattern)
            inner = found.pop()
            found[-1].append(Optional(tuple(inner)))
        elif c in "{}#":
            raise _invalid(pattern)
        else:
            found[-1].append(c)
        i = end
    while len(found) > 1:
        inner = found.pop()
        found[-1].append(Optional(tuple(inner)))
    return tuple(found[0])


def _quoted(pattern: str, start: int) -> tuple[str, int]:
    """The text in quotes from `start`, and where it ends; two quotes are one."""
    text, i = "", start + 1
    while True:
        end = pattern.find("'", i)
        if end < 0:
            raise _invalid(pattern)
        text += pattern[i:end]
        if pattern[end + 1 : end + 2] != "'" or end == start + 1:
            return text if end > start + 1 else "'", end + 1
        text, i = text + "'", end + 2


def _refuse_letters(pattern: str, part: str, parsing: bool) -> None:
    for letter in part:
        if letter in WEEK_BASED:
            raise _invalid(pattern, "INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_WEEK_BASED_PATTERN", c=letter)
    for letter in part:
        if letter in REFUSED or (parsing and letter in REFUSED_FOR_PARSING):
            raise _invalid(pattern, "INVALID_DATETIME_PATTERN.ILLEGAL_CHARACTER", c=letter)


def _check(pattern: str, letter: str, count: int) -> None:
    if letter in _COUNTS:
        if count not in _COUNTS[letter]:
            raise _invalid(pattern)
    elif letter not in _LONGEST:
        raise _invalid(pattern)
    elif count > _LONGEST[letter]:
        condition = "INVALID_DATETIME_PATTERN." + ("LENGTH" if letter in "GMLEQqy" else "WITH_SUGGESTION")
        raise _invalid(pattern, condition)


def _invalid(
    pattern: str, condition: str = "INVALID_DATETIME_PATTERN.WITH_SUGGESTION", **parameters: str
) -> SparkError:
    """The error of a pattern; one that Spark 2 took is told so."""
    plain, quotes = "", pattern.split("'")
    plain = "".join(quotes[::2])
    letters = {c for c in plain if c.isascii() and c.isalpha()}
    if letters <= _OLD_LETTERS and len(quotes) % 2:
        return NeedsUpgrade(
            "INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_PATTERN_RECOGNITION",
            pattern=f"'{pattern}'", config='"spark.sql.legacy.timeParserPolicy"', docroot=_DOCS,
        )  # fmt: skip
    if condition == "INVALID_DATETIME_PATTERN.ILLEGAL_CHARACTER":
        return IllegalArgument(condition, None, pattern=pattern, **parameters)
    shown = pattern.replace("\\", "\\\\").replace("'", "\\'")
    cls = NeedsUpgrade if condition.startswith("INCONSISTENT") else RuntimeFailure
    return cls(condition, None, pattern=f"'{shown}'", docroot=_DOCS, **parameters)


# --- parsing --------------------------------------------------------------------------------------------

# Letter and count → regular expression and strptime's letter, where strptime reads just that.
_PARSED = {
    ("y", 4): ("[0-9]{4}", "%Y"), ("M", 1): ("0?[1-9]|1[0-2]", "%m"), ("M", 2): ("[0-9]{2}", "%m"),
    ("L", 2): ("[0-9]{2}", "%m"),
    ("d", 1): ("0?[1-9]|[12][0-9]|3[01]", "%d"), ("d", 2): ("[0-9]{2}", "%d"), ("H", 1): ("[0-9]{1,2}", "%H"),
    ("H", 2): ("[0-9]{2}", "%H"),
    ("h", 2): ("[0-9]{2}", "%I"), ("m", 1): ("[0-9]{1,2}", "%M"), ("m", 2): ("[0-9]{2}", "%M"),
    ("s", 1): ("[0-5]?[0-9]", "%S"),
    ("s", 2): ("[0-5][0-9]", "%S"), ("a", 1): ("[aApP][mM]", "%p"),
    ("D", 3): ("[0-2][0-9]{2}|3[0-5][0-9]|36[0-5]", "%j"),
    ("X", 3): ("[+-][0-9]{2}:[0-9]{2}", "%z"),
    ("x", 3): ("[+-][0-9]{2}:[0-9]{2}", "%z"), ("Z", 1): ("[+-][0-9]{4}", "%z"), ("X", 2): ("[+-][0-9]{4}", "%z"),
    ("MMM", 3): ("(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)", "%b"),
    ("MMMM", 4): ("(?i:january|february|march|april|may|june|july|august|september|october|november|december)", "%B"),
}  # fmt: skip


def parse_sql(
    pattern: str, sql: str, target: Target, zone: str, define: Define, instant: Callable[[str], str] | None = None
) -> str:
    """Kernel SQL for the text `sql` read by a pattern, NULL where it does not fit.

    Texts without zone are in `zone`. A timestamp_ntz takes no text with one. `instant` makes SQL of an instant from
    that of a wall-clock time in `zone`, where the caller knows better than `from_wall_clock` which of two it is.
    """
    instant = instant or (lambda wall: from_wall_clock(wall, zone))
    items = compile_pattern(pattern, True)
    slow = _parse_by_python(pattern, items, sql, target, zone, define)
    cases = []
    for expression, format, zoned in _formats(items):
        if zoned and target in ("timestamp_ntz", "wall_clock"):
            continue
        value = f"try_strptime({sql}, '{format}')"
        if target == "date":
            value = f"CAST({to_wall_clock(value, zone) if zoned else value} AS DATE)"
        elif target == "timestamp" and not zoned:
            value = instant(value)
        cases.append(f"WHEN regexp_full_match({sql}, {_text(expression)}) THEN {value}")
    if not cases:
        return slow
    return f"CASE {' '.join(cases)} WHEN {sql} IS NOT NULL THEN {slow} END"


def _formats(items: tuple[Item, ...]) -> Iterator[tuple[str, str, bool]]:
    """(regular expression, strptime format, whether a zone is in it) for a pattern that strptime can say."""
    letters = [i.letter for i in items if isinstance(i, Field)]
    # strptime starts at 1900, Java at 1970; without minutes in between a number could be read as another's part.
    if "y" not in letters or any(isinstance(i, Optional) for i in items) or ("h" in letters) != ("a" in letters):
        return
    if "D" in letters and {"M", "d"} & set(letters):  # which may contradict it
        return
    expression, format = "", ""
    for item in items:
        if isinstance(item, str):
            expression += _escaped(item)
            format += item.replace("%", "%%").replace("'", "''")
            continue
        assert isinstance(item, Field)
        name = item.letter * item.count if item.letter == "M" and item.count > 2 else item.letter
        if item.letter == "S":
            found: tuple[str, str] | None = (f"[0-9]{{1,{item.count}}}", "%f") if item.count <= 6 else None
        else:
            found = _PARSED.get((name, item.count))
        if found is None or format.endswith("%f"):
            return
        expression += f"(?:{found[0]})"
        format += found[1]
    numbers = [isinstance(i, Field) for i in items]
    adjacent = any(a and b for a, b in pairwise(numbers))
    if adjacent and any(isinstance(i, Field) and (i.count == 1 or i.letter == "S") for i in items):
        return
    yield expression, format, "%z" in format


def _escaped(text: str) -> str:
    return "".join(c if c.isalnum() or not c.isascii() else f"\\{c}" for c in text)


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _parse_by_python(pattern: str, items: tuple[Item, ...], sql: str, target: Target, zone: str, define: Define) -> str:
    name = f"parse_{target}_{_hex(pattern)}_{_hex(zone)}"
    function = define(name, parser(items, target, zone), (STRING,), INT if target == "date" else LONG)
    call = f"{function}({sql})"
    match target:
        case "date":
            return f"CAST(DATE '1970-01-01' + {call} AS DATE)"
        case "timestamp":
            return f"make_timestamptz({call})"
        case _:
            return f"make_timestamp({call})"


def to_wall_clock(sql: str, zone: str) -> str:
    """Kernel SQL for the TIMESTAMP that clocks in `zone` (a region or `+08:00`) show at an instant."""
    if zone in UNIVERSAL:
        return f"make_timestamp(epoch_us({sql}))"
    if zone[0] in "+-":
        return f"make_timestamp(epoch_us({sql}) + {_offset_micros(zone)})"
    return f"timezone({_text(zone)}, {sql})"


def from_wall_clock(sql: str, zone: str) -> str:
    """Kernel SQL for the instant at which clocks in `zone` show a TIMESTAMP."""
    if zone in UNIVERSAL:
        return f"make_timestamptz(epoch_us({sql}))"
    if zone[0] in "+-":
        return f"make_timestamptz(epoch_us({sql}) - {_offset_micros(zone)})"
    return f"timezone({_text(zone)}, {sql})"


def _offset_micros(zone: str) -> int:
    hours, minutes, seconds = (int(p) for p in (zone[1:] + ":00:00").split(":")[:3])
    return (-1 if zone[0] == "-" else 1) * (hours * 3600 + minutes * 60 + seconds) * 1_000_000


def _hex(text: str) -> str:
    return text.encode().hex()


# --- formatting -----------------------------------------------------------------------------------------

_WRITTEN = {
    ("y", 2): "%y", ("y", 4): "%Y", ("M", 1): "%-m", ("L", 1): "%-m", ("M", 2): "%m", ("L", 2): "%m", ("M", 3): "%b",
    ("L", 3): "%b", ("M", 4): "%B", ("L", 4): "%B", ("d", 1): "%-d", ("d", 2): "%d", ("H", 1): "%-H", ("H", 2): "%H",
    ("h", 1): "%-I", ("h", 2): "%I", ("m", 1): "%-M", ("m", 2): "%M", ("s", 1): "%-S", ("s", 2): "%S", ("S", 3): "%g",
    ("S", 6): "%f", ("a", 1): "%p", ("D", 1): "%-j", ("D", 3): "%j", ("E", 1): "%a", ("E", 2): "%a", ("E", 3): "%a",
    ("E", 4): "%A",
}  # fmt: skip
# Microseconds since the epoch: the instants at which it is a year from 1 to 9999 in every zone.
_PLAIN_YEARS = (-62_135_424_000_000_000, 253_402_128_000_000_000)


def format_sql(pattern: str, sql: str, source: Target, zone: str, define: Define) -> str:
    """Kernel SQL that writes the value `sql` by a pattern; timestamps are shown in `zone`."""
    items = list(_flat(compile_pattern(pattern, False)))
    wall = to_wall_clock(sql, zone) if source == "timestamp" else f"CAST({sql} AS TIMESTAMP)"
    offset = f"((epoch_us({wall}) - epoch_us({sql})) // 1000000)" if source == "timestamp" else None
    era = any(isinstance(i, Field) and i.letter == "G" for i in items)
    parts: list[str] = []
    for item in items:
        if isinstance(item, str):
            parts.append(_text(item))
        else:
            parts.append(_field_sql(item, wall, sql, offset, zone, era, define))
    written = " || ".join(f"({p})" for p in parts) or "''"
    if source == "timestamp":
        written = f"CASE WHEN {sql} IS NOT NULL THEN {written} END"
    codes = [i.replace("%", "%%") if isinstance(i, str) else _WRITTEN.get((i.letter, i.count)) for i in items]
    if items and not era and None not in codes:
        quick = f"strftime({wall}, {_text(''.join(map(str, codes)))})"
        # the wall clock may take longer to find than to write
        plain = (
            f"epoch_us({sql}) BETWEEN {_PLAIN_YEARS[0]} AND {_PLAIN_YEARS[1]}"
            if source == "timestamp"
            else f"year({wall}) BETWEEN 0 AND 9999"
        )
        return f"CASE WHEN {plain} THEN {quick} ELSE {written} END"
    return (
        written
        if parts and not all(isinstance(i, str) for i in items)
        else f"CASE WHEN {sql} IS NOT NULL THEN {written} END"
    )


def _flat(items: tuple[Item, ...]) -> Iterator[str | Field]:
    for item in items:
        if isinstance(item, Optional):
            yield from _flat(item.items)
        else:
            yield item


def _field_sql(f: Field, x: str, instant: str, offset: str | None, zone: str, era: bool, define: Define) -> str:
    n = f.count
    match f.letter:
        case "y":
            year = f"CASE WHEN year({x}) > 0 THEN year({x}) ELSE 1 - year({x}) END" if era else f"year({x})"
            if n == 2:
                return _pad(f"abs({year}) % 100", 2)
            digits = _pad(f"abs({year})", n)
            plus = f"CASE WHEN ({year}) > {10**n - 1} THEN '+' ELSE '' END" if n >= 4 else "''"
            return f"CASE WHEN ({year}) < 0 THEN '-' ELSE {plus} END || {digits}"
        case "G":
            names = ("Anno Domini", "Before Christ") if n == 4 else ("AD", "BC")
            return f"CASE WHEN year({x}) > 0 THEN '{names[0]}' ELSE '{names[1]}' END"
        case "M" | "L":
            return _pad(f"month({x})", n) if n <= 2 else f"strftime({x}, '{'%b' if n == 3 else '%B'}')"
        case "E":
            return f"strftime({x}, '{'%A' if n == 4 else '%a'}')"
        case "a":
            return f"CASE WHEN hour({x}) < 12 THEN 'AM' ELSE 'PM' END"
        case "Q" | "q":
            q = f"quarter({x})"
            if n <= 2:
                return _pad(q, n)
            return f"'Q' || {q}" if n == 3 else f"['1st', '2nd', '3rd', '4th'][{q}] || ' quarter'"
        case "S":
            return f"left(lpad(CAST(microsecond({x}) % 1000000 AS VARCHAR), 6, '0') || '000', {n})"
        case "V" if offset is not None:
            return _text(zone)
        case "X" | "x" | "Z" | "O" if offset is not None:
            return _offset_sql(f, offset)
        case "z" | "v" if offset is not None and n < 4:
            from glowplug.datetime_texts import zone_names

            function = define(f"zone_name_{_hex(zone)}", zone_names(zone), (LONG,), STRING)
            return f"{function}(epoch_us({instant}))"
    number = {
        "d": f"day({x})", "D": f"dayofyear({x})", "H": f"hour({x})", "h": f"(hour({x}) + 11) % 12 + 1",
        "K": f"hour({x}) % 12",
        "k": f"(hour({x}) + 23) % 24 + 1", "m": f"minute({x})", "s": f"second({x})", "F": f"(day({x}) - 1) % 7 + 1",
        "g": f"CAST({x} AS DATE) - DATE '1858-11-17'",
    }.get(f.letter)  # fmt: skip
    if number is None:
        raise unsupported(f"the datetime pattern letters {f.letter * n} for values of this type")
    return _pad(number, n)


def _pad(number: str, width: int) -> str:
    """A number in at least `width` digits; the kernel's lpad would cut longer ones."""
    text = f"CAST({number} AS VARCHAR)"
    return text if width == 1 else f"lpad({text}, CAST(greatest({width}, length({text})) AS INTEGER), '0')"


def _offset_sql(f: Field, seconds: str) -> str:
    """An offset from UTC, `seconds` east of it."""
    n, letter = f.count, f.letter
    s = f"abs({seconds})"
    sign = f"CASE WHEN {seconds} < 0 THEN '-' ELSE '+' END"
    hours, minutes, rest = _pad(f"{s} // 3600", 2), _pad(f"{s} // 60 % 60", 2), _pad(f"{s} % 60", 2)
    if letter == "O" or (letter == "Z" and n == 4):
        if n == 4:
            body = f"{sign} || {hours} || ':' || {minutes} || CASE WHEN {s} % 60 > 0 THEN ':' || {rest} ELSE '' END"
        else:
            tail = f"CASE WHEN {s} % 3600 > 0 THEN ':' || {minutes} ELSE '' END"
            tail += f" || CASE WHEN {s} % 60 > 0 THEN ':' || {rest} ELSE '' END"
            body = f"{sign} || CAST({s} // 3600 AS VARCHAR) || {tail}"
        return f"CASE WHEN {seconds} = 0 THEN 'GMT' ELSE 'GMT' || {body} END"
    colon = "':' || " if (letter in "Xx" and n in (3, 5)) or (letter == "Z" and n == 5) else ""
    body = f"{sign} || {hours}"
    if letter in "Xx" and n == 1:
        body += f" || CASE WHEN {s} // 60 % 60 > 0 THEN {minutes} ELSE '' END"
    else:
        body += f" || {colon}{minutes}"
    if (letter in "Xx" and n >= 4) or (letter == "Z" and n == 5):
        body += f" || CASE WHEN {s} % 60 > 0 THEN {colon}{rest} ELSE '' END"
    if letter == "X" or (letter == "Z" and n == 5):
        return f"CASE WHEN {seconds} = 0 THEN 'Z' ELSE {body} END"
    return body
