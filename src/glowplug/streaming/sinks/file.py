"""Files in a directory, each batch exactly once: a log in it says which files count.

`_spark_metadata/N` lists the files of batch N, every tenth one all files so far (`N.compact`), as Spark's does; readers
of the directory, Spark's and ours, go by it. Files of a batch that was not finished are in no list.
https://spark.apache.org/docs/latest/streaming/apis-on-dataframes-and-datasets.html#output-sinks
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from glowplug.durable import sync
from glowplug.errors import unsupported
from glowplug.execute.local import optimized, schema_of, statement
from glowplug.execute.writing import parts_of
from glowplug.io import formats
from glowplug.io.filesystem import LOCAL, encoded, local_path
from glowplug.io.options import read_options
from glowplug.io.produce import Layout, Staging, WrittenFile
from glowplug.io.sink_log import SinkLog
from glowplug.io.source import Context, Pairs
from glowplug.io.write import WriteOptions, write_with
from glowplug.streaming.sinks.contract import Rows, Sink


def local_directory(path: str) -> Path:
    """The directory of a path as users write it; only local ones can be logged in yet."""
    if (scheme := urlsplit(path).scheme) not in ("", "file"):
        raise unsupported(f"a streaming sink or checkpoint at {scheme}://")
    return Path(local_path(path)).absolute()


@dataclass(frozen=True, slots=True)
class LoggedCommit:
    """The commit of one batch: files are moved to their places, then the log names them."""

    root: Path
    log: SinkLog
    batch: int

    def begin(self) -> Staging | None:
        if self.log.has(self.batch):
            return None
        id = str(uuid.uuid4())
        directory = LOCAL.begin_staging(str(self.root / "_temporary" / id))
        return Staging(id, directory, lambda name: LOCAL.sync(os.path.join(directory, name)))

    def publish(self, staging: Staging, files: Sequence[WrittenFile]) -> None:
        entries = []
        for file in files:
            if file.rows == 0:
                continue
            target = self.root / file.path
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(Path(staging.directory) / file.path, target)
            sync(target.parent)
            status = target.stat()
            entries.append((f"file://{encoded(str(target))}", status.st_size, status.st_mtime_ns // 1_000_000))
        self.log.add_files(self.batch, entries)
        self.abort(staging)

    def abort(self, staging: Staging) -> None:
        shutil.rmtree(staging.directory, ignore_errors=True)


class Files(Sink):
    def __init__(self, format: str, path: str, options: Pairs, partition_by: tuple[str, ...]) -> None:
        self.format, self.root = formats.find(format).name, local_directory(path)
        self.options, self.partition_by = options, partition_by
        self.log = SinkLog(self.root)
        self.description = f"FileSink[file:{self.root}]"

    def add(self, batch: int, rows: Rows) -> int:
        session = rows.batch.session
        plan = optimized(rows.plan, session)
        with statement(plan, session, rows.batch.operation) as (bench, sql):
            context, options = Context(session.conf, bench), read_options(WriteOptions, self.options, session.conf)
            layout = Layout(
                schema=schema_of(plan), partition_by=self.partition_by, parts=parts_of(rows.plan),
                max_records=options.max_records,
            )  # fmt: skip
            output = formats.output(self.format, layout, self.options, context)
            files = write_with(LoggedCommit(self.root, self.log, batch), sql, layout, output, context)
        return sum(f.rows or 0 for f in files) if all(f.rows is not None for f in files) else -1
