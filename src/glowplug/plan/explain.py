"""The texts that `explain` prints, in Spark's form: plans as trees, one node a line.

Project [(id#4L + cast(1 as bigint)) AS x#5L]
+- Filter (id#4L > cast(3 as bigint))
   +- Range (0, 10, step=1, splits=None)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace

from glowplug.plan import physical_text
from glowplug.plan import relations as r
from glowplug.plan.expressions import Expression
from glowplug.plan.physical_text import KINDS
from glowplug.plan.statistics import statistics
from glowplug.plan.streams import StreamingRelation
from glowplug.plan.text import column, listed, subqueries, text
from glowplug.plan.tree import children, expressions_in
from glowplug.plan.verify import UNRESOLVED
from glowplug.types import simple_string

# Options of sources that give access, or may.
_SECRET = re.compile("(?i)url|secret|password|token|access[.]?key|jaas|keystore[.]key|key[.]pem")
# Nodes that analysis replaces, whatever they hold.
REWRITTEN = (
    r.UnresolvedRelation,
    r.UnresolvedTableFunction,
    r.UnresolvedDataSource,
    r.With,
    r.Hint,
    r.AsOfJoin,
    r.NearestByJoin,
    r.Pivot,
    r.Unpivot,
    r.Transpose,
    r.WithColumns,
    r.WithColumnsRenamed,
    r.Drop,
    r.ToDF,
    r.ToSchema,
    r.FillNa,
    r.DropNa,
    r.ReplaceValues,
    r.Summary,
    r.Crosstab,
    r.Covariance,
    r.Correlation,
    r.ApproxQuantile,
    r.FreqItems,
    r.SampleBy,
)


@dataclass(frozen=True, slots=True)
class Plans:
    """What is explained. `statement` is what the kernel runs, or why it cannot."""

    parsed: r.Relation
    analyzed: r.Relation
    optimized: r.Relation
    statement: str


def explain(plans: Plans, mode: str) -> str:
    """The text of a mode: simple, extended, codegen, cost or formatted."""
    physical = "\n".join(draw(physical_text.operators(plans.optimized)))
    match mode:
        case "extended":
            schema = ", ".join(f"{a.name}: {simple_string(a.type)}" for a in plans.analyzed.output)
            return (
                f"== Parsed Logical Plan ==\n{logical(plans.parsed)}\n\n"
                f"== Analyzed Logical Plan ==\n{schema}\n{logical(plans.analyzed)}\n\n"
                f"== Optimized Logical Plan ==\n{logical(plans.optimized)}\n\n"
                f"== Physical Plan ==\n{physical}\n\n== Kernel Statement ==\n{plans.statement}\n"
            )
        case "codegen":
            head = "Found 1 kernel statement.\n== Subtree 1 / 1 =="
            return f"{head}\n{physical}\n\nGenerated code:\n{plans.statement}\n\n"
        case "cost":
            costs = logical(plans.optimized, lambda node: f", {statistics(node)}")
            return f"== Optimized Logical Plan ==\n{costs}\n\n== Physical Plan ==\n{physical}\n\n"
        case "formatted":
            outline, details = physical_text.formatted(plans.optimized)
            drawn = "\n".join(draw(outline))
            return f"== Physical Plan ==\n{drawn}\n\n\n{details}\n\n== Kernel Statement ==\n{plans.statement}\n\n"
    return f"== Physical Plan ==\n{physical}\n\n"


def logical(plan: r.Relation, suffix: Callable[[r.Relation], str] = lambda node: "") -> str:
    """A logical plan as a tree; `suffix` is written behind each node."""
    return "\n".join(draw(_node(plan, suffix)))


@dataclass(frozen=True, slots=True)
class Node:
    """A line of a tree. `inside` are the plans of subqueries, drawn before the children and apart from them."""

    line: str
    children: tuple[Node, ...] = ()
    inside: tuple[Node, ...] = ()


def draw(node: Node | physical_text.Operator, first: str = "", others: str = "") -> Iterator[str]:
    """The lines of a tree: `+- ` leads to an only or last child, `:- ` to the others."""
    yield first + node.line
    bar = others + (":  " if node.children else "   ")
    for prefix, nodes in ((bar, node.inside), (others, node.children)):
        below: Sequence[Node | physical_text.Operator] = nodes
        for i, child in enumerate(below, 1):
            ends = ("+- ", "   ") if i == len(below) else (":- ", ":  ")
            yield from draw(child, prefix + ends[0], prefix + ends[1])


def _node(plan: r.Relation, suffix: Callable[[r.Relation], str]) -> Node:
    """The tree of a plan. What the client numbered is no node of its own; a limit is two, as in Spark."""
    if isinstance(plan, r.DataFrameNode):
        return _node(plan.child, suffix)
    below = tuple(_node(c, suffix) for c in children(plan) if isinstance(c, r.Relation) and not _is_inner(c, plan))
    expressions = expressions_in(plan)
    inside = tuple(_node(s.plan, suffix) for e in expressions for s in subqueries(e))
    if isinstance(plan, r.With):
        inside = tuple(Node(f"SubqueryAlias {n}", (_node(q, suffix),)) for n, q in plan.definitions)
    mark, end = ("'" if _unresolved(plan) else ""), suffix(plan)
    if isinstance(plan, r.Limit) and plan.count is not None:
        if plan.offset is not None:
            below = (Node(f"{mark}Offset {text(plan.offset)}{end}", below),)
        return Node(
            f"{mark}GlobalLimit {text(plan.count)}{end}",
            (Node(f"{mark}LocalLimit {text(plan.count)}{end}", below),),
        )
    return Node(mark + _line(plan) + end, below, inside)


def _is_inner(child: r.Relation, plan: r.Relation) -> bool:
    return isinstance(plan, r.With) and child is not plan.child


def _unresolved(plan: r.Relation) -> bool:
    """Whether analysis still has to change the node or one below it."""
    for c in children(plan):
        if isinstance(c, r.Relation) and _unresolved(c):
            return True
        if isinstance(c, Expression) and (isinstance(c, UNRESOLVED) or _holds_unresolved(c)):
            return True
    if isinstance(plan, r.Join):
        return bool(plan.using) or plan.natural
    return isinstance(plan, REWRITTEN) and not isinstance(plan, r.ResolvedHint)


def _holds_unresolved(e: Expression) -> bool:
    return any(isinstance(c, UNRESOLVED) or _holds_unresolved(c) for c in children(e) if isinstance(c, Expression))


def _line(plan: r.Relation) -> str:
    match plan:
        case r.Project(_, expressions):
            return f"Project {listed(expressions)}"
        case r.Select():
            return _select(plan)
        case r.Filter(_, condition):
            return f"Filter {text(condition)}"
        case r.Aggregate(_, grouping, results, sets):
            shown = "" if sets is None else f", sets={listed(tuple(grouping[i] for i in s) for s in sets)}"
            return f"Aggregate {listed(grouping)}, {listed(results)}{shown}"
        case r.Sort(_, order, is_global):
            return f"Sort {listed(order)}, {text(is_global)}"
        case r.Limit(_, _, offset):
            return f"Offset {text(offset)}"
        case r.Deduplicate(_, keys):
            return f"Deduplicate {listed(keys or ())}"
        case r.PipeOperator():
            return "PipeOperator"
        case r.SubqueryAlias(_, name, qualifier):
            return f"SubqueryAlias {'.'.join((*qualifier, name))}"
        case r.ResolvedHint(_, strategy):
            return f"ResolvedHint (strategy={strategy})"
        case r.Hint(_, name, parameters):
            return f"UnresolvedHint {name}, {listed(parameters)}"
        case r.Generate(_, generator, generated, outer):
            return f"Generate {text(generator)}, {text(outer)}, {listed(generated)}"
        case r.Repartition(_, partitions, (), shuffle):
            return f"Repartition {partitions}, {text(shuffle)}"
        case r.Repartition(_, partitions, by):
            return f"RepartitionByExpression {listed(by)}" + ("" if partitions is None else f", {partitions}")
        case r.Join():
            return _join(plan)
        case r.SetOperation(_, _, "union", all):
            return "Union false, false" if all else "Distinct Union"
        case r.SetOperation(_, _, kind, all):
            return f"{kind.capitalize()} All true" if all else f"{kind.capitalize()} false"
        case r.LocalData(columns) | r.Values(_, columns):
            return f"LocalRelation {listed(columns)}"
        case r.UnresolvedLocalData(table, schema):
            names = table.column_names if schema is None else [f.name for f in schema.fields]
            return f"LocalRelation {listed(names)}"
        case r.OneRow():
            return "OneRowRelation"
        case r.Range(start, end, step, _, partitions):
            return f"Range ({start}, {end}, step={step}, splits={_option(partitions)})"
        case r.Scan(source, columns):
            return f"Relation [{','.join(map(column, columns))}] {source.name}"
        case r.CachedData(columns, entry):
            return f"InMemoryRelation {listed(columns)}, {physical_text.storage(entry.level)}"
        case StreamingRelation(source, columns):  # whose options are as secret as those below
            return f"StreamingRelation [{','.join(map(column, columns))}] {source.name}"
        case r.UnresolvedRelation(parts, options, streaming):
            return f"UnresolvedRelation {listed(parts)}, {listed(options)}, {text(streaming)}"
        case r.UnresolvedDataSource(options=options):
            # As in Spark, what gives access is not shown.
            hidden = tuple((k, "*********(redacted)" if _SECRET.search(k) else v) for k, v in options)
            return _any(replace(plan, options=hidden))
        case r.With():
            return f"CTE {listed(name for name, _ in plan.definitions)}"
    return _any(plan)


def _option(value: object) -> str:
    return "None" if value is None else f"Some({value})"


def _join(plan: r.Join) -> str:
    kind = "Cross" if plan.kind == "inner" and plan.condition is None else KINDS[plan.kind]
    if plan.using:
        kind = f"UsingJoin({kind}, {listed(plan.using)})"
    elif plan.natural:
        kind = f"NaturalJoin({kind})"
    name = "LateralJoin" if plan.lateral else "AsOfJoin" if plan.as_of else "Join"
    sides = zip(("leftHint", "rightHint"), plan.hints, strict=True)
    hints = "".join(f", {side}=(strategy={strategy})" for side, strategy in sides if strategy)
    return f"{name} {kind}" + ("" if plan.condition is None else f", {text(plan.condition)}") + hints


def _select(plan: r.Select) -> str:
    """A SELECT block before analysis has made it a projection or an aggregation."""
    if plan.grouping is None and not plan.grouping_sets:
        line = f"Project {listed(plan.expressions)}"
    else:
        first = plan.grouping or () if plan.prepend_grouping else ()
        line = f"Aggregate {listed(plan.grouping or ())}, {listed((*first, *plan.expressions))}"
        if plan.grouping_kind != "groupby":
            line += f", {plan.grouping_kind} {listed(plan.grouping_sets)}"
    line += "" if plan.having is None else f", having {text(plan.having)}"
    return f"Distinct {line}" if plan.distinct else line


def _any(plan: r.Relation) -> str:
    """Any other node: its name and what it holds besides inputs and defaults."""
    shown = []
    for f in fields(plan):
        value = getattr(plan, f.name)
        if not isinstance(value, r.Relation) and f.name != "origin" and value != f.default:
            shown.append(text(value))
    return " ".join([plan.__class__.__name__, ", ".join(shown)]).rstrip()
