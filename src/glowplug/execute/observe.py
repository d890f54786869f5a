"""`observe`: metrics over rows that pass through a plan, from the very computation that the rows come from."""

from __future__ import annotations

from glowplug.arrow import from_arrow_scalar
from glowplug.execute.operation import Operation
from glowplug.kernel.relations import relation_sql
from glowplug.kernel.workbench import Workbench
from glowplug.plan.expressions import Literal, new_id
from glowplug.plan.relations import Aggregate, CollectMetrics, Relation
from glowplug.plan.tree import walk_relations


def observe(plan: Relation, bench: Workbench, operation: Operation) -> None:
    """Keep the rows of each observed relation in a kernel table (which spills) and aggregate that; innermost first."""
    for node in reversed([n for n in walk_relations(plan) if isinstance(n, CollectMetrics)]):
        table = f"observed{new_id()}"
        bench.execute(f"CREATE TEMP TABLE {table} AS {relation_sql(node.child, bench)}")
        bench.connection.at_reset(f"DROP TABLE IF EXISTS {table}")
        bench.memory[id(node)] = table
        if not node.metrics:
            operation.observed[node.name] = ()
            continue
        metrics = Aggregate(node, (), node.metrics)
        _, batches = bench.stream(bench.query(metrics))
        row = next(batches)
        list(batches)
        operation.observed[node.name] = tuple(
            (a.name, Literal(from_arrow_scalar(column[0], a.type), a.type))
            for a, column in zip(metrics.output, row.columns, strict=True)
        )
