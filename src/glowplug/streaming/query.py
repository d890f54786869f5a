"""A streaming query: the thread that runs its batches, and what is known of it from outside."""

from __future__ import annotations

import json
import logging
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable

from glowplug.errors import ExecutionError, SparkError
from glowplug.execute.operation import Operation, running
from glowplug.execute.python.settings import ACCUMULATORS
from glowplug.plan.streams import Trigger
from glowplug.session.explain import explain
from glowplug.streaming.micro_batch import Done, Run, recover, run_batch
from glowplug.streaming.progress import Durations, Progress, instant

POLLING = "spark.sql.streaming.pollingDelay"
RETAINED = "spark.sql.streaming.numRecentProgressUpdates"
STOP_TIMEOUT = "spark.sql.streaming.stopTimeout"
log = logging.getLogger("glowplug.streaming")
IDLE_MS = 10_000  # so often an idle query says that it is
Publish = Callable[["StreamingQuery", str, str], None]  # whose event, its kind and its JSON


class StreamingQuery:
    """`start` begins it; every other method may be called from any thread.

    `prepare` makes the `Run`, on the query's own thread: what fails there is the query's failure, as in Spark.
    """

    def __init__(
        self,
        id: str,
        name: str | None,
        trigger: Trigger,
        operation: Operation,
        publish: Publish,
        stop_timeout: float | None = None,
    ) -> None:
        """`stop_timeout`: seconds for which `stop` waits at most."""
        self.stop_timeout = stop_timeout
        self.id, self.run_id, self.name = id, str(uuid.uuid4()), name
        self.trigger, self.operation, self.publish = trigger, operation, publish
        self.run: Run | None = None
        self.message = "Initializing sources"
        self.data_available = self.trigger_active = False
        self.active = True
        self.progress: deque[Progress] = deque(maxlen=100)
        self.error: StreamFailed | None = None
        self.ended = threading.Event()
        self._stopping = threading.Event()
        self._changed = threading.Condition()
        self._idle_since = -1.0  # when a trigger last found nothing to do
        self._last_trigger = 0.0
        self._thread: threading.Thread | None = None

    def start(self, prepare: Callable[[], Run]) -> str:
        """The started event, as JSON."""
        self._thread = threading.Thread(
            target=self._execute,
            args=(prepare,),
            name=f"stream execution thread for {self.name or self.id}",
            daemon=True,
        )
        now = instant(time.time() * 1000)
        event = {"id": self.id, "runId": self.run_id, "name": self.name, "timestamp": now}
        self._thread.start()
        return json.dumps(event)

    def stop(self) -> None:
        """End the query, its running batch included, and wait until it has; a next run does that batch again.

        Raises StopTimeout.
        """
        self.drain()
        thread = self._thread
        if thread is None or thread is threading.current_thread():
            self.operation.cancel()
            return

        def ended(seconds: float) -> bool:
            thread.join(seconds)
            return not thread.is_alive()

        if not self.operation.insist(ended, self.stop_timeout):
            raise StopTimeout(self)

    def drain(self) -> None:
        """End the query once the running batch is committed, so that a restart repeats nothing."""
        self._stopping.set()
        with self._changed:
            self._changed.notify_all()

    def await_termination(self, seconds: float | None = None) -> bool:
        """Whether it has ended; its failure is raised."""
        ended = self.ended.wait(seconds)
        if ended and self.error is not None:
            raise self.error
        return ended

    def processed(self, called: float, seconds: float | None) -> bool:
        """Wait until all that was there at the time `called` (monotonic) is in the sink; whether it is. Its failure is
        raised."""
        with self._changed:
            done = self._changed.wait_for(lambda: self.ended.is_set() or self._idle_since >= called, seconds)
        if self.error is not None:
            raise self.error
        return done

    def explain(self, extended: bool) -> str:
        """The plan of the query, whose streams give way to rows in each batch."""
        run = self.run
        if run is None:
            return "No physical plan. Waiting for data."
        return explain(run.plan, run.session, "extended" if extended else "simple")

    # --- the thread

    def _execute(self, prepare: Callable[[], Run]) -> None:
        running.set(self.operation)
        try:
            run = self.run = prepare()
            self.progress = deque(maxlen=run.session.conf.int(RETAINED) or 100)
            recover(run)
            self._trigger_loop(run)
            self.message = "Stopped"
        except BaseException as error:
            if self._stopping.is_set():
                self.message = "Stopped"
            else:
                self.error = StreamFailed(self, error)
                self.message = f"Terminated with exception: {self.error.parameters['message']}"
        finally:
            self._end()

    def _end(self) -> None:
        self.data_available = self.trigger_active = False
        try:
            if self.run is not None:
                self.run.close(well=self.error is None)
        except Exception:
            log.exception("something of the streaming query %s could not be closed", self.name or self.id)
        finally:
            condition, text = (None, None) if self.error is None else (self.error.cause_condition, str(self.error))
            now = instant(time.time() * 1000)
            event = {"id": self.id, "runId": self.run_id, "exception": text, "errorClassOnException": condition}
            self.active = False
            try:
                self.publish(self, "terminated", json.dumps({**event, "timestamp": now}))
            finally:  # who awaits it may `resetTerminated` then, after which nothing of it may be told
                self.ended.set()
                with self._changed:
                    self._changed.notify_all()

    def _trigger_loop(self, run: Run) -> None:
        match self.trigger.kind:
            case "once":
                for reader in run.readers:
                    reader.freeze()
                self._trigger(run, limited=False)
            case "available_now":
                for reader in run.readers:
                    reader.freeze()
                while not self._stopping.is_set() and self._trigger(run):
                    pass
            case kind:
                self._for_ever(run, self.trigger.interval / 1_000_000 if kind == "processing_time" else 0)

    def _for_ever(self, run: Run, interval: float) -> None:
        """A trigger at each multiple of `interval` seconds; at once where it is 0, or the batch took longer."""
        polling = (run.session.conf.seconds(POLLING) or 0.01) if not interval else 0.0
        idle_from = time.monotonic()
        while not self._stopping.is_set():
            did = self._trigger(run)
            now = time.monotonic()
            if did:
                idle_from = now
            elif now - idle_from >= IDLE_MS / 1000:
                idle_from = now
                at = instant(time.time() * 1000)
                self.publish(self, "idle", json.dumps({"id": self.id, "runId": self.run_id, "timestamp": at}))
            if interval:
                self.message = "Waiting for next trigger"
                self._stopping.wait(interval - time.time() % interval)
            elif not did:
                self._stopping.wait(polling)

    def _trigger(self, run: Run, limited: bool = True) -> bool:
        """Whether there was a batch."""
        started = time.monotonic()
        self.trigger_active, durations = True, Durations()
        self.message = "Processing new data" if self.data_available else "Getting offsets from sources"
        with durations.part("triggerExecution"):
            done = run_batch(run, durations, limited)
        self.trigger_active, self.data_available = False, done is not None
        if done is not None:
            since = started - self._last_trigger if self._last_trigger else 0.0
            self._report(run, done, durations, since)
        else:
            self.message = "Waiting for data to arrive"
            with self._changed:
                self._idle_since = started
                self._changed.notify_all()
        self._last_trigger = started
        return done is not None

    def _report(self, run: Run, done: Done, durations: Durations, since: float) -> None:
        event_time: dict[str, str] = {}
        if run.timed:
            event_time["watermark"] = instant(done.watermark_ms)
            if done.seen is not None:
                least, greatest, mean = done.seen
                event_time |= {"min": instant(least), "max": instant(greatest), "avg": instant(mean)}
        progress = Progress(
            self.id,
            self.run_id,
            self.name,
            done.started_ms,
            done.batch,
            since,
            durations.millis,
            event_time,
            tuple(o.progress() for o in reversed(run.operators)),  # from the sink down, as in Spark
            tuple(done.sources),
            run.sink.description,
            done.output_rows,
            {
                name: {key: _plain(literal.value) for key, literal in values}
                for name, values in run.operation.observed.items()
                if name != ACCUMULATORS
            },
        )
        run.operation.observed.clear()  # they are of one batch; what accumulators get would grow for ever
        self.progress.append(progress)
        self.publish(self, "progress", f'{{"progress": {progress.json()}}}')


def _plain(value: object) -> object:
    """A metric as JSON has it."""
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)


class StopTimeout(ExecutionError):
    """`stop` has waited for as long as it may; the query ends when it can."""

    jvm_classes = ("java.util.concurrent.TimeoutException",)

    def __init__(self, query: StreamingQuery) -> None:
        millis = round(1000 * (query.stop_timeout or 0))
        super().__init__("STREAM_STOP_TIMEOUT", name=query.name or query.id, millis=millis, config=STOP_TIMEOUT)


class StreamFailed(ExecutionError):
    """Why a query ended; StreamingQueryException to the client."""

    jvm_classes = ("org.apache.spark.sql.streaming.StreamingQueryException",)

    def __init__(self, query: StreamingQuery, cause: BaseException) -> None:
        self.cause_condition = cause.condition if isinstance(cause, SparkError) else None
        self.__cause__ = cause
        super().__init__("STREAM_FAILED", id=query.id, runId=query.run_id, message=str(cause) or repr(cause))
