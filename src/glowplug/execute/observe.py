"""`observe`: metrics over rows that pass through a plan, from the very computation that the rows come from."""

from __future__ import annotations

from glowplug.arrow import from_arrow_scalar
from glowplug.kernel.compile import Compiler
from glowplug.kernel.database import Connection
from glowplug.kernel.relations import relation_sql
from glowplug.plan.expressions import Literal, new_id
from glowplug.plan.relations import Aggregate, CollectMetrics, Relation
from glowplug.plan.tree import walk_relations

Observed = dict[str, tuple[tuple[str, Literal], ...]]


def observe(plan: Relation, compiler: Compiler, connection: Connection, observed: Observed) -> None:
    """Keep the rows of each observed relation in a kernel table (which spills) and aggregate that; innermost first."""
    from glowplug.execute.local import prepare

    for node in reversed([n for n in walk_relations(plan) if isinstance(n, CollectMetrics)]):
        table = f"observed{new_id()}"
        rows = relation_sql(node.child, compiler)
        prepare(compiler, connection)
        connection.execute(f"CREATE TEMP TABLE {table} AS {rows}")
        connection.at_reset(f"DROP TABLE IF EXISTS {table}")
        compiler.memory[id(node)] = table
        if not node.metrics:
            observed[node.name] = ()
            continue
        metrics = Aggregate(node, (), node.metrics)
        _, batches = connection.stream(compiler.query(metrics))
        row = next(batches)
        values = [from_arrow_scalar(column[0], a.type) for column, a in zip(row.columns, metrics.output, strict=True)]
        list(batches)
        observed[node.name] = tuple((a.name, Literal(v, a.type)) for a, v in zip(metrics.output, values, strict=True))
