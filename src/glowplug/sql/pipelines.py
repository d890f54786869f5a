"""Statements of declarative pipelines, read in full and refused: they make sense in the files of a pipeline only.

Source: https://spark.apache.org/docs/latest/declarative-pipelines-programming-guide.html
"""

from __future__ import annotations

from glowplug.errors import UnsupportedOperation
from glowplug.sql import clauses, columns, dml, literals, queries, tables
from glowplug.sql.clauses import if_not_exists
from glowplug.sql.cursor import Cursor
from glowplug.sql.names import multipart

_NO_CONSTRAINTS = (
    "Pipeline datasets do not currently support column constraints. Please remove any CHECK, UNIQUE, PK, and FK "
    "constraints specified on the pipeline dataset."
)


def refuse(c: Cursor, start: int) -> None:
    """`MATERIALIZED VIEW`, `STREAMING TABLE` or `FLOW`, where one of them is next."""
    for words in (("MATERIALIZED", "VIEW"), ("STREAMING", "TABLE")):
        if c.take(*words):
            _dataset(c, start, " ".join(words))
    if c.take("FLOW"):
        _flow(c)


def _dataset(c: Cursor, start: int, kind: str) -> None:
    if_not_exists(c)
    multipart(c)
    elements = c.paren_list(columns.table_element) if c.kind == "(" and not c.take("(", ")") else ()
    body = tables.clauses_of(c, start)
    has_query = c.take("AS")
    if has_query:
        queries.query(c)
    refused = {
        f"Hive SerDe format options are not supported for CREATE {kind} statements.": bool(body.hive or body.stored),
        f"Unable to find query for CREATE {kind} statement.": kind == "MATERIALIZED VIEW" and not has_query,
        f"Options are not supported for CREATE {kind} statements. Please remove any OPTIONS lists specified in the "
        "statement.": bool(body.options),
        f"Specifying location is not supported for CREATE {kind} statements. The storage location for a pipeline "
        "dataset is managed by the pipeline itself.": body.location is not None,
        f"Bucketing is not supported for CREATE {kind} statements. Please remove any bucket spec specified in the "
        "statement.": body.bucket_by is not None,
        _NO_CONSTRAINTS: any(constraints for _, constraints in elements),
    }
    for message, applies in refused.items():
        if applies:
            raise clauses.not_allowed(c, start, message)
    raise UnsupportedOperation("UNSUPPORTED_FEATURE.CREATE_PIPELINE_DATASET_QUERY_EXECUTION", pipelineDatasetType=kind)


def _flow(c: Cursor) -> None:
    multipart(c)
    if c.take("COMMENT"):
        literals.string(c)
    c.expect("AS")
    if c.kind != "INSERT":
        c.fail()
    dml.insert(c)
    raise UnsupportedOperation("UNSUPPORTED_FEATURE.CREATE_FLOW_QUERY_EXECUTION")
