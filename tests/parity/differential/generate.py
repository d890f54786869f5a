"""Cases from a seed: `python -m tests.parity.differential.generate SEED COUNT [NAME=VALUE ...] > cases.jsonl`.

What is set by NAME=VALUE is part of each case.

Expressions are drawn from the registry's own signatures over the columns of `t`, one level deep, two, sometimes three;
most fit their signature, some do not, for what is refused is Spark's meaning too. A case holds all its text: what is
recorded needs no generator.
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections.abc import Callable, Iterator
from typing import Any

from glowplug import query, types
from glowplug.functions.registry import all_functions
from glowplug.plan.function import Accept, Function, Signature
from glowplug.plan.relations import SQLText
from glowplug.session.session import Session
from glowplug.types import DataType
from tests.parity.differential.answers import session as new_session
from tests.parity.differential.answers import set_conf
from tests.parity.differential.hints import HINTS, INFIX, LITERALS, SKIPPED, TYPES
from tests.parity.differential.tables import T

ZONES = ("UTC", "America/Los_Angeles", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe", "+05:45")
Typed = tuple[str, DataType]
COLUMNS = ("id", *T)
WORDS = {*COLUMNS, "t"}
SPANS = (
    "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW",
    "ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING",
    "ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING",
    "ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING",
    "RANGE BETWEEN 3 PRECEDING AND CURRENT ROW",
    "RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW",
    "RANGE BETWEEN 1 FOLLOWING AND 3 FOLLOWING",
    "RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING",
    "RANGE BETWEEN INTERVAL '2' DAY PRECEDING AND INTERVAL '1' DAY FOLLOWING",
    "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING",
    "ROWS BETWEEN 3 FOLLOWING AND 5 FOLLOWING",
    "",
)
# What is made of columns: of collations, nested, of types that no column has.
MADE = (
    "s COLLATE UTF8_LCASE", "p COLLATE UNICODE_CI", "w COLLATE UTF8_BINARY_RTRIM", "sa COLLATE UNICODE", "struct(k, s)",
    "named_struct('a', ts, 'b', array(dec))", "array(struct(k, s), struct(id, p))", "map(id, ai)", "map(s, struct(d, tm))",
    "array(map('a', f64))", "array(tm, NULL)", "array(ym)", "map('a', dt)", "struct(ci, v)", "array(v)", "array(ts, ntz)",
    "struct(struct(f64, bin) AS x, aa)", "parse_json(CAST(k AS STRING))", "CAST(ts AS VARIANT)", "CAST(tm AS TIME(3))",
    "CAST(d AS TIMESTAMP_NTZ)", "INTERVAL '1' HOUR * k", "CAST(k AS INTERVAL MONTH)", "CAST(s AS CHAR(4))", "array(bin)",
    "m['a']", "st.a", "ss[0]", "aa[0]", "filter(ai, x -> x > 0)", "transform(sa, x -> upper(x))", "CAST(dec AS FLOAT)",
)  # fmt: skip


class Generator:
    """A source of cases; equal seeds give equal cases, as long as the registry is the same."""

    def __init__(self, seed: int, conf: dict[str, str] | None = None) -> None:
        self.rng = random.Random(seed)
        self.session: Session = new_session()
        self.conf: dict[str, Any] = {"conf": conf} if conf else {}
        self.case: dict[str, Any] = {"ansi": True, "zone": "UTC", **self.conf}
        set_conf(self.session, self.case)
        functions = {f.names[0]: (n, f) for n, f in all_functions().items() if n not in SKIPPED}
        self.scalars = [f for _, f in functions.values() if f.kind == "scalar" and f.names[0] not in SKIPPED]
        self.aggregates = [f for _, f in functions.values() if f.kind == "aggregate" and f.names[0] not in SKIPPED]
        self.windows = [f for _, f in functions.values() if f.kind == "window"]
        self.leaves: list[Typed] = [(c, self.type_of(c)) for c in COLUMNS]  # type: ignore[misc]
        made = ((text, self.type_of(text)) for text in MADE)
        self.nested: list[Typed] = [(text, type) for text, type in made if type is not None]
        self.made: list[Typed] = []

    # --- what an expression is made of ----------------------------------------------------------------

    def type_of(self, text: str) -> DataType | None:
        """The type of an expression over `t`, None when it is refused."""
        try:
            return query.analyze(SQLText(f"SELECT {text} FROM t", (), ()), self.session).output[0].type
        except Exception:  # a fault is worth a case as well
            return None

    def leaf(self) -> Typed:
        return self.rng.choice(self.leaves if self.rng.random() < 0.7 else self.nested)

    def literal(self, type: DataType) -> str | None:
        found = LITERALS.get(type.__class__)
        return self.rng.choice(found) if found else None

    def argument(self, f: Function, position: int, accept: Accept, like: DataType | None, scope: list[Typed]) -> str:
        """The text of an argument; `like` is the type that arguments of its group have."""
        rng = self.rng
        for key in ((f.names[0], position), (f.names[0], -1)):
            if key in HINTS and rng.random() < (1 if accept.foldable else 0.85):
                return rng.choice(HINTS[key])
        if scope and rng.random() < 0.6:
            fit = [t for t, type in scope if accept.accepts(type)]
            if fit:
                return rng.choice(fit)
        pool = self.leaves if rng.random() < 0.6 else self.nested if rng.random() < 0.5 or not self.made else self.made
        roll = rng.random()
        if roll < 0.12:  # anything: coercion and refusals
            return rng.choice(pool)[0]
        wanted = [t for t, type in pool if accept.accepts(type) and (like is None or type == like)]
        if not wanted:
            wanted = [t for t, type in self.leaves if accept.accepts(type)]
        if accept.foldable or roll < 0.27:
            kinds = {type.__class__: type for _, type in self.leaves if accept.accepts(type)}
            if like is not None and like.__class__ in LITERALS:
                return rng.choice(LITERALS[like.__class__])
            if kinds:
                text = self.literal(rng.choice(list(kinds.values())))
                if text:
                    return text
        return rng.choice(wanted) if wanted else rng.choice(pool)[0]

    def call(self, f: Function, scope: list[Typed] = []) -> str:  # noqa: B006 - never changed
        rng = self.rng
        s: Signature = rng.choice(f.signature) if isinstance(f.signature, tuple) else f.signature
        count = len(s.params) - rng.randint(0, s.optional)
        params = list(s.params[:count])
        if s.variadic and params:
            params += [params[-1]] * rng.randint(0, 2)
        texts: list[str] = []
        like: DataType | None = None
        for i, accept in enumerate(params):
            if accept.lambda_:
                texts.append(self.function(accept, texts))
                continue
            alike = like if accept.same or (f.names[0] in ALIKE and rng.random() < 0.8) else None
            texts.append(self.argument(f, i, accept, alike, scope))
            if like is None and (accept.same or f.names[0] in ALIKE):
                like = next((type for t, type in [*self.leaves, *self.made] if t == texts[-1]), None)
        return self.written(f, texts)

    def function(self, accept: Accept, before: list[str]) -> str:
        """A lambda over what the arguments before it are made of."""
        found = [t for t in (self.type_of(b) for b in before if "->" not in b) if t is not None]
        try:
            parameters = accept.lambda_(tuple(found)) if accept.lambda_ else ()
        except Exception:
            parameters = ((types.INT, True),)
        names = ["x", "y", "z"][: len(parameters)]
        scope = [(n, t) for n, (t, _) in zip(names, parameters, strict=True)]
        bodies: list[Callable[[], str]] = [
            lambda: self.call(self.rng.choice(self.scalars), scope),
            lambda: f"{names[0]} IS NOT NULL",
            lambda: f"{names[0]} {self.rng.choice(['=', '<', '>=', '<=>'])} {self.rng.choice(names)}",
            lambda: f"coalesce({names[-1]}, {names[0]})",
            lambda: f"({names[0]} + {self.rng.choice([*names, '1', 'k'])})",
            lambda: f"concat({names[-1]}, 'x')",
            lambda: self.rng.choice(names),
        ]
        body = self.rng.choice(bodies)()
        return f"({', '.join(names)}) -> {body}" if len(names) > 1 else f"{names[0]} -> {body}" if names else body

    def written(self, f: Function, texts: list[str]) -> str:
        name = self.rng.choice([n for n in f.names if n not in SKIPPED])
        match f.names[0]:
            case "when":
                pairs = [f"WHEN {a} THEN {b}" for a, b in zip(texts[::2], texts[1::2], strict=False)]
                last = f" ELSE {texts[-1]}" if len(texts) % 2 else ""
                return f"CASE {' '.join(pairs)}{last} END"
            case "in":
                return f"({texts[0]} IN ({', '.join(texts[1:] or ['1'])}))"
            case "between":
                return f"({texts[0]} BETWEEN {texts[1]} AND {texts[2]})"
            case "not":
                return f"(NOT {texts[0]})"
            case "like" | "ilike":
                return f"({texts[0]} {f.names[0].upper()} {texts[1]})"
            case "negative":
                return f"(- {texts[0]})"
            case "~":
                return f"(~ {texts[0]})"
            case "extract":
                return f"extract({texts[0]} FROM {texts[1]})"
            case "count" if not texts:
                return "count(*)"
        if name in INFIX and len(texts) == 2:
            return f"({texts[0]} {name} {texts[1]})"
        if f.ordered:
            extra = self.rng.choice(["", " DESC"])
            return f"{name}({', '.join(texts[:-1])}) WITHIN GROUP (ORDER BY {texts[-1]}{extra})"
        return f"{name}({', '.join(texts)})"

    def misfit(self) -> str:
        """A call of any function with any arguments: most are refused, and it matters how."""
        rng = self.rng
        f = rng.choice([*self.scalars, *self.aggregates])
        literals = [rng.choice(found) for found in LITERALS.values()]
        texts = [
            self.leaf()[0] if rng.random() < 0.7 else rng.choice(literals) for _ in range(rng.randint(1, 4))
        ]  # none: of the clock
        return f"{rng.choice([n for n in f.names if n.isidentifier()] or ['abs'])}({', '.join(texts)})"

    def cast(self) -> str:
        x = self.leaf()[0] if self.rng.random() < 0.8 or not self.made else self.rng.choice(self.made)[0]
        word = self.rng.choice(["CAST", "CAST", "TRY_CAST"])
        return f"{word}({x} AS {self.rng.choice(TYPES)})"

    def expression(self) -> str:
        roll = self.rng.random()
        text = self.cast() if roll < 0.14 else self.call(self.rng.choice(self.scalars))
        return text

    # --- cases ----------------------------------------------------------------------------------------

    def cases(self, count: int) -> Iterator[dict[str, Any]]:
        seen: set[tuple[object, ...]] = set()
        while len(seen) < count:
            if not len(seen) % 50:
                self.case = {"ansi": self.rng.random() < 0.6, "zone": self.rng.choice(ZONES), **self.conf}
                set_conf(self.session, self.case)
            kind, text = self.one()
            key = (kind, text, self.case["ansi"])
            if key in seen or len(text) > 400:
                continue
            if not WORDS.intersection(re.findall(r"[a-z]\w*", re.sub(r"'[^']*'", "", text))):
                continue  # a constant
            type = None if kind == "query" else self.type_of(text)
            if kind == "row" and type is None and self.rng.random() < 0.75:
                continue  # most refusals are alike
            if type is not None and len(text) < 120:
                self.made.append((text, type))
                self.made = self.made[-600:]
            seen.add(key)
            yield {"kind": kind, "sql": text, **self.case}

    def one(self) -> tuple[str, str]:
        roll = self.rng.random()
        if roll < 0.12:
            return "query", f"SELECT {self.misfit()} FROM t"
        if roll < 0.6:
            return "row", self.expression()
        roll = 0.78 + (roll - 0.6) * 0.55
        if roll < 0.87:
            return "query", self.grouped()
        if roll < 0.91:
            return "query", self.windowed()
        return "query", self.queried()

    def aggregate(self) -> str:
        f = self.rng.choice(self.aggregates)
        text = self.call(f)
        if f.names[0] == "collect_set":  # whose order is that of Spark's hash table
            return f"sort_array({text})"
        roll = self.rng.random()
        if roll < 0.12 and not f.ordered and text.endswith(")") and f.names[0] not in {"first", "last", "any_value"}:
            text = text.replace("(", "(DISTINCT ", 1) if "(*)" not in text and "()" not in text else text
        elif roll < 0.25:
            text += f" FILTER (WHERE {self.rng.choice(CONDITIONS)})"
        return text

    def grouped(self) -> str:
        for _ in range(20):
            text = self.aggregate()
            if self.type_of(text) is not None or self.rng.random() < 0.1:
                break
        keys = self.rng.choice(["g", "g", "g", "b", "k", "f64", "s", "dec", ""])
        return f"SELECT {keys}, {text} FROM t GROUP BY {keys}" if keys else f"SELECT {text} FROM t"

    def windowed(self) -> str:
        rng = self.rng
        span = rng.choice(SPANS)
        for _ in range(20):
            plain = rng.random() < 0.5
            text = self.call(rng.choice(self.windows)) if plain else self.call(rng.choice(self.aggregates))
            order = rng.choice(["id", "k, id", "f64 DESC, id", "s NULLS LAST, id", "d DESC NULLS FIRST, id"])
            if span.startswith(("RANGE BETWEEN 3", "RANGE BETWEEN 1")):
                order = rng.choice(["k", "i16 DESC", "dec", "f64", "d"])
            elif "INTERVAL" in span:
                order = rng.choice(["d", "ts DESC", "ntz", "dt"])
            over = f"PARTITION BY {rng.choice(['g', 'b', 'id % 3'])} ORDER BY {order} {'' if plain else span}".rstrip()
            if self.type_of(f"{text} OVER ({over})") is not None or rng.random() < 0.05:
                break
        return f"SELECT id, {text} OVER ({over}) FROM t"

    def condition(self) -> str:
        comparison = self.rng.choice(["=", "<", "<>", ">=", "<=>"])
        return f"{self.leaf()[0]} {comparison} {self.leaf()[0]}"

    def queried(self) -> str:
        rng = self.rng
        for _ in range(20):
            text = rng.choice(QUERIES)
            while (place := next((p for p in ("{c}", "{e}", "{p}", "{j}", "{a}") if p in text), "")) != "":
                made = {
                    "{c}": lambda: self.leaf()[0],
                    "{e}": self.expression,
                    "{p}": lambda: rng.choice([*CONDITIONS, self.condition()]),
                    "{j}": lambda: (
                        f"{self.leaf()[0]} {rng.choice(['=', '<=>'])} {rng.choice(['uid', 'x', 'y', 'z', 'w2', 'e'])}"
                    ),
                    "{a}": self.aggregate,
                }[place]()
                text = text.replace(place, made, 1)
            try:
                query.analyze(SQLText(text, (), ()), self.session)
                break
            except Exception:
                if rng.random() < 0.05:
                    break
        return text


# Functions whose arguments are of one type more often than not.
ALIKE = {
    "=", "<=>", "<", "<=", ">", ">=", "!=", "in", "between", "coalesce", "nvl", "nvl2", "nullif", "if", "when", "array",
    "greatest", "least", "concat", "+", "-", "*", "/", "%", "div", "pmod", "array_union", "array_intersect",
    "array_except", "arrays_overlap", "try_add", "try_subtract", "try_multiply", "try_divide", "map_concat",
}  # fmt: skip
CONDITIONS = (
    "b", "k > 0", "s IS NOT NULL", "f64 > 0", "i32 IN (0, 1, NULL)", "s LIKE '%a%'", "d > DATE '2000-01-01'", "NOT b",
    "size(ai) > 1", "dec <> 0", "k BETWEEN -1 AND 2", "ts < TIMESTAMP '2024-01-01 00:00:00'", "isnan(f64)",
)  # fmt: skip
QUERIES = (
    "SELECT id, uid FROM t JOIN u ON {j}",
    "SELECT id, uid FROM t LEFT JOIN u ON {j} AND {p}",
    "SELECT id, uid FROM t RIGHT JOIN u ON {j}",
    "SELECT id, uid FROM t FULL JOIN u ON {j}",
    "SELECT id FROM t LEFT SEMI JOIN u ON {j}",
    "SELECT id FROM t LEFT ANTI JOIN u ON {j}",
    "SELECT id, {e} FROM t WHERE {p}",
    "SELECT {c} FROM t UNION SELECT {c} FROM t",
    "SELECT {c} FROM t UNION ALL SELECT {c} FROM t",
    "SELECT {c} FROM t INTERSECT SELECT {c} FROM t",
    "SELECT {c} FROM t INTERSECT ALL SELECT {c} FROM t",
    "SELECT {c} FROM t EXCEPT SELECT {c} FROM t",
    "SELECT {c} FROM t EXCEPT ALL SELECT {c} FROM t",
    "SELECT k FROM t UNION SELECT x FROM u",
    "SELECT DISTINCT {c}, {c} FROM t",
    "SELECT {c}, count(*), {a} FROM t GROUP BY {c}",
    "SELECT g, b, {a} FROM t GROUP BY ROLLUP (g, b)",
    "SELECT g, b, {a}, grouping_id() FROM t GROUP BY CUBE (g, b)",
    "SELECT g, k, {a} FROM t GROUP BY GROUPING SETS ((g), (k), ())",
    "SELECT g, {a} FROM t WHERE {p} GROUP BY g HAVING count(*) > 2",
    "SELECT {a}, {a} FROM t WHERE {p}",
    "SELECT id, {c} FROM t WHERE {c} IN (SELECT {c} FROM t WHERE {p})",
    "SELECT id FROM t WHERE EXISTS (SELECT 1 FROM u WHERE {j})",
    "SELECT id FROM t WHERE k NOT IN (SELECT x FROM u WHERE {p})",
    "SELECT id, (SELECT max(z) FROM u WHERE x = k) FROM t",
    "SELECT id, c FROM t LATERAL VIEW explode({c}) e AS c",
    "SELECT id, pos, c FROM t LATERAL VIEW OUTER posexplode(ai) e AS pos, c WHERE {p}",
    "SELECT id, posexplode_outer(ad) FROM t",
    "SELECT id, inline(ss) FROM t",
    "SELECT id, explode(m) FROM t WHERE {p}",
    "SELECT * FROM (SELECT g, b, i16 FROM t) PIVOT (count(*) FOR b IN (true, false, NULL))",
    "SELECT * FROM (SELECT g, b, f64 FROM t) PIVOT (max(f64) AS m, count(f64) AS n FOR b IN (true, false))",
    "SELECT * FROM (SELECT id, i8, i16, k FROM t) UNPIVOT (v FOR n IN (i8, i16, k))",
    "WITH q AS (SELECT {c} AS c, {e} AS e FROM t WHERE {p}) SELECT c, e FROM q WHERE c IS NOT NULL",
    "SELECT max(c), min(c), count(DISTINCT c) FROM (SELECT {e} AS c FROM t)",
    "SELECT count(*) FROM t WHERE {e} IS NULL",
    "SELECT id, {c} FROM t ORDER BY {c} DESC, id LIMIT 7",
    "SELECT id, {c} FROM t ORDER BY {c} NULLS LAST, id LIMIT 9 OFFSET 3",
    "SELECT id FROM t ORDER BY {e}, id",
    "SELECT g, {a} AS a FROM t GROUP BY g ORDER BY g DESC",
    "SELECT a.id, b.id FROM t a JOIN t b ON a.{c} = b.{c} AND a.id < b.id",
    "SELECT id, row_number() OVER (PARTITION BY {c} ORDER BY {c}, id) FROM t",
    "SELECT id, rank() OVER (ORDER BY {c}), dense_rank() OVER (ORDER BY {c}) FROM t",
    "SELECT c, count(*) FROM (SELECT {e} AS c FROM t) GROUP BY c",
    "SELECT id, {e} FROM t JOIN u USING (k) WHERE {p}",
    "SELECT t.id, u.uid FROM t FULL JOIN u ON {j} AND {p}",
    "SELECT t.id, q.c FROM t LEFT JOIN (SELECT {c} AS c, id FROM t WHERE {p}) q ON t.id = q.id + 1",
    "SELECT a.id, b.id FROM t a LEFT JOIN t b ON a.{c} <=> b.{c} AND a.id > b.id",
    "SELECT id, l.c FROM t, LATERAL (SELECT max(z) AS c FROM u WHERE u.x < t.k) l",
    "SELECT id, l.c FROM t LEFT JOIN LATERAL (SELECT {e} AS c) l ON l.c IS NOT NULL",
    "SELECT id, (SELECT count(*) FROM u WHERE {j}) FROM t",
    "SELECT id, (SELECT {a} FROM t) FROM t WHERE {p}",
    "SELECT id, {c} = ANY (SELECT {c} FROM t) FROM t",
    "SELECT id FROM t WHERE {c} > ALL (SELECT {c} FROM t WHERE {p})",
    "SELECT id FROM t WHERE (g, k) IN (SELECT x, uid FROM u)",
    "SELECT id FROM t WHERE NOT EXISTS (SELECT 1 FROM u WHERE {j} AND {p})",
    "SELECT g, {e} AS c, count(*) FROM t GROUP BY ALL",
    "SELECT g, count(*) FROM t GROUP BY g HAVING {a} IS NOT NULL",
    "SELECT {c}, {c} FROM t UNION SELECT {c}, {c} FROM t",
    "(SELECT {c} FROM t EXCEPT SELECT {c} FROM t) UNION ALL SELECT {c} FROM t WHERE {p}",
    "SELECT {e} FROM t INTERSECT SELECT {e} FROM t",
    "SELECT c, sum(n) FROM (SELECT {c} AS c, 1 AS n FROM t UNION ALL SELECT {c}, 2 FROM t) GROUP BY c",
    "SELECT id, sum(k) OVER w, count({c}) OVER w FROM t WINDOW w AS (PARTITION BY {c} ORDER BY id)",
    "SELECT id, lag({c}, 1) OVER (PARTITION BY g ORDER BY id), lead({c}, 2, NULL) OVER (PARTITION BY g ORDER BY id) FROM t",
    "SELECT g, max({c}) - min({c}) FROM t GROUP BY g",
    "SELECT {c}, first_value(id) OVER (PARTITION BY {c} ORDER BY id) FROM t",
    "SELECT g, n FROM (SELECT g, count(*) AS n FROM t WHERE {p} GROUP BY g) WHERE n > 1",
    "FROM t |> WHERE {p} |> AGGREGATE {a} AS a GROUP BY g |> ORDER BY g",
    "FROM t |> SELECT id, {e} AS c |> WHERE c IS NOT NULL |> ORDER BY id |> LIMIT 5",
    "SELECT id, c.* FROM t LATERAL VIEW inline(ss) c",
    "SELECT id, stack(2, {c}, {c}) FROM t WHERE {p}",
    "SELECT max(struct({c}, id)), min(struct({c}, id)) FROM t",
    "SELECT DISTINCT {e} FROM t",
    "SELECT count(DISTINCT {c}), count(DISTINCT {c}, {c}) FROM t",
)


def main(seed: int, count: int, *settings: str) -> None:
    conf = {name: value for name, _, value in (s.partition("=") for s in settings)}
    for case in Generator(seed, conf).cases(count):
        print(json.dumps(case, ensure_ascii=False))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:])
