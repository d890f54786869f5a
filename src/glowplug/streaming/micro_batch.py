"""One micro-batch, from new offsets to the commit, on one screen.

What a crash means, by the step it comes after (`steps.py` names them; tests die at each):

    source.latest        nothing has happened
    offsets/N written    the next run does batch N again, with these offsets, this watermark and this time
    operators, sink      as before; the sink has the rows or not, and knows which by the batch's number
    state written        version N + 1 of the state is there, and is written again by the next run
    commits/N written    the batch is done: the next run begins with N + 1
    source.commit        after offsets/N+1 was written: what is before N is not needed any more
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

from glowplug.errors import ExecutionError, SparkError
from glowplug.execute.operation import Operation
from glowplug.io.source import Source
from glowplug.io.streams.contract import Reader
from glowplug.plan.relations import Relation
from glowplug.plan.streams import EventTimeWatermark, OutputMode, StreamingRelation
from glowplug.session.session import Session
from glowplug.streaming import plans
from glowplug.streaming.batch import Batch
from glowplug.streaming.checkpoint import BatchOffsets, Checkpoint
from glowplug.streaming.operators.contract import Operator
from glowplug.streaming.progress import Durations, SourceProgress
from glowplug.streaming.sinks.contract import Rows, Sink
from glowplug.streaming.steps import reached
from glowplug.streaming.watermark import POLICY, Observer, Watermarks

KEEP = "spark.sql.streaming.minBatchesToRetain"
NO_DATA_BATCHES = "spark.sql.streaming.noDataMicroBatches.enabled"
PINNED = (
    "spark.sql.shuffle.partitions",
    POLICY,
    "spark.sql.streaming.stateStore.providerClass",
)
Offsets = tuple[str | None, ...]


@dataclass(slots=True)
class Run:
    """A query at work. `ends` is up to where each source was read by the batches before `batch`, which comes next."""

    session: Session
    operation: Operation
    plan: Relation
    mode: OutputMode
    checkpoint: Checkpoint
    readers: list[Reader]
    operators: list[Operator]
    sink: Sink
    watermarks: Watermarks
    batch: int = 0
    ends: Offsets = ()
    planned: BatchOffsets | None = None  # of a batch that a run before began and did not finish
    late_ms: int = 0  # the watermark of the batch before
    heard: list[float] = field(default_factory=list)  # when each source last had something, by `time.monotonic`
    # the plan's nodes of each kind, found once: an idle query asks for them a hundred times a second
    streams: Sequence[StreamingRelation] = field(init=False)
    timed: Sequence[EventTimeWatermark] = field(init=False)
    stateful: Sequence[Relation] = field(init=False)

    def __post_init__(self) -> None:
        self.streams = plans.streams_of(self.plan)
        self.timed = plans.watermark_nodes(self.plan)
        self.stateful = plans.stateful(self.plan)

    def close(self, well: bool) -> None:
        """The query has ended, `well` or with an error: sources, state in memory and the sink are given back."""
        batch = Batch(self.batch, self.session, Operation(""), self.mode, 0, 0, 0)
        with ExitStack() as closing:  # one that fails keeps none of the others
            if well:
                closing.callback(self.checkpoint.close)
            closing.callback(self.sink.close)
            for operator in self.operators:
                closing.callback(operator.close, batch)
            for reader in self.readers:
                closing.callback(reader.close)


@dataclass(slots=True)
class Done:
    """What a batch did, for its report."""

    started_ms: int
    batch: int
    sources: list[SourceProgress] = field(default_factory=list)
    output_rows: int = 0
    watermark_ms: int = 0
    seen: tuple[int, int, int] | None = None


def recover(run: Run) -> None:
    """Where the run before came to: its last batch is begun again if it was not committed."""
    checkpoint, nodes = run.checkpoint, len(run.readers)
    run.ends = (None,) * nodes
    last, committed = checkpoint.offsets.latest(), checkpoint.commits.latest()
    if last is not None:
        offsets = checkpoint.read_offsets(last)
        if len(offsets.ends) != nodes:
            raise _other_sources(len(offsets.ends), nodes)
        for key, value in offsets.conf.items():
            if key in PINNED:
                run.session.conf.record(key, value)
        run.watermarks.policy = offsets.conf.get(POLICY, "min")
        if committed == last:
            run.batch, run.ends = last + 1, offsets.ends
            run.watermarks.current_ms, run.late_ms = checkpoint.read_commit(last), offsets.watermark_ms
        else:
            run.batch, run.planned = last, offsets
            run.watermarks.current_ms = offsets.watermark_ms
            if last > 0:
                before = checkpoint.read_offsets(last - 1)
                run.ends, run.late_ms = before.ends, before.watermark_ms
    run.heard = [time.monotonic()] * nodes
    begin = _batch(run, 0)
    for operator in run.operators:
        operator.restore(run.batch, begin)


def run_batch(run: Run, durations: Durations, limited: bool = True) -> Done | None:
    """The next batch; None where there is nothing to do for one."""
    started, begun = time.time_ns() // 1_000_000, time.monotonic()
    # Step 1: up to where to read.
    with durations.part("latestOffset"):
        offsets = run.planned or _next_offsets(run, started, limited)
    if offsets is None:
        return None
    done = Done(started, run.batch)
    # Step 2: write that down, before anything is read.
    if run.planned is None:
        reached("offsets", run.batch)
        with durations.part("walCommit"):
            run.checkpoint.offsets.add(run.batch, offsets.lines())
        reached("offsets written", run.batch)
        # Step 3: what came before is done with.
        if run.batch > 0:
            for reader, end in zip(run.readers, run.ends, strict=True):
                if end is not None:
                    reader.commit(end)
            run.checkpoint.purge(run.batch - (run.session.conf.int(KEEP) or 100))
            reached("sources committed", run.batch)
    batch = _batch(run, offsets.timestamp_ms)
    try:
        run.operation.check()
        # Step 4: rows in the place of streams; stateful operators take them in.
        with durations.part("getBatch"):
            sources = _sources(run, offsets)
        with durations.part("queryPlanning"):
            observers = [Observer() for _ in run.readers]
            run.watermarks.begin(run.timed)
            plan = plans.bound(run.plan, sources, observers, run.operators, run.watermarks, batch)
            reached("planned", run.batch)
        # Step 5: the sink takes the rows, and the state is written.
        with durations.part("addBatch"):
            run.operation.check()
            reached("sink", run.batch)
            done.output_rows = run.sink.add(run.batch, Rows(plan, batch))
            reached("sink done", run.batch)
            run.operation.check()
            for operator in run.operators:
                operator.save(run.batch + 1, batch)
            reached("state written", run.batch)
        # Step 6: the watermark of the next batch, and the commit.
        run.heard = [begun if o.rows else at for o, at in zip(observers, run.heard, strict=True)]
        done.seen, done.watermark_ms = run.watermarks.seen(), run.watermarks.current_ms
        run.watermarks.advance(_speaking(run))
        reached("commit", run.batch)
        with durations.part("commitOffsets"):
            run.checkpoint.write_commit(run.batch, run.watermarks.current_ms)
        reached("commit written", run.batch)
    finally:
        batch.close()
    for reader, start, end, observer in zip(run.readers, run.ends, offsets.ends, observers, strict=True):
        latest, metrics = reader.report(end)
        reader.took(time.monotonic() - begun)
        done.sources.append(SourceProgress(reader.description, start, end, latest, observer.rows, metrics))
    run.late_ms, run.ends, run.planned = offsets.watermark_ms, offsets.ends, None
    run.batch += 1
    return done


def _next_offsets(run: Run, now_ms: int, limited: bool) -> BatchOffsets | None:
    """None if no source has anything new, and no state is waiting for the watermark or the time that has come."""
    found = tuple(r.latest(start, limited) for r, start in zip(run.readers, run.ends, strict=True))
    ends = tuple(new if new is not None else old for new, old in zip(found, run.ends, strict=True))
    if ends == run.ends:
        run.watermarks.advance(_speaking(run))  # without inputs that have become idle
    watermark = run.watermarks.current_ms
    if ends == run.ends:
        batch = _batch(run, now_ms)
        if not (run.session.conf.bool(NO_DATA_BATCHES) and _pending(run, batch)):
            return None
    conf = {key: value for key in PINNED if (value := run.session.conf.get_option(key)) is not None}
    return BatchOffsets(watermark, now_ms, conf, ends)


def _speaking(run: Run) -> list[EventTimeWatermark]:
    """The nodes that have a say in the watermark: not those whose inputs have all been silent for too long."""
    now = time.monotonic()
    limits = [n.source.idle_timeout for n in run.streams]
    idle = {id(n) for n, t, at in zip(run.streams, limits, run.heard, strict=True) if t is not None and now - at > t}
    return [n for n in run.timed if not idle or any(id(s) not in idle for s in plans.streams_of(n))]


def _pending(run: Run, batch: Batch) -> bool:
    """Whether an operator would do something in a batch without rows."""
    at = plans.at_operators(run.plan, run.stateful, run.operators, batch)
    return any(o.pending(b) for o, b in zip(run.operators, at, strict=True))


def _sources(run: Run, offsets: BatchOffsets) -> list[Source | None]:
    return [
        None if end is None or end == start else reader.source(start, end)
        for reader, start, end in zip(run.readers, run.ends, offsets.ends, strict=True)
    ]


def _batch(run: Run, timestamp_ms: int) -> Batch:
    return Batch(run.batch, run.session, run.operation, run.mode, timestamp_ms, run.late_ms, run.watermarks.current_ms)


def _other_sources(before: int, now: int) -> SparkError:
    return ExecutionError("_LEGACY_ERROR_TEMP_3102", msg=f"the checkpoint is of {before} sources, the query has {now}")
