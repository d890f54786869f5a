"""The nodes of XPath over trees of `xml_texts`: their axes, their order, and what values are as texts and numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from glowplug.functions.xml_texts import Element


@dataclass(frozen=True, slots=True)
class Attribute:
    name: str
    value: str
    parent: Element


@dataclass(frozen=True, slots=True)
class Text:
    value: str
    parent: Element


Node = Element | Attribute | Text


def string(v: Any) -> str:
    """XPath's string(): of nodes, the first's."""
    if isinstance(v, bool):
        return "true" if v else "false"
    if isinstance(v, float):
        if math.isnan(v):
            return "NaN"
        if math.isinf(v):
            return "Infinity" if v > 0 else "-Infinity"
        return str(int(v)) if v == int(v) else repr(v)
    if isinstance(v, list):
        return node_text(v[0]) if v else ""
    return str(v)


def node_text(node: Node) -> str:
    return node.text() if isinstance(node, Element) else node.value


def number(v: Any) -> float:
    """XPath's number(): NaN for what is none."""
    if isinstance(v, (bool, float)):
        return float(v)
    text = string(v).strip()
    return float(text) if re.fullmatch(r"-?(\d+(\.\d*)?|\.\d+)", text) else math.nan


def boolean(v: Any) -> bool:
    if isinstance(v, float):
        return bool(v) and not math.isnan(v)
    return bool(v)


def children(n: Node) -> list[Node]:
    return [Text(c, n) if isinstance(c, str) else c for c in n.children] if isinstance(n, Element) else []


def _below(n: Node) -> list[Node]:
    return [x for c in children(n) for x in (c, *_below(c))]


def self_and_below(n: Node) -> list[Node]:
    return [n, *_below(n)]


def parent(n: Node) -> list[Node]:
    return [n.parent] if n.parent is not None else []


def _above(n: Node) -> list[Node]:
    return [x for p in parent(n) for x in (p, *_above(p))]


def attributes(n: Node) -> list[Node]:
    return [Attribute(k, v, n) for k, v in n.attributes.items()] if isinstance(n, Element) else []


def _siblings(after: bool) -> Callable[[Node], list[Node]]:
    def find(n: Node) -> list[Node]:
        if n.parent is None or isinstance(n, Attribute):
            return []
        all = children(n.parent)
        at = all.index(n)
        return all[at + 1 :] if after else all[:at][::-1]

    return find


AXES: dict[str, Callable[[Node], list[Node]]] = {
    "child": children,
    "attribute": attributes,
    "descendant": _below,
    "descendant-or-self": self_and_below,
    "self": lambda n: [n],
    "parent": parent,
    "ancestor": _above,
    "ancestor-or-self": lambda n: [n, *_above(n)],
    "following-sibling": _siblings(True),
    "preceding-sibling": _siblings(False),
}


def root(n: Node) -> Node:
    while n.parent is not None:
        n = n.parent
    return n


def distinct(nodes: list[Node]) -> list[Node]:
    seen: set[Any] = set()
    return [n for n in nodes if (key := id(n) if isinstance(n, Element) else n) not in seen and not seen.add(key)]  # type: ignore[func-returns-value]


def union(a: list[Node], b: list[Node]) -> list[Node]:
    """Both, in the order of the document."""
    found = distinct(a + b)
    if not found:
        return found
    order = [x for n in self_and_below(root(found[0])) for x in (n, *attributes(n))]
    at = {id(n) if isinstance(n, Element) else n: i for i, n in enumerate(order)}
    return sorted(found, key=lambda n: at[id(n) if isinstance(n, Element) else n])
