"""The physical plan as explain shows it: the kernel's operators under Spark's names.

One machine has no exchanges: a hash join's build side and a hash aggregate's groups are in the one process, and no
partial aggregates are needed. Joins have the name of what the kernel does: it hashes where sides must be equal, in
partitions that spill, whatever a hint says; a broadcast is the same with the whole of a side in one place.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from glowplug.plan import python as p
from glowplug.plan import relations as r
from glowplug.plan.expressions import Alias, Attribute, Call, Expression, WindowExpression
from glowplug.plan.predicates import conjuncts
from glowplug.plan.text import column, listed, subqueries, text
from glowplug.plan.tree import children, contains, walk

KINDS = {
    "inner": "Inner",
    "left": "LeftOuter",
    "right": "RightOuter",
    "full": "FullOuter",
    "semi": "LeftSemi",
    "anti": "LeftAnti",
    "cross": "Cross",
}
_EQUALITIES = ("=", "<=>")
Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Operator:
    """A line of the plan: `name arguments`; `facts` are what the formatted mode says of it."""

    name: str
    arguments: str = ""
    facts: Facts = ()
    children: tuple[Operator, ...] = ()
    inside: tuple[Operator, ...] = ()
    output: tuple[Attribute, ...] = field(default=())

    @property
    def line(self) -> str:
        return f"{self.name}{self.arguments}"


def operators(plan: r.Relation) -> Operator:
    """The plan's operators; nodes that do nothing on one machine have none."""
    match plan:
        case (
            r.SubqueryAlias(child) | r.Hint(child) | r.Repartition(child) | r.DataFrameNode(child) | r.ShowString(child)
        ):
            return operators(child)
        case r.Limit(r.Sort(child, order), count, None) if count is not None:
            shown = f"(limit={text(count)}, orderBy={listed(order)}, output=[{_columns(plan.output)}])"
            facts: Facts = (("Arguments", f"{text(count)}, {listed(order)}, {listed(plan.output)}"),)
            return Operator("TakeOrderedAndProject", shown, facts, (operators(child),), (), plan.output)
    name, arguments, facts = _operator(plan)
    below = tuple(operators(c) for c in children(plan) if isinstance(c, r.Relation))
    inside = tuple(operators(s.plan) for c in children(plan) if isinstance(c, Expression) for s in subqueries(c))
    if isinstance(plan, r.CachedData):
        kept = f" {listed(plan.columns)}, {storage(plan.entry.level)}"
        inside = (Operator("InMemoryRelation", kept, (), (), (operators(plan.entry.plan),), plan.columns),)
    return Operator(name, arguments, facts, below, inside, plan.output)


def _columns(columns: tuple[Attribute, ...]) -> str:
    return ",".join(map(column, columns))


def _operator(plan: r.Relation) -> tuple[str, str, Facts]:
    """Name, arguments and facts of a node's operator."""
    match plan:
        case r.Project(_, expressions):
            windows = [w for e in expressions for w in walk(e) if isinstance(w, WindowExpression)]
            if not windows:
                return "Project", f" {listed(expressions)}", ()
            shown = f"{listed(expressions)}, {listed(windows[0].partition_by)}, {listed(windows[0].order_by)}"
            return "Window", f" {shown}", (("Arguments", shown),)
        case r.Filter(_, condition):
            return "Filter", f" {text(condition)}", (("Condition", text(condition)),)
        case r.Aggregate(_, grouping, results):
            return _aggregate(grouping, results, plan.output)
        case r.Distinct() | r.Deduplicate():
            keys = (getattr(plan, "keys", None) or plan.output) if isinstance(plan, r.Deduplicate) else plan.output
            return _aggregate(keys, (), plan.output)
        case r.Sort(_, order, is_global):
            shown = f"{listed(order)}, {text(is_global)}, 0"
            return "Sort", f" {shown}", (("Arguments", shown),)
        case r.Limit(_, count, offset):
            shown = ("-1" if count is None else text(count)) + ("" if offset is None else f", {text(offset)}")
            return "CollectLimit", f" {shown}", (("Arguments", shown),)
        case r.Join():
            return _join(plan)
        case r.SetOperation(_, _, kind, all):
            return kind.capitalize(), " All" if all and kind != "union" else "", ()
        case r.LocalData(columns) | r.Values(_, columns):
            return "LocalTableScan", f" {listed(columns)}", (("Arguments", listed(columns)),)
        case r.OneRow():
            return "Scan OneRowRelation", "[]", (("Arguments", "ParallelCollectionRDD"),)
        case r.Range(start, end, step, _, partitions):
            shown = f"({start}, {end}, step={step}, splits={partitions or 1})"
            return "Range", f" {shown}", (("Arguments", shown),)
        case r.Scan(source, columns):
            return (
                f"FileScan {source.name}",
                f" [{_columns(columns)}] {source.describe()}",
                (("Location", source.describe()),),
            )
        case r.CachedData(columns):
            return "InMemoryTableScan", f" {listed(columns)}", (("Arguments", listed(columns)),)
        case r.Generate(child, generator, generated, outer):
            shown = f"{text(generator)}, {listed(child.output)}, {text(outer)}, {listed(generated)}"
            return "Generate", f" {shown}", (("Arguments", shown),)
        case r.Sample(_, lower, upper, with_replacement, seed):
            shown = f"{lower}, {upper}, {text(with_replacement)}, {seed}"
            return "Sample", f" {shown}", (("Arguments", shown),)
        case r.Tail(_, count):
            return "CollectTail", f" {count}", (("Arguments", str(count)),)
        case r.CollectMetrics(_, name, metrics):
            return "CollectMetrics", f" {name}, {listed(metrics)}", (("Arguments", f"{name}, {listed(metrics)}"),)
        case _ if (found := _python(plan)) is not None:
            return found[0], f" {found[1]}", (("Arguments", found[1]),)
    return plan.__class__.__name__, "", ()


def _python(plan: r.Relation) -> tuple[str, str] | None:
    """Name and arguments of an operator that runs user code."""
    match plan:
        case p.EvalPython(_, calls):
            kind = _eval_type(calls)
            name = "BatchEvalPython" if kind is p.EvalType.BATCHED else "ArrowEvalPython"
            columns = listed(map(r.to_attribute, calls))
            return name, f"{listed(c.child for c in calls)}, {columns}" + ("" if name[0] == "B" else f", {kind.value}")
        case p.AggregatePython(_, grouping, calls):
            shown = f"{listed(grouping)}, {listed(c.child for c in calls)}, {listed(plan.output)}"
            return "ArrowAggregatePython", f"{shown}, {_eval_type(calls).value}"
        case p.WindowPython(_, keys, _, calls):
            return "ArrowWindowPython", f"{listed(calls)}, {listed(keys)}, {_eval_type(calls).value}"
        case p.MapPartitions(_, function, barrier, columns):
            name = (
                "MapInArrow"
                if function.code and function.code.eval_type is p.EvalType.MAP_ARROW_ITER
                else "MapInPandas"
            )
            return name, f"{function.names[0]}(), {listed(columns)}, {text(barrier)}"
        case p.GroupMap(_, grouping, function, args, columns):
            arrow = function.code and "ARROW" in function.code.eval_type.name
            call = f"{function.names[0]}({', '.join(map(text, args))})"
            return f"FlatMapGroupsIn{'Arrow' if arrow else 'Pandas'}", f"{listed(grouping)}, {call}, {listed(columns)}"
        case p.StatefulMap(_, grouping, function, args, mode, state=state, columns=columns):
            call = f"{function.names[0]}({', '.join(map(text, args))})"
            name = "FlatMapGroupsInPandasWithState" if state is not None else "TransformWithStateInPySpark"
            return name, f"{call}, {listed(grouping)}, {listed(columns)}, {mode.capitalize()}"
        case p.CoGroupMap(_, _, left, right, function, columns=columns):
            arrow = function.code and "ARROW" in function.code.eval_type.name
            shown = f"{listed(left)}, {listed(right)}, {function.names[0]}(), {listed(columns)}"
            return f"FlatMapCoGroupsIn{'Arrow' if arrow else 'Pandas'}", shown
        case p.TablePython(_, function, args, made):
            name = "BatchEvalPythonUDTF" if function.code.eval_type is p.EvalType.TABLE else "ArrowEvalPythonUDTF"
            return name, f"{function.name}({', '.join(map(text, args))}), {listed(made)}"
        case p.PythonScan(name, columns=columns):
            return f"BatchScan {name}", listed(columns)
    return None


def _eval_type(calls: tuple[Alias, ...]) -> p.EvalType:
    function = calls[0].child.function  # type: ignore[attr-defined]
    return function.code.eval_type  # type: ignore[no-any-return]


def _aggregate(
    keys: tuple[Expression, ...], results: tuple[Expression, ...], output: tuple[Attribute, ...]
) -> tuple[str, str, Facts]:
    calls = [e.child for e in results if isinstance(e, Alias) and contains(e, Call) and e not in keys]
    shown = f"(keys={listed(keys)}, functions={listed(calls)}, output={listed(output)})"
    facts = ((f"Keys [{len(keys)}]", listed(keys)), (f"Functions [{len(calls)}]", listed(calls)), _results(output))
    return "HashAggregate", shown, facts


def _results(columns: tuple[Attribute, ...]) -> tuple[str, str]:
    return f"Results [{len(columns)}]", listed(columns)


def _join(plan: r.Join) -> tuple[str, str, Facts]:
    kind = "Cross" if plan.kind == "inner" and plan.condition is None else KINDS[plan.kind]
    if plan.as_of or plan.lateral:
        condition = "" if plan.condition is None else f", {text(plan.condition)}"
        return ("AsOfJoin" if plan.as_of else "LateralJoin"), f" {kind}{condition}", (("Join type", kind),)
    left, right, rest = _keys(plan)
    condition = ", ".join(map(text, rest))
    if not left and kind == "Cross":
        return "CartesianProduct", f" {condition}" if condition else "", (("Join condition", condition or "None"),)
    if not left:
        shown = f" BuildRight, {kind}" + (f", {condition}" if condition else "")
        return "BroadcastNestedLoopJoin", shown, (("Join type", kind), ("Join condition", condition or "None"))
    shown = f" {listed(left)}, {listed(right)}, {kind}, BuildRight" + (f", {condition}" if condition else "")
    facts = (
        (f"Left keys [{len(left)}]", listed(left)),
        (f"Right keys [{len(right)}]", listed(right)),
        ("Join type", kind),
        ("Join condition", condition or "None"),
    )
    if "broadcast" in plan.hints:
        return "BroadcastHashJoin", f"{shown}, false", facts
    return "ShuffledHashJoin", shown, facts


def _keys(plan: r.Join) -> tuple[list[Expression], list[Expression], list[Expression]]:
    """Both sides' keys where the condition says they are equal, and what else it says."""
    ids = {a.id for a in plan.left.output}
    left: list[Expression] = []
    right: list[Expression] = []
    rest: list[Expression] = []
    for part in conjuncts(plan.condition):
        if isinstance(part, Call) and part.function.names[0] in _EQUALITIES:
            sides = [{x.id in ids for x in walk(a) if isinstance(x, Attribute)} for a in part.args]
            if sides in ([{True}, {False}], [{False}, {True}]):
                first, second = part.args if sides[0] == {True} else part.args[::-1]
                left.append(first)
                right.append(second)
                continue
        rest.append(part)
    return left, right, rest


def storage(level: Any) -> str:
    """A cache entry's storage level as Spark shows it."""
    kinds = [("disk", level.use_disk), ("memory", level.use_memory), ("offheap", level.use_off_heap)]
    kinds += [("deserialized", level.deserialized)]
    return f"StorageLevel({', '.join(k for k, on in kinds if on)}, {level.replication} replicas)"


# --- the formatted mode -------------------------------------------------------------------------------------


def formatted(plan: r.Relation) -> tuple[Operator, str]:
    """The outline with numbered operators, children first, and a paragraph for each operator."""
    paragraphs: list[str] = []

    def visit(op: Operator) -> Operator:
        below = tuple(map(visit, op.children))
        inside = tuple(map(visit, op.inside))
        number = len(paragraphs) + 1
        lines = [f"({number}) {op.name}"]
        if not below or op.name in ("Project", "Generate", "Window"):
            lines.append(f"Output [{len(op.output)}]: {listed(op.output)}")
        if below:
            inputs = tuple(a for b in op.children for a in b.output)
            lines.append(f"Input [{len(inputs)}]: {listed(inputs)}")
        lines += [f"{name}: {value}" for name, value in op.facts]
        paragraphs.append("\n".join(lines))
        return replace(op, arguments=f" ({number})", children=below, inside=inside)

    outline = visit(operators(plan))
    return outline, "\n\n".join(paragraphs)
