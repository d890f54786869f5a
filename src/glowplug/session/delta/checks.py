"""What rows must be before they are written: NOT NULL and CHECK, as parts of the plan that makes the rows."""

from __future__ import annotations

import json
from collections.abc import Mapping

from glowplug.analyze.context import Context, Scope, references, scope_of
from glowplug.analyze.expressions import resolve
from glowplug.lake.delta.columns import is_computed
from glowplug.plan.build import called
from glowplug.plan.expressions import Alias, Attribute, Cast, Expression, Literal, new_id
from glowplug.plan.relations import Project, Relation
from glowplug.sql import Settings, parse_expression
from glowplug.type_trees import fields_in
from glowplug.types import BOOLEAN, STRING, StructField, StructType

CONSTRAINT, INVARIANTS = "delta.constraints.", "delta.invariants"


def call(cx: Context, name: str, *args: Expression) -> Expression:
    """A call over resolved arguments."""
    return resolve(called(name, *args), Scope(()), cx)


def is_true(test: Expression, cx: Context) -> Expression:
    return call(cx, "coalesce", test, Literal(False, BOOLEAN))


def checked(plan: Relation, schema: StructType, configuration: Mapping[str, str], cx: Context) -> Relation:
    """The rows of `plan`, which has the columns of the schema; one that must not be fails with its values."""
    nullable = {a.name.lower(): a.nullable for a in plan.output}
    plan = _not_null(plan, [f for f in schema.fields if not f.nullable and nullable[f.name.lower()]], cx)
    if any(is_computed(f) for f in schema.fields):
        from glowplug.session.delta.generated import verified

        plan = verified(plan, schema, cx)
    for f in fields_in(schema):
        if (
            text := json.loads(f.metadata).get(INVARIANTS)
        ) is not None:  # what checks were before constraints had names
            plan = _check(plan, f.name, json.loads(text)["expression"]["expression"], cx)
    for key in sorted(k for k in configuration if k.startswith(CONSTRAINT)):
        plan = _check(plan, key.removeprefix(CONSTRAINT), configuration[key], cx)
    return plan


def _not_null(plan: Relation, fields: list[StructField], cx: Context) -> Relation:
    if not fields:
        return plan
    wanted = {f.name.lower() for f in fields}
    items: list[Expression] = []
    for a in plan.output:
        if a.name.lower() in wanted:
            call = called("delta_not_null", a, called("isnotnull", a), Literal(a.name, STRING))
            items.append(Alias(resolve(call, scope_of(plan, cx=cx), cx), a.name, new_id(), a.metadata))
        else:
            items.append(a)
    return Project(plan, tuple(items))


def condition(plan: Relation, text: str | Expression, cx: Context) -> Expression:
    """A condition, as text or unresolved, over the columns of a plan."""
    given = parse_expression(text, Settings.of(cx.conf)) if isinstance(text, str) else text
    return resolve(given, scope_of(plan, cx=cx), cx)


def _check(plan: Relation, name: str, text: str, cx: Context) -> Relation:
    """As in Delta, the message has the values of the columns that the constraint is about."""
    test = condition(plan, text, cx)
    more = (Literal(name, STRING), Literal(text, STRING), shown(references(test)))
    return guarded(plan, "delta_check", test, more, cx)


def guarded(plan: Relation, function: str, test: Expression, more: tuple[Expression, ...], cx: Context) -> Relation:
    """The plan's rows, if they pass: its first column is computed by a function that fails where the test does."""
    first, *others = plan.output
    whole = resolve(called(function, first, test, *more), scope_of(plan, cx=cx), cx)
    return Project(plan, (Alias(whole, first.name, new_id(), first.metadata), *others))


def shown(columns: tuple[Attribute, ...]) -> Expression:
    """The values of columns as messages show them."""
    texts: list[Expression] = []
    for a in columns:
        value = called("coalesce", Cast(a, STRING, "legacy"), Literal("null", STRING))
        texts += [Literal(f"\n - {a.name} : ", STRING), value]
    return called("concat", *texts) if texts else Literal("", STRING)
