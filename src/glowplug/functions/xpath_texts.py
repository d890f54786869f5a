"""XPath 1.0 over the trees of `xml_texts`: parsed once, evaluated per text. Source: W3C, XML Path Language 1.0.

A value is a list of nodes (elements, `Attribute`, `Text`), a number, a text or a boolean. No variables and no
namespaces; of the axes those that lead down and up.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from glowplug.functions.xml_texts import Element
from glowplug.functions.xpath_nodes import (
    AXES,
    Attribute,
    Node,
    Text,
    boolean,
    distinct,
    node_text,
    number,
    parent,
    root,
    self_and_below,
    string,
    union,
)


@dataclass(frozen=True, slots=True)
class Context:
    node: Node
    position: int
    size: int


Expression = Callable[[Context], Any]


class Invalid(ValueError):
    """The text is no XPath expression."""


_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d*)?|\.\d+)|(?P<text>\"[^\"]*\"|'[^']*')"
    r"|(?P<op>::|//|\.\.|!=|<=|>=|[()\[\].@,/|+=<>*-])|(?P<name>[^\W\d][\w.-]*(?::[^\W\d][\w.-]*)?))"
)


@lru_cache(1000)
def compile_path(path: str) -> Expression:
    """Invalid for what is no expression."""
    return _Parser(path).parse()


class _Parser:
    """Recursive descent, from `or` down to steps; each rule gives a function of a context."""

    def __init__(self, path: str) -> None:
        self.tokens: list[tuple[str, str]] = []
        at = 0
        while at < len(path.rstrip()):
            m = _TOKEN.match(path, at)
            if m is None:
                raise Invalid(path)
            self.tokens.append((str(m.lastgroup), m[str(m.lastgroup)]))
            at = m.end()
        self.i, self.path = 0, path

    def parse(self) -> Expression:
        found = self.binary(0)
        if self.i < len(self.tokens):
            raise Invalid(self.path)
        return found

    def at(self, *texts: str) -> bool:
        return self.i < len(self.tokens) and self.tokens[self.i][0] != "text" and self.tokens[self.i][1] in texts

    def take(self, *texts: str) -> str | None:
        if self.at(*texts):
            self.i += 1
            return self.tokens[self.i - 1][1]
        return None

    def expect(self, text: str) -> None:
        if self.take(text) is None:
            raise Invalid(self.path)

    def binary(self, level: int) -> Expression:
        if level == len(_LEVELS):
            return self.unary()
        left = self.binary(level + 1)
        while (op := self.take(*_LEVELS[level])) is not None:
            left = _operator(op, left, self.binary(level + 1))
        return left

    def unary(self) -> Expression:
        if self.take("-"):
            inner = self.unary()
            return lambda c: -number(inner(c))
        found = self.path_expression()
        while self.take("|"):
            a, b = found, self.path_expression()
            found = lambda c, a=a, b=b: union(a(c), b(c))  # type: ignore[misc] # noqa: E731
        return found

    def path_expression(self) -> Expression:
        if self.i >= len(self.tokens):
            raise Invalid(self.path)
        kind, text = self.tokens[self.i]
        if kind in ("number", "text") or text == "(" or (kind == "name" and self._is_call()):
            found = self.primary(kind, text)
            while self.at("["):
                found = _filtered(found, self.predicate())
            return self.steps(found) if self.at("/", "//") else found
        if text in ("/", "//"):
            document: Expression = lambda c: [root(c.node)]  # noqa: E731
            if text == "/" and not self._step_follows(self.i + 1):
                self.i += 1
                return document
            return self.steps(document)
        return self.steps(None)

    def _is_call(self) -> bool:
        follows = self.tokens[self.i + 1 : self.i + 2]
        return follows == [("op", "(")] and self.tokens[self.i][1] not in ("text", "node", "comment")

    def _step_follows(self, i: int) -> bool:
        return i < len(self.tokens) and (self.tokens[i][0] == "name" or self.tokens[i][1] in ("*", "@", ".", ".."))

    def primary(self, kind: str, text: str) -> Expression:
        self.i += 1
        if kind == "number":
            value = float(text)
            return lambda c: value
        if kind == "text":
            return lambda c: text[1:-1]
        if text == "(":
            inner = self.binary(0)
            self.expect(")")
            return inner
        self.expect("(")
        args: list[Expression] = []
        while not self.take(")"):
            args.append(self.binary(0))
            if not self.at(")"):
                self.expect(",")
        function = _FUNCTIONS.get(text)
        if function is None:
            raise Invalid(self.path)
        return lambda c: function(c, *(a(c) for a in args))

    def predicate(self) -> Expression:
        self.expect("[")
        found = self.binary(0)
        self.expect("]")
        return found

    def steps(self, start: Expression | None) -> Expression:
        """A location path; without a start it is relative to the context."""
        found: Expression = start or (lambda c: [c.node])
        if start is None:
            found = self.step(found)
        while (slash := self.take("/", "//")) is not None:
            if slash == "//":
                found = _along(found, self_and_below, [])
            found = self.step(found)
        return found

    def step(self, found: Expression) -> Expression:
        if self.take("."):
            return found
        if self.take(".."):
            return _along(found, parent, [])
        axis = "attribute" if self.take("@") else "child"
        if self.i + 1 < len(self.tokens) and self.tokens[self.i + 1][1] == "::":
            axis = self.tokens[self.i][1]
            self.i += 2
        if axis not in AXES or self.i >= len(self.tokens):
            raise Invalid(self.path)
        kind, name = self.tokens[self.i]
        if kind != "name" and name != "*":
            raise Invalid(self.path)
        self.i += 1
        test = _named(name, axis)
        if name in ("text", "node", "comment") and self.take("("):
            self.expect(")")
            test = _KINDS[name]
        predicates = []
        while self.at("["):
            predicates.append(self.predicate())
        return _along(found, lambda n: [x for x in AXES[axis](n) if test(x)], predicates)


_LEVELS = (("or",), ("and",), ("=", "!="), ("<", "<=", ">", ">="), ("+", "-"), ("*", "div", "mod"))
_KINDS: dict[str, Callable[[Node], bool]] = {
    "text": lambda n: isinstance(n, Text),
    "node": lambda n: True,
    "comment": lambda n: False,
}


def _named(name: str, axis: str) -> Callable[[Node], bool]:
    kind = Attribute if axis == "attribute" else Element
    return lambda n: isinstance(n, kind) and (name == "*" or n.name == name)


def _along(start: Expression, axis: Callable[[Node], list[Node]], predicates: list[Expression]) -> Expression:
    def find(c: Context) -> list[Node]:
        nodes = start(c)
        if not isinstance(nodes, list):
            raise Invalid("a path from what are no nodes")
        out: list[Node] = []
        for n in nodes:
            found = axis(n)
            for p in predicates:
                found = _kept(found, p)
            out += found
        return distinct(out)

    return find


def _kept(nodes: list[Node], predicate: Expression) -> list[Node]:
    kept = []
    for i, n in enumerate(nodes, 1):
        v = predicate(Context(n, i, len(nodes)))
        if (v == i) if isinstance(v, float) else boolean(v):
            kept.append(n)
    return kept


def _filtered(found: Expression, predicate: Expression) -> Expression:
    return lambda c: _kept(found(c), predicate)


def _operator(op: str, a: Expression, b: Expression) -> Expression:
    match op:
        case "or":
            return lambda c: boolean(a(c)) or boolean(b(c))
        case "and":
            return lambda c: boolean(a(c)) and boolean(b(c))
        case "=" | "!=" | "<" | "<=" | ">" | ">=":
            return lambda c: _compare(op, a(c), b(c))
    return lambda c: _compute(op, number(a(c)), number(b(c)))


def _compute(op: str, x: float, y: float) -> float:
    match op:
        case "+":
            return x + y
        case "-":
            return x - y
        case "*":
            return x * y
        case "div":
            return x / y if y else math.nan if not x or math.isnan(x) else math.copysign(math.inf, x)
    return math.fmod(x, y) if y else math.nan


def _compare(op: str, a: Any, b: Any) -> bool:
    """Nodes compare if any of them does."""
    if isinstance(a, list) and not isinstance(b, bool):
        return any(_compare(op, node_text(n), b) for n in a)
    if isinstance(b, list) and not isinstance(a, bool):
        return any(_compare(op, a, node_text(n)) for n in b)
    x: Any = number(a)
    y: Any = number(b)
    if op in ("=", "!="):
        if isinstance(a, bool) or isinstance(b, bool):
            x, y = boolean(a), boolean(b)
        elif not isinstance(a, float) and not isinstance(b, float):
            x, y = string(a), string(b)
        return bool((x == y) == (op == "="))
    return bool({"<": x < y, "<=": x <= y, ">": x > y, ">=": x >= y}[op])


def _self(c: Context, args: tuple[Any, ...]) -> Any:
    return args[0] if args else [c.node]


def _substring(c: Context, text: Any, start: Any, length: Any = None) -> str:
    first = _round(number(start))
    last = math.inf if length is None else first + _round(number(length))
    return "".join(ch for i, ch in enumerate(string(text), 1) if first <= i < last)


def _round(x: float) -> float:
    return x if not math.isfinite(x) else float(math.floor(x + 0.5))


def _translate(c: Context, text: Any, source: Any, target: Any) -> str:
    to = string(target)
    table = {ord(ch): to[i] if i < len(to) else None for i, ch in reversed(list(enumerate(string(source))))}
    return string(text).translate(table)


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "last": lambda c: float(c.size),
    "position": lambda c: float(c.position),
    "count": lambda c, v: float(len(v)),
    "name": lambda c, *a: getattr((_self(c, a) or [None])[0], "name", ""),
    "local-name": lambda c, *a: getattr((_self(c, a) or [None])[0], "name", "").rpartition(":")[2],
    "string": lambda c, *a: string(_self(c, a)),
    "concat": lambda c, *a: "".join(map(string, a)),
    "starts-with": lambda c, a, b: string(a).startswith(string(b)),
    "contains": lambda c, a, b: string(b) in string(a),
    "substring-before": lambda c, a, b: string(a).partition(string(b))[0] if string(b) in string(a) else "",
    "substring-after": lambda c, a, b: string(a).partition(string(b))[2],
    "substring": _substring,
    "string-length": lambda c, *a: float(len(string(_self(c, a)))),
    "normalize-space": lambda c, *a: " ".join(string(_self(c, a)).split()),
    "translate": _translate,
    "boolean": lambda c, v: boolean(v),
    "not": lambda c, v: not boolean(v),
    "true": lambda c: True,
    "false": lambda c: False,
    "number": lambda c, *a: number(_self(c, a)),
    "sum": lambda c, v: sum((number(node_text(n)) for n in v), 0.0),
    "floor": lambda c, v: x if not math.isfinite(x := number(v)) else float(math.floor(x)),
    "ceiling": lambda c, v: x if not math.isfinite(x := number(v)) else float(math.ceil(x)),
    "round": lambda c, v: _round(number(v)),
}
