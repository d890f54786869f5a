"""Functions to sort by that compare one key of their two arguments: the kernel sorts by it, in n·log n steps.

`(x, y) -> y.a - x.a`, `(x, y) -> CASE WHEN f(x) < f(y) THEN -1 WHEN f(x) > f(y) THEN 1 ELSE 0 END` and their like. What
such a function gives depends only on which key is the less: it is asked for each of the three answers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cmp_to_key
from typing import Any

from glowplug.functions.collation_keys import collated
from glowplug.plan.expressions import Call, Cast, Expression, Lambda, LambdaVariable, Literal, Subquery
from glowplug.plan.tree import map_expressions, walk
from glowplug.types import (
    BOOLEAN,
    DATE,
    INT,
    INTEGRAL,
    LONG,
    NUMERIC,
    STRINGS,
    TIMESTAMP,
    TIMESTAMP_NTZ,
    DataType,
)

_COMPARED = {
    "<": lambda sign: sign < 0,
    "<=": lambda sign: sign <= 0,
    ">": lambda sign: sign > 0,
    ">=": lambda sign: sign >= 0,
    "=": lambda sign: sign == 0,
    "!=": lambda sign: sign != 0,
}


@dataclass(frozen=True, slots=True)
class Key:
    """What is sorted by, of the function's first variable. It holds where no key is NULL; `near`: and where the
    differences of keys are INT."""

    of: Expression
    descending: bool
    near: bool


class _Other(Exception):
    """The function is not of this kind."""


def key_of(f: Lambda) -> Key | None:
    compared = _Compared(*f.params)
    try:
        before, same, after = (compared.value(f.body, sign) for sign in (-1, 0, 1))
    except _Other:
        return None
    if compared.key is None or same != 0 or not before or not after or (before < 0) == (after < 0):
        return None
    return Key(compared.key, before > 0, compared.near)


class _Compared:
    """What a function gives where the first argument's key is less (-1), the same (0) or greater (1)."""

    def __init__(self, first: LambdaVariable, second: LambdaVariable) -> None:
        self.first, self.second = first, second
        self.key: Expression | None = None
        self.near = False

    def value(self, e: Expression, sign: int) -> Any:
        match e:
            case Literal(int() | None as value):
                return value
            case Cast(child, type) if type == INT and child.type in (INT, LONG):
                return self.value(child, sign)
            case Call():
                return self._call(e, e.function.names[0], sign)
        raise _Other

    def _call(self, e: Call, name: str, sign: int) -> Any:
        if name in _COMPARED:
            return _COMPARED[name](sign * self._direction(e))
        match name:
            case "-" if e.type in (INT, LONG) and isinstance(e.args[0].type, INTEGRAL):
                self.near = True
                return sign * self._direction(e)
            case "negative":
                value = self.value(e.args[0], sign)
                return None if value is None else -value
            case "isnull" | "isnotnull" if self._of_one(e.args[0]):
                return name == "isnotnull"
            case "and" | "or":
                stop = name == "or"
                return stop if any(self.value(a, sign) is stop for a in e.args) else not stop
            case "not":
                return not self.value(e.args[0], sign)
            case "when" | "if":
                for i in range(0, len(e.args) - 1, 2):
                    if self.value(e.args[i], sign):
                        return self.value(e.args[i + 1], sign)
                return self.value(e.args[-1], sign) if len(e.args) % 2 else None
        raise _Other

    def _direction(self, e: Call) -> int:
        """1 where the first argument's key is on the left, else -1."""
        left, right = e.args
        if self._uses(left, self.second):
            left, right = right, left
        if self._of_first(right) != left or not self._of_one(left) or not self._of_one(right):
            raise _Other
        return 1 if left is e.args[0] else -1

    def _of_one(self, e: Expression) -> bool:
        """Whether it is the key of one argument."""
        if self._uses(e, self.first) == self._uses(e, self.second) or not _plain(e):
            return False
        self.key = self.key or self._of_first(e)
        return self._of_first(e) == self.key

    def _uses(self, e: Expression, variable: LambdaVariable) -> bool:
        return any(x == variable for x in walk(e))

    def _of_first(self, e: Expression) -> Expression:
        return self.first if e == self.second else map_expressions(e, self._of_first)


def java_order(signs: list[list[int | None]]) -> list[int]:
    """The places, from 1, of elements in the order in which Java's sort puts them; `signs[i][j]` is what comparing the
    i-th with the j-th gives. Where that is NULL and asked for, (-i, j).

    Of fewer than 32 also where the function is no order: an ascending or descending run first, then each element put
    in its place by bisection. Of more, any stable sort, if they are not one run.
    """

    def compare(i: int, j: int) -> int:
        sign = signs[i][j]
        if sign is None:
            raise _Null(-i - 1, j + 1)
        return sign

    places = list(range(len(signs)))
    try:
        run = _first_run(places, compare)
        if run < len(places) and len(places) >= _JAVA_MERGES:
            return [i + 1 for i in sorted(range(len(signs)), key=cmp_to_key(compare))]
        for at in range(run, len(places)):
            moved = places[at]
            low, high = 0, at
            while low < high:
                middle = (low + high) // 2
                if compare(moved, places[middle]) < 0:
                    high = middle
                else:
                    low = middle + 1
            places.insert(low, places.pop(at))
    except _Null as null:
        return list(null.args)
    return [i + 1 for i in places]


_JAVA_MERGES = 32  # from so many elements on, Java's sort merges runs


class _Null(Exception):
    """Comparing two elements gives NULL."""


def _first_run(places: list[int], compare: Callable[[int, int], int]) -> int:
    """How many from the first on are in order, after turning those round that strictly fall."""
    if len(places) < 2:
        return len(places)
    falls = compare(places[1], places[0]) < 0
    end = 2
    while end < len(places) and (compare(places[end], places[end - 1]) < 0) == falls:
        end += 1
    if falls:
        places[:end] = places[end - 1 :: -1]
    return end


def _plain(e: Expression) -> bool:
    """Whether the kernel orders it as Spark compares it, and it is the same each time."""
    return _ordered(e.type) and not any(
        isinstance(x, Subquery) or (isinstance(x, Call) and not x.function.deterministic) for x in walk(e)
    )


def _ordered(type: DataType) -> bool:
    of_numbers = isinstance(type, NUMERIC) or type in (BOOLEAN, DATE, TIMESTAMP, TIMESTAMP_NTZ)
    return of_numbers or (isinstance(type, STRINGS) and not collated(type))
