"""Grouping sets over a stream: each row once for each set, grouped by the set's number and the keys that are in it.

The aggregation that keeps state is then a plain one. (Spark's `Expand` does the same.)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from glowplug.analyze.rules.generators import generator_columns
from glowplug.plan.expressions import Alias, Attribute, Call, Cast, Expression, Literal, new_id
from glowplug.plan.relations import Aggregate, Generate, Project, Relation, to_attribute
from glowplug.types import INT, STRING

Build = Callable[..., Expression]
_OF_SETS = ("grouping", "grouping_id")


def expanded(node: Aggregate, build: Build) -> Relation:
    """The aggregation without sets, of the same columns. `build` makes a resolved call of a function."""
    assert node.sets is not None
    numbers = [build("named_struct", Literal("set", STRING), Literal(n, INT)) for n in range(len(node.sets))]
    generator = build("inline", build("array", *numbers))
    assert isinstance(generator, Call)
    (number,) = columns = generator_columns(generator)
    rows = Generate(node.child, generator, columns)
    keys = [_key(g, [i in s for s in node.sets], number, build) for i, g in enumerate(node.grouping)]
    named = tuple(map(to_attribute, keys))
    own = {to_attribute(g).id: k for g, k in zip(node.grouping, named, strict=True)}
    calls = [e for e in node.results if isinstance(e, Alias) and not _is_of_sets(e.child)]
    grouped = Aggregate(Project(rows, (*rows.output, *keys)), (*named, number), (*named, number, *calls))
    return Project(grouped, tuple(_result(e, own, node, number, build) for e in node.results))


def _key(key: Expression, there: list[bool], number: Attribute, build: Build) -> Alias:
    """A key's value, NULL in sets without it."""
    value = key.child if isinstance(key, Alias) else key
    absent = [build("=", number, Literal(n, INT)) for n, is_there in enumerate(there) if not is_there]
    for condition in absent:
        value = build("if", condition, Literal(None, value.type), value)
    a = to_attribute(key)
    return Alias(value, a.name, new_id(), a.metadata, a.qualifier)


def _is_of_sets(e: Expression) -> bool:
    return isinstance(e, Call) and e.function.names[0] in _OF_SETS


def _result(e: Expression, keys: dict[int, Attribute], node: Aggregate, number: Attribute, build: Build) -> Expression:
    a = to_attribute(e)
    if a.id in keys:
        return Alias(keys[a.id], a.name, a.id, a.metadata, a.qualifier)
    if isinstance(e, Alias) and _is_of_sets(e.child):
        return replace(e, child=_bits(e.child, node, number, build))
    return a


def _bits(call: Expression, node: Aggregate, number: Attribute, build: Build) -> Expression:
    """`grouping` and `grouping_id`: a bit for each of the keys, set where the key is not in the set."""
    assert isinstance(call, Call)
    assert node.sets is not None
    at = {to_attribute(g).id: i for i, g in enumerate(node.grouping)}
    places = [at[to_attribute(a).id] for a in call.args]
    values = [int("".join("01"[p not in s] for p in places), 2) for s in node.sets]
    chosen = build(
        "element_at", build("array", *(Literal(v, INT) for v in values)), build("+", number, Literal(1, INT))
    )
    return Cast(chosen, call.type, "ansi", implicit=True)
