"""A service without a kernel: queries answer with rows that the test makes."""

import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pyarrow as pa
import pyspark.sql.connect.proto as pb
import pytest

from glowplug import query
from glowplug.connect.service import Service
from glowplug.execute.operation import Operation
from glowplug.plan.expressions import Literal
from glowplug.plan.relations import Relation
from glowplug.session.engine import Engine
from glowplug.session.session import Session
from glowplug.types import LONG, StructField, StructType

SCHEMA = StructType((StructField("id", LONG, False),))


@dataclass
class Rows:
    """What a fake query yields. `closed` is set when its result is given back."""

    batches: Callable[[Operation], Iterator[pa.RecordBatch]]
    observed: dict[str, tuple[tuple[str, Literal], ...]] = field(default_factory=dict)
    closed: threading.Event = field(default_factory=threading.Event)
    started: int = 0


@dataclass
class Result:
    rows: Rows
    operation: Operation
    schema: StructType = SCHEMA

    def __post_init__(self) -> None:
        self.batches = self.rows.batches(self.operation)
        self.operation.observed.update(self.rows.observed)

    def close(self) -> None:
        self.rows.closed.set()


@pytest.fixture
def service() -> Iterator[Service]:
    service = Service(Engine())
    yield service
    service.close()


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Rows]:
    """`answer(batches)` makes every query yield these batches."""

    def with_batches(batches: Callable[[Operation], Iterator[pa.RecordBatch]], **kwargs: object) -> Rows:
        rows = Rows(batches, **kwargs)

        def execute(relation: Relation, session: Session, operation: Operation) -> Result:
            rows.started += 1
            return Result(rows, operation)

        monkeypatch.setattr(query, "execute", execute)
        return rows

    return with_batches


@pytest.fixture
def session_id() -> str:
    return str(uuid.uuid4())


@pytest.fixture
def request_of(session_id: str) -> Callable[..., pb.ExecutePlanRequest]:
    """A request to execute some relation."""

    def make(reattachable: bool = False, **fields: object) -> pb.ExecutePlanRequest:
        request = pb.ExecutePlanRequest(session_id=session_id, operation_id=str(uuid.uuid4()), **fields)
        request.user_context.user_id = "u"
        if not request.plan.WhichOneof("op_type"):
            request.plan.root.range.end, request.plan.root.range.step = 1, 1
        request.request_options.add().reattach_options.reattachable = reattachable
        return request

    return make
