"""AnalyzePlan: what can be said of a plan without executing it. Every kind is a function of the table ANALYSES."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyspark.sql.connect.proto as pb
from pyspark.sql.connect.proto import AnalyzePlanResponse as Answer

from glowplug import query
from glowplug.config import SPARK_VERSION
from glowplug.connect import encode, plans
from glowplug.errors import IllegalArgument, InvalidPlanInput, ParseError, not_as_a_batch
from glowplug.execute.cache import MEMORY_AND_DISK_DESER, StorageLevel
from glowplug.execute.local import schema_of
from glowplug.execute.operation import Foreseen
from glowplug.plan.streams import StreamingRelation
from glowplug.plan.tree import walk_relations
from glowplug.session.session import Session
from glowplug.types import DataType, StructType, to_ddl
from glowplug.types_json import from_json

Request = Any
EXPLAIN_MODES = {
    pb.AnalyzePlanRequest.Explain.EXPLAIN_MODE_SIMPLE: "simple",
    pb.AnalyzePlanRequest.Explain.EXPLAIN_MODE_EXTENDED: "extended",
    pb.AnalyzePlanRequest.Explain.EXPLAIN_MODE_CODEGEN: "codegen",
    pb.AnalyzePlanRequest.Explain.EXPLAIN_MODE_COST: "cost",
    pb.AnalyzePlanRequest.Explain.EXPLAIN_MODE_FORMATTED: "formatted",
}


def analyze(request: pb.AnalyzePlanRequest, session: Session, response: Answer) -> None:
    """Write the answer to the request into `response`."""
    kind = request.WhichOneof("analyze")
    if kind is None:
        raise InvalidPlanInput("CONNECT_INVALID_PLAN.UNKNOWN_ANALYZE_METHOD", other="ANALYZE_NOT_SET")
    ANALYSES[kind](getattr(request, kind), session, response)


def schema(request: Request, session: Session, response: Answer) -> None:
    relation = plans.relation(request.plan, session)
    plan = query.analyzed(relation, session)
    session.engine.foreseen = Foreseen(request.plan, relation, plan, session.server_side_id)
    encode.data_type(schema_of(plan), response.schema.schema)


def explain(request: Request, session: Session, response: Answer) -> None:
    mode = EXPLAIN_MODES.get(request.explain_mode)
    if mode is None:
        raise InvalidPlanInput(
            "CONNECT_INVALID_PLAN.INVALID_ENUM",
            fullName="spark.connect.AnalyzePlanRequest.Explain.ExplainMode",
            name="EXPLAIN_MODE_UNSPECIFIED",
            number=request.explain_mode,
        )
    response.explain.explain_string = query.explain(plans.relation(request.plan, session), session, mode)


def tree_string(request: Request, session: Session, response: Answer) -> None:
    level = request.level if request.HasField("level") and request.level > 0 else None
    response.tree_string.tree_string = query.tree_string(plans.relation(request.plan, session), session, level)


def is_local(request: Request, session: Session, response: Answer) -> None:
    response.is_local.is_local = query.is_local(plans.relation(request.plan, session), session)


def is_streaming(request: Request, session: Session, response: Answer) -> None:
    response.is_streaming.is_streaming = query.is_streaming(plans.relation(request.plan, session), session)


def input_files(request: Request, session: Session, response: Answer) -> None:
    response.input_files.SetInParent()
    response.input_files.files.extend(query.input_files(plans.relation(request.plan, session), session))


def spark_version(request: Request, session: Session, response: Answer) -> None:
    response.spark_version.version = SPARK_VERSION


def ddl_parse(request: Request, session: Session, response: Answer) -> None:
    from glowplug.sql import Settings, parse_schema, parse_type  # the parser loads only when text is parsed

    settings = Settings.of(session.conf)
    try:  # columns, or else one type; what is neither is wrong as columns
        parsed: DataType = parse_schema(request.ddl_string, settings) if request.ddl_string.strip() else StructType()
    except ParseError as failure:
        try:
            parsed = parse_type(request.ddl_string, settings)
        except ParseError:
            raise failure from None
    encode.data_type(parsed, response.ddl_parse.parsed)


def same_semantics(request: Request, session: Session, response: Answer) -> None:
    one, other = (plans.relation(plan, session) for plan in (request.target_plan, request.other_plan))
    response.same_semantics.result = query.same_semantics(one, other, session)


def semantic_hash(request: Request, session: Session, response: Answer) -> None:
    response.semantic_hash.result = query.semantic_hash(plans.relation(request.plan, session), session)


def persist(request: Request, session: Session, response: Answer) -> None:
    level = MEMORY_AND_DISK_DESER
    if request.HasField("storage_level"):
        given = request.storage_level
        level = StorageLevel(
            given.use_disk, given.use_memory, given.use_off_heap, given.deserialized, given.replication
        )
    plan = query.analyze(plans.decode_relation(request.relation, session), session)
    if any(isinstance(n, StreamingRelation) for n in walk_relations(plan)):
        raise not_as_a_batch()
    session.cache.persist(plan, session.conf, session.server_side_id, level)
    response.persist.SetInParent()


def unpersist(request: Request, session: Session, response: Answer) -> None:
    session.cache.unpersist(query.analyze(plans.decode_relation(request.relation, session), session), session.conf)
    response.unpersist.SetInParent()


def get_storage_level(request: Request, session: Session, response: Answer) -> None:
    plan = query.analyze(plans.decode_relation(request.relation, session), session)
    level = session.cache.level(plan, session.conf)
    out = response.get_storage_level.storage_level
    out.use_disk, out.use_memory, out.use_off_heap = level.use_disk, level.use_memory, level.use_off_heap
    out.deserialized, out.replication = level.deserialized, level.replication


def json_to_ddl(request: Request, session: Session, response: Answer) -> None:
    type = from_json(request.json_string)
    if not isinstance(type, StructType):
        raise IllegalArgument("INVALID_JSON_DATA_TYPE", invalidType=request.json_string)
    response.json_to_ddl.ddl_string = to_ddl(type)


ANALYSES: dict[str, Callable[[Request, Session, Answer], None]] = {
    "schema": schema,
    "explain": explain,
    "tree_string": tree_string,
    "is_local": is_local,
    "is_streaming": is_streaming,
    "input_files": input_files,
    "spark_version": spark_version,
    "ddl_parse": ddl_parse,
    "same_semantics": same_semantics,
    "semantic_hash": semantic_hash,
    "persist": persist,
    "unpersist": unpersist,
    "get_storage_level": get_storage_level,
    "json_to_ddl": json_to_ddl,
}
