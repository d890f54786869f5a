"""Aggregation: GROUP BY in its forms, HAVING, and what later clauses may say about groups.

The result is always `Project(… Aggregate(child, grouping, results))`: `grouping` are named expressions over the child,
`results` are their columns and one alias for each distinct aggregate call; the projection computes the select list from
those. HAVING and ORDER BY reach through the projection and add aggregates where they need more.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import Any, TypeGuard

from glowplug.analyze.aggregates import has_aggregates
from glowplug.analyze.context import Context, Scope, expose, used
from glowplug.analyze.correlations import must_aggregate
from glowplug.analyze.expressions import name_item, named, resolve
from glowplug.analyze.names import LATERAL
from glowplug.analyze.rules.filters import boolean, of_outer_columns, outside_select
from glowplug.analyze.rules.having import having_condition, not_of_the_groups
from glowplug.analyze.rules.time_windows import in_merged_sessions
from glowplug.analyze.semantic import meaning
from glowplug.errors import AnalysisError
from glowplug.plan.expressions import (
    Alias,
    Attribute,
    Call,
    Expression,
    Literal,
    Origin,
    OuterReference,
    Replaced,
    Subquery,
    UnresolvedAttribute,
    UnresolvedStar,
    WindowExpression,
    new_id,
    origin_of,
)
from glowplug.plan.names import derived_name, pretty, qualified_text
from glowplug.plan.predicates import is_deterministic
from glowplug.plan.relations import Aggregate, Filter, Project, Relation, Select, to_attribute
from glowplug.plan.tree import children, contains, map_expressions, outer_columns, walk
from glowplug.type_trees import contains_type
from glowplug.types import INT, VariantType, quote, sql_name


def is_aggregation(node: Select, items: list[Expression], cx: Context) -> bool:
    """GROUP BY is written, or an aggregate stands outside a window, here or in HAVING."""
    if node.grouping is not None or node.grouping_sets:
        return True
    if node.having is not None and not cx.conf.bool("spark.sql.legacy.parser.havingWithoutGroupByAsWhere"):
        return True
    return any(has_aggregates(e) for e in items if not isinstance(e, Attribute))


def aggregate_select(node: Select, child: Relation, items: list[Expression], scope: Scope, cx: Context) -> Relation:
    """A SELECT with groups: `Project(Aggregate(child, keys, results))`, with HAVING between them."""
    grouping, sets, written = _grouping(node, items, scope, cx)
    builder = Groups.over(child, grouping, sets, node.origin, cx)
    if node.prepend_grouping:
        items = [*_prepended(written, builder), *items]
    results = [_renamed(item, builder) for item in items]
    plan: Relation | None = None
    if node.having is not None:
        having = node.having
        place = "'UnresolvedHaving"
        condition = outside_select(lambda: having_condition(having, scope, results, grouping, cx), place)
        if contains(condition, WindowExpression):
            raise AnalysisError("WINDOW_FUNCTION_NOT_ALLOWED_IN_CLAUSE", clauseName="HAVING")
        builder.filtering = True
        try:
            condition = boolean(builder.replace(condition))
        except AnalysisError as error:
            raise not_of_the_groups(error, node.having, results, cx) from None
        plan = Filter(builder.relation(), condition)
    must_aggregate(builder.grouping, [*results, plan.condition] if isinstance(plan, Filter) else results)
    return Project(plan or builder.relation(), tuple(results))


def _renamed(item: Expression, builder: Groups) -> Expression:
    """A select item over the groups; an item that is a grouping expression keeps its own name and metadata."""
    done = builder.replace(item)
    name = to_attribute(item)
    if isinstance(done, Attribute) and isinstance(item, Attribute):
        return done if done.name == item.name else Alias(done, item.name, new_id(), item.metadata, item.qualifier)
    return replace(done, metadata=name.metadata) if isinstance(done, Alias) else named(done)


def _prepended(written: list[int], builder: Groups) -> list[Expression]:
    """A DataFrame aggregation starts with its grouping columns, as often as they were written."""
    return [to_attribute(builder.grouping[i]) for i in written]


def _grouping(
    node: Select, items: list[Expression], scope: Scope, cx: Context
) -> tuple[list[Expression], list[tuple[int, ...]] | None, list[int]]:
    """The grouping expressions; the grouping sets as indexes into them (None = one plain set); the keys as written."""
    if node.grouping_kind == "all" and (scope.named("all") or scope.key("all") in scope.aliases):
        node = replace(node, grouping=(UnresolvedAttribute(("all",)),), grouping_kind="groupby")
    if node.grouping_kind == "all":
        keys_of_all = [_unaliased(e) for e in items if not has_aggregates(e)]
        if not keys_of_all and any(map(_beside_aggregates, items)):
            raise AnalysisError("UNRESOLVED_ALL_IN_GROUP_BY", node.origin)
        for e in keys_of_all:
            _refuse_aliases(e)
        return keys_of_all, None, []
    if not cx.conf.bool("spark.sql.groupByAliases"):
        scope = replace(scope, aliases={})
    found: list[Expression] = []

    def place(e: Expression) -> int:
        done = _group_expression(e, items, scope, cx, bool(node.pipe))
        mine = meaning(done)
        for i, other in enumerate(found):
            if meaning(other) == mine:
                return i
        found.append(done)
        return len(found) - 1

    by_position = not node.pipe and any(_is_position(e, cx) for e in node.grouping or ())
    if by_position and any(isinstance(e, UnresolvedStar) for e in node.expressions):
        raise AnalysisError("STAR_GROUP_BY_POS", node.origin)
    keys = [place(e) for e in node.grouping or ()]
    if node.grouping_kind == "groupby" and not node.grouping_sets:
        return found, None, keys
    match node.grouping_kind:
        case "rollup":
            sets = [tuple(keys[:n]) for n in range(len(keys), -1, -1)]
        case "cube":
            sets = [s for n in range(len(keys), -1, -1) for s in combinations(keys, n)]
        case _:
            sets = [tuple(place(e) for e in one) for one in node.grouping_sets]
    return found, sets, keys or list(range(len(found)))


def _refuse_aliases(e: Expression) -> None:
    """A key that is found by its name in the select list has no names of other items in it."""
    if any(isinstance(x, Replaced) and x.shown.startswith(LATERAL) for x in walk(e)):
        raise AnalysisError("UNSUPPORTED_FEATURE.LATERAL_COLUMN_ALIAS_IN_GROUP_BY")


def _beside_aggregates(e: Expression) -> bool:
    """Whether a column stands outside of aggregates, and not as another item's name either."""
    if isinstance(e, Call) and e.function.kind == "aggregate":
        return False
    if isinstance(e, Replaced) and e.shown.startswith(LATERAL):
        return False
    return isinstance(e, Attribute) or any(_beside_aggregates(c) for c in children(e) if isinstance(c, Expression))


def _unaliased(e: Expression) -> Expression:
    return e.child if isinstance(e, Alias) else e


def _is_position(e: Expression, cx: Context) -> TypeGuard[Literal]:
    return isinstance(e, Literal) and e.type == INT and e.value is not None and cx.conf.bool("spark.sql.groupByOrdinal")


def _group_expression(
    e: Expression, items: list[Expression], scope: Scope, cx: Context, pipe: bool = False
) -> Expression:
    """A position in the select list (after `|>`, in the input), a column, an alias of the list, or any expression
    without aggregates."""
    if _is_position(e, cx):
        if pipe:
            items = list(scope.columns)
        if not 1 <= e.value <= len(items):
            raise AnalysisError("GROUP_BY_POS_OUT_OF_RANGE", e.origin, index=e.value, size=len(items))
        done = _unaliased(items[e.value - 1])
        if has_aggregates(done):
            named_ = f"{qualified_text(done)} AS {quote(to_attribute(items[e.value - 1]).name)}"
            raise AnalysisError("GROUP_BY_POS_AGGREGATE", e.origin, index=e.value, aggExpr=named_)
    else:
        if isinstance(e, UnresolvedAttribute) and len(e.parts) == 1 and not scope.named(e.parts[0]):
            alias = scope.aliases.get(scope.key(e.parts[0]))
        else:
            alias = None
        if alias is not None:
            _refuse_aliases(done := alias.child)
        else:
            done = resolve(e, scope, cx)
            if isinstance(e, UnresolvedAttribute):
                done = name_item(e, done)
    if has_aggregates(done):
        raise AnalysisError("GROUP_BY_AGGREGATE", origin_of(done) or origin_of(e), sqlExpr=qualified_text(done))
    if contains_type(done.type, VariantType):
        raise AnalysisError(
            "GROUP_EXPRESSION_TYPE_IS_NOT_ORDERABLE", sqlExpr=f'"{pretty(done)}"', dataType=f'"{sql_name(done.type)}"'
        )
    return done


class Groups:
    """An aggregation under construction: expressions over its child are replaced by columns of its result."""

    def __init__(
        self,
        child: Relation,
        grouping: list[Expression],
        sets: list[tuple[int, ...]] | None,
        calls: list[Alias],
        cx: Context,
        origin: Origin | None = None,
    ) -> None:
        self.child, self.grouping, self.sets, self.calls, self.cx = child, grouping, sets, calls, cx
        self.origin = origin  # of the SELECT
        self.filtering = False  # whether what is replaced is a condition on groups
        self._meanings: list[Any] | None = None

    @classmethod
    def over(
        cls,
        child: Relation,
        grouping: list[Expression],
        sets: list[tuple[int, ...]] | None,
        origin: Origin | None,
        cx: Context,
    ) -> Groups:
        """With grouping sets each key is a column of its own, because aggregates still see the ungrouped one."""
        keys: list[Expression] = []
        for g in grouping:
            hidden = used(child, g)
            child = expose(child, hidden)
            if sets is not None:
                name = g.name if isinstance(g, (Attribute, Alias)) else derived_name(g)
                inner = g.child if isinstance(g, Alias) else g
                metadata = g.metadata if isinstance(g, (Attribute, Alias)) else None
                qualifier = g.qualifier if isinstance(g, Attribute) else ()
                keys.append(Alias(inner, name, new_id(), metadata, qualifier))
            else:
                keys.append(named(g))
        if sets is None:
            child = in_merged_sessions(child, keys, cx)
        return cls(child, keys, sets, [], cx, origin)

    def relation(self) -> Relation:
        missing = used(self.child, *self.calls)
        columns: tuple[Expression, ...] = tuple(self._key(i) for i in range(len(self.grouping)))
        child, grouping = expose(self.child, missing), self.grouping
        varying = [g for g in grouping if not is_deterministic(g)]
        if varying:  # computed once for each row
            child = Project(child, (*child.output, *varying))
            grouping = [to_attribute(g) if g in varying else g for g in grouping]
        return Aggregate(
            child,
            tuple(grouping),
            (*columns, *self.calls),
            None if self.sets is None else tuple(self.sets),
        )

    def _key(self, i: int) -> Attribute:
        a = to_attribute(self.grouping[i])
        if self.sets is not None and any(i not in s for s in self.sets) and not a.nullable:
            return Attribute(a.name, a.type, True, a.id, a.qualifier, a.metadata)
        return a

    def replace(self, e: Expression) -> Expression:
        """`e` over the result: grouping expressions and aggregates become its columns; anything else is an error."""
        for i, g in enumerate(self.grouping):
            if e == g or e == _unaliased(g):
                return self._key(i)
        if not isinstance(e, (Attribute, Alias)) and (same := self._meant(e)) is not None:
            return self._key(same)
        match e:
            case Call() if e.function.kind == "aggregate":
                return self._aggregate(e)
            case WindowExpression():
                return self._window(e)
            case Attribute():
                if any(e.id == x.id for x in (*self.calls, *self.grouping)):  # type: ignore[attr-defined]
                    return e
                if not self.grouping:
                    raise AnalysisError("MISSING_GROUP_BY", self.origin)
                raise AnalysisError(
                    "MISSING_AGGREGATION", expression=f'"{pretty(e)}"', expressionAnyValue=f'"any_value({pretty(e)})"'
                )
            case Subquery():
                return self._subquery(e)
            case Literal() | OuterReference():
                return e
        return map_expressions(e, self.replace)  # type: ignore[no-any-return]

    def _meant(self, e: Expression) -> int | None:
        """The key that means the same as an expression; a column is none but itself."""
        if self._meanings is None:
            self._meanings = [meaning(g) for g in self.grouping]
        if all(m[0] == "column" for m in self._meanings if isinstance(m, tuple)):
            return None
        mine = meaning(e)
        return next((i for i, m in enumerate(self._meanings) if m == mine), None)

    def _window(self, e: WindowExpression) -> Expression:
        """The window's own function stays; its arguments, partitions and order are over the groups."""
        inner = map_expressions(_window_call(e), self.replace)
        function = replace(e.function, child=inner) if isinstance(e.function, Replaced) else inner
        return replace(
            e,
            function=function,
            partition_by=tuple(self.replace(p) for p in e.partition_by),
            order_by=tuple(map_expressions(o, self.replace) for o in e.order_by),
        )

    def _subquery(self, e: Subquery) -> Expression:
        """A correlated subquery in a select list sees the groups' columns."""
        by_id = {g.id: i for i, g in enumerate(self.grouping) if isinstance(g, Attribute)}
        for i, g in enumerate(self.grouping):
            if isinstance(g, Alias) and isinstance(g.child, Attribute):
                by_id[g.child.id] = i

        below = {a.id for a in self.child.output}

        def change(node: object) -> object:
            from glowplug.plan.tree import rewrite

            if self.filtering and isinstance(node, Call) and of_outer_columns(node):
                return OuterReference(self._aggregate(_here(node)))
            if isinstance(node, OuterReference):
                if node.attribute.id in by_id:
                    return OuterReference(self._key(by_id[node.attribute.id]))
                if node.attribute.id in below:
                    self._refuse_ungrouped(node.attribute)
                return node
            return rewrite(node, (Expression, Relation), change)

        if (
            e.kind == "scalar" and outer_columns(e.plan) and not self.filtering
        ):  # a grouping expression would have been replaced
            condition = "SCALAR_SUBQUERY_IS_IN_GROUP_BY_OR_AGGREGATE_FUNCTION"
            raise AnalysisError(condition, e.origin, sqlExpr=f'"{pretty(e)}"')
        values = tuple(self.replace(v) for v in e.values)
        return replace(e, plan=change(e.plan), values=values)  # type: ignore[arg-type]

    def _refuse_ungrouped(self, column: Attribute) -> None:
        """A subquery asks for a column of the rows that the groups do not have."""
        if self.filtering:
            raise AnalysisError(
                "MISSING_ATTRIBUTES.RESOLVED_ATTRIBUTE_MISSING_FROM_INPUT",
                self.origin,
                missingAttributes=f'"{column.name}"',
                input=", ".join(f'"{pretty(e)}"' for e in (*map(to_attribute, self.grouping), *self.calls)),
                operator="Filter",
            )
        self.replace(column)

    def _aggregate(self, call: Call) -> Attribute:
        for x in (y for a in call.args for y in walk(a)):
            if isinstance(x, Call) and x.function.kind == "aggregate":
                raise AnalysisError("NESTED_AGGREGATE_FUNCTION", x.origin)
            if isinstance(x, WindowExpression):
                raise AnalysisError("_LEGACY_ERROR_TEMP_1031")
            if isinstance(x, Call) and not x.function.deterministic:
                condition = "AGGREGATE_FUNCTION_WITH_NONDETERMINISTIC_EXPRESSION"
                raise AnalysisError(condition, call.origin, sqlExpr=f'"{pretty(call)}"')
        _check_outer(call)
        if call.function.names[0] in ("grouping", "grouping_id"):
            call = self._grouping_call(call)
        for c in self.calls:
            if c.child == call:
                return to_attribute(c)
        alias = Alias(call, derived_name(call), new_id())
        self.calls.append(alias)
        return to_attribute(alias)

    def _grouping_call(self, call: Call) -> Call:
        """`grouping(a)` refers to a grouping key; `grouping_id()` to all of them."""
        if self.sets is None:
            raise AnalysisError("UNSUPPORTED_GROUPING_EXPRESSION", call.origin)
        keys: list[Expression] = []
        own = {to_attribute(g).id for g in self.grouping}
        by_name = call.function.names[0] == "grouping_id" and call.args
        if call.args and all(isinstance(a, Attribute) and a.id in own for a in call.args):
            return call
        for a in call.args or tuple(map(_unaliased, self.grouping)):
            at = [i for i, g in enumerate(self.grouping) if a in (g, _unaliased(g))]
            if not at:
                columns = ", ".join(map(pretty, self.grouping))
                if call.function.names[0] == "grouping":
                    raise AnalysisError(
                        "GROUPING_COLUMN_MISMATCH", call.origin, grouping=f'"{pretty(a)}"', groupingColumns=columns
                    )
                raise AnalysisError(
                    "GROUPING_ID_COLUMN_MISMATCH",
                    call.origin,
                    groupingIdColumn=", ".join(map(pretty, call.args)),
                    groupByColumns=columns,
                )
            keys.append(to_attribute(self.grouping[at[0]]))
        if by_name and [k.id for k in keys] != [to_attribute(g).id for g in self.grouping]:  # type: ignore[attr-defined]
            raise AnalysisError(
                "GROUPING_ID_COLUMN_MISMATCH",
                call.origin,
                groupingIdColumn=",".join(map(pretty, call.args)),
                groupByColumns=",".join(map(pretty, self.grouping)),
            )
        return replace(call, args=tuple(keys))


def _check_outer(call: Call) -> None:
    """An aggregate of a subquery is of its own rows. Raises UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY."""
    columns = {type(x) for a in call.args for x in walk(a) if isinstance(x, (Attribute, OuterReference))}
    if OuterReference in columns:
        mixed = Attribute in columns
        kind = "AGGREGATE_FUNCTION_MIXED_OUTER_LOCAL_REFERENCES" if mixed else "CORRELATED_REFERENCE"
        shown = {"function": qualified_text(call)} if mixed else {"sqlExprs": f'"{pretty(call)}"'}
        raise AnalysisError(f"UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.{kind}", call.origin, **shown)


def _here(e: Any) -> Any:
    """An expression of a subquery as one of the query around it."""
    return e.attribute if isinstance(e, OuterReference) else map_expressions(e, _here)


def _window_call(e: WindowExpression) -> Expression:
    return e.function.child if isinstance(e.function, Replaced) else e.function
