"""Generators in a select list: each becomes a `Generate` below it, and its columns take its place."""

from __future__ import annotations

from collections.abc import Mapping

from glowplug.errors import AnalysisError
from glowplug.plan.expressions import Alias, Attribute, Call, Expression, UnresolvedAlias, new_id
from glowplug.plan.names import pretty
from glowplug.plan.relations import Generate, Relation
from glowplug.plan.tree import walk
from glowplug.types import StructType


def generator_columns(call: Call, names: tuple[str, ...] = ()) -> tuple[Attribute, ...]:
    """The columns a generator makes: the fields of its struct type, named by `names` where given."""
    assert isinstance(call.type, StructType)
    fields = call.type.fields
    if names and len(names) != len(fields):
        raise AnalysisError("UDTF_ALIAS_NUMBER_MISMATCH", aliasesSize=len(fields), aliasesNames=",".join(names))
    outer = call.name.endswith("_outer")
    return tuple(
        Attribute(names[i] if names else f.name, f.type, f.nullable or outer, new_id(), (), f.metadata)
        for i, f in enumerate(fields)
    )


def extract_generators(
    child: Relation, items: list[Expression], made: Mapping[int, tuple[Attribute, ...]] | None = None
) -> tuple[Relation, list[Expression]]:
    """The relation with the generators below it, and the select list over their columns, of which those in `made`, by
    the generator's `id()`, are known to other items."""
    out: list[Expression] = []
    for item in items:
        if isinstance(item, Attribute):
            out.append(item)
            continue
        names, call = _generator(item)
        if call is None:
            if any(isinstance(x, Call) and x.function.kind == "generator" for x in walk(item)):
                shown = pretty(item.child if isinstance(item, (Alias, UnresolvedAlias)) else item)
                raise AnalysisError("UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS", expression=f'"{shown}"')
            if isinstance(item, UnresolvedAlias):
                raise AnalysisError(
                    "MULTI_ALIAS_WITHOUT_GENERATOR",
                    item.origin,
                    expr=f'"{pretty(item.child)}"',
                    names=", ".join(item.names),
                )
            out.append(item)
            continue
        columns = (made or {}).get(id(call)) or generator_columns(call, names)
        child = Generate(child, call, columns, call.name.endswith("_outer"))
        out += columns
    return child, out


def generator_of(item: Expression) -> Call | None:
    """The generator that a select item is, if it is one."""
    return _generator(item)[1]


def _generator(item: Expression) -> tuple[tuple[str, ...], Call | None]:
    match item:
        case Call() if item.function.kind == "generator":
            return (), item
        case Alias(Call() as call, name) if call.function.kind == "generator":
            return (name,), call
        case UnresolvedAlias(Call() as call, names) if call.function.kind == "generator":
            return names, call
    return (), None
