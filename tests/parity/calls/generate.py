"""Prints a table, and calls of functions with its columns: of all types and numbers, as a seed draws them.

    .venv/bin/python -m tests.parity.calls.generate SEED COUNT > calls.txt

COUNT is how many calls of each function there are. Most fit a declared signature, or nearly; the others do not.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator

from glowplug import query
from glowplug.functions.registry import all_functions
from glowplug.plan.function import Accept, Function
from glowplug.plan.relations import SQLText
from glowplug.session.engine import Engine
from glowplug.session.session import Session
from glowplug.types import DataType
from tests.parity.differential.answers import set_conf

# The columns that stand for arguments, one of each type.
COLUMNS = {
    "y": "CAST(1 AS TINYINT)",
    "i": "1",
    "l": "2L",
    "f": "CAST(1.5 AS FLOAT)",
    "d": "1.5D",
    "e": "1.50BD",
    "b": "true",
    "s": "'a'",
    "bi": "X'00'",
    "dt": "DATE'2020-01-01'",
    "ts": "TIMESTAMP'2020-01-01 00:00:00'",
    "tn": "TIMESTAMP_NTZ'2020-01-01 00:00:00'",
    "tm": "TIME'10:00:00'",
    "ym": "INTERVAL '1' YEAR",
    "dti": "INTERVAL '1' DAY",
    "ci": "make_interval(1)",
    "ai": "array(1,2)",
    "as_": "array('a')",
    "ad": "array(1.5D)",
    "aa": "array(array(1))",
    "ms": "map('a',1)",
    "mi": "map(1,'x')",
    "st": "struct(1 AS a,'x' AS b)",
    "ss": "array(struct('a' AS k, 1 AS v))",
    "v": "parse_json('1')",
    "n": "NULL",
}
TABLE = "SELECT " + ", ".join(f"{value} AS {name}" for name, value in COLUMNS.items())
_LITERALS = {
    "i": ["1", "0", "-1"],
    "l": ["2L"],
    "d": ["1.5D", "0.5D"],
    "e": ["0.5"],
    "b": ["true"],
    "s": ["'a'", "'x'"],
    "bi": ["X'00'"],
    "dt": ["DATE'2020-01-01'"],
    "ai": ["array(1)"],
    "n": ["NULL"],
}
_LAMBDAS = ["x -> x", "(x, y) -> x", "x -> true", "(x, y) -> 1", "1", "(x,y,z) -> y"]
_NOT_ASKED = ("reflect", "java_method", "try_reflect")  # which call code of Java's


def types() -> dict[str, DataType]:
    """The columns' types."""
    session = Session(Engine(), "calls")
    set_conf(session, {"ansi": True, "zone": "UTC"})
    return {a.name: a.type for a in query.analyze(SQLText(TABLE, (), ()), session).output}


def calls(name: str, function: Function, count: int, known: dict[str, DataType], rng: random.Random) -> Iterator[str]:
    def argument(accept: Accept | None = None) -> str:
        if accept is not None and accept.lambda_:
            return rng.choice(_LAMBDAS)
        fitting = [c for c in known if accept is not None and accept.accepts(known[c])]
        column = rng.choice(fitting if fitting and rng.random() < 0.72 else list(known))
        literal = 0.8 if accept is not None and accept.foldable else 0.35
        return rng.choice(_LITERALS[column]) if column in _LITERALS and rng.random() < literal else column

    yield f"{name}()"
    for column in rng.sample(list(known), 6):
        yield f"{name}({column})"
    signatures = function.signature if isinstance(function.signature, tuple) else (function.signature,)
    for _ in range(count - 7):
        if rng.random() < 0.25:
            yield f"{name}({', '.join(argument() for _ in range(rng.choice([1, 2, 2, 3, 3, 4])))})"
            continue
        signature = rng.choice(signatures)
        params = list(signature.params)[: len(signature.params) - rng.randint(0, signature.optional)]
        if params and ((signature.variadic and rng.random() < 0.5) or rng.random() < 0.08):
            params.append(params[-1])
        if params and rng.random() < 0.05:
            params.pop()
        yield f"{name}({', '.join(map(argument, params))})"


def main(seed: int, count: int) -> None:
    rng, known = random.Random(seed), types()
    print(TABLE)
    for name, function in sorted(all_functions().items()):
        if name.isidentifier() and name not in _NOT_ASKED:
            print("\n".join(sorted(set(calls(name, function, count, known, rng)))))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
