"""SQL scripts in, rows out: what `glowplug sql` reads and prints. Rows are printed as they come, not collected."""

from __future__ import annotations

import csv
import datetime
import itertools
import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, TextIO

SAMPLE_ROWS = 1000  # from which a table's column widths are taken
# What may hold a semicolon that separates nothing: strings, quoted names and comments; or a semicolon that does.
TOKENS = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`[^`]*`|--[^\n]*|/\*.*?\*/|;|[^'"`;/-]+|.""", re.DOTALL)


# A compound statement, which has semicolons of its own: BEGIN, maybe behind comments. The outermost has no label.
COMPOUND = re.compile(r"(?is)(\s|--[^\n]*\n|/\*.*?\*/)*begin\b")


def statements(text: str) -> Iterator[str]:
    """The statements of a script, which semicolons separate; BEGIN … END with all that is in it is one."""
    pieces = list(_pieces(text))
    while pieces:
        count = 1
        if COMPOUND.match(pieces[0]):
            wholes = (n for n in range(1, len(pieces) + 1) if _is_whole(";".join(pieces[:n])))
            count = next(wholes, len(pieces))
        yield ";".join(pieces[:count]).strip()
        del pieces[:count]


def _pieces(text: str) -> Iterator[str]:
    """What stands between semicolons, where it is more than comments."""
    current: list[str] = []
    for token in [*TOKENS.findall(text), ";"]:
        if token != ";":
            current.append(token)
            continue
        if any(part.strip() and not part.startswith(("--", "/*")) for part in current):
            yield "".join(current)
        current.clear()


def _is_whole(text: str) -> bool:
    from glowplug.errors import SparkError
    from glowplug.sql import parse_statement

    try:
        parse_statement(text)
    except SparkError:
        return False
    return True


def rows_of(frame: Any) -> Iterator[tuple[Any, ...]]:
    return iter(frame.toLocalIterator())


def write_table(frame: Any, out: TextIO) -> None:
    """Columns as wide as their widest value in the first rows; numbers to the right."""
    names: list[str] = frame.columns
    right = [f.dataType.typeName() in NUMBERS for f in frame.schema.fields]
    rows = ([cell(value) for value in row] for row in rows_of(frame))
    sample = list(itertools.islice(rows, SAMPLE_ROWS))
    widths = [max(map(width, column)) for column in zip(names, *sample, strict=True)]
    print("  ".join(pad(name, w, r) for name, w, r in zip(names, widths, right, strict=True)).rstrip(), file=out)
    print("  ".join("-" * w for w in widths), file=out)
    for row in itertools.chain(sample, rows):
        line = (pad(value, w, r) for value, w, r in zip(row, widths, right, strict=True))
        print("  ".join(line).rstrip(), file=out)


def write_csv(frame: Any, out: TextIO) -> None:
    """A header and comma-separated values; NULL is empty."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(frame.columns)
    for row in rows_of(frame):
        writer.writerow(["" if value is None else cell(value) for value in row])


def write_json(frame: Any, out: TextIO) -> None:
    """An object a line."""
    names = frame.columns
    for row in rows_of(frame):
        value = {name: plain(value) for name, value in zip(names, row, strict=True)}
        print(json.dumps(value, ensure_ascii=False), file=out)


WRITERS: dict[str, Callable[[Any, TextIO], None]] = {"table": write_table, "csv": write_csv, "json": write_json}
NUMBERS = {"byte", "short", "integer", "long", "float", "double", "decimal"}


def cell(value: Any) -> str:
    """A value as one line of text, in Spark's notation."""
    match value:
        case None:
            return "NULL"
        case bool():
            return "true" if value else "false"
        case bytes() | bytearray():
            return value.hex().upper()
        case str():
            return value.replace("\r", "\\r").replace("\n", "\\n")
        case dict():
            return "{" + ", ".join(f"{cell(k)} -> {cell(v)}" for k, v in value.items()) + "}"
        case tuple():
            return "{" + ", ".join(map(cell, value)) + "}"
        case list():
            return "[" + ", ".join(map(cell, value)) + "]"
        case _:
            return str(value)


def plain(value: Any) -> Any:
    """A value as JSON has it."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case bytes() | bytearray():
            return value.hex().upper()
        case datetime.datetime() | datetime.date() | datetime.time():
            return value.isoformat()
        case dict():
            return {cell(k): plain(v) for k, v in value.items()}
        case tuple() if hasattr(value, "__fields__"):  # a Row: a struct
            return dict(zip(value.__fields__, map(plain, value), strict=True))
        case tuple() | list():
            return [plain(v) for v in value]
        case _:
            return str(value)


def width(text: str) -> int:
    """Columns of a terminal: East Asian wide characters take two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF") for c in text)


def pad(text: str, to: int, right: bool) -> str:
    space = " " * (to - width(text))
    return space + text if right else text + space
