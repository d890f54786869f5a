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
from contextlib import suppress
from dataclasses import dataclass

from glowplug.execute.local import optimized, schema_of, statement
from glowplug.execute.writing import parts_of
from glowplug.io import formats
from glowplug.io.commit import TEMPORARY, remove_abandoned
from glowplug.io.place import Place
from glowplug.io.produce import Layout, Staging, WrittenFile
from glowplug.io.sink_log import SinkLog
from glowplug.io.source import Context, Pairs
from glowplug.io.write import WriteOptions, write_with
from glowplug.source_options import read_options
from glowplug.streaming.sinks.contract import Rows, Sink


@dataclass(frozen=True, slots=True)
class LoggedCommit:
    """The commit of one batch: files are moved to their places, then the log names them."""

    root: Place
    log: SinkLog
    batch: int

    def begin(self) -> Staging | None:
        if self.log.has(self.batch):
            return None
        id = str(uuid.uuid4())
        return Staging(id, self.root.fs.begin_staging((self.root / TEMPORARY / id).path))

    def publish(self, staging: Staging, files: Sequence[WrittenFile]) -> None:
        entries, directories = [], dict[str, None]()
        for file in files:
            if file.rows == 0 and self.batch > 0:
                continue  # but the first file tells readers the schema, as in Spark, before there are any rows
            made, target = os.path.join(staging.directory, file.path), self.root / file.path
            modified = os.stat(made).st_mtime_ns // 1_000_000
            self.root.fs.put(made, target.path)
            directories[target.parent.path] = None
            entries.append((self.root.fs.uri(target.path, "//"), file.bytes, modified))
        for directory in directories:
            self.root.fs.sync(directory)
        self.log.add_files(self.batch, entries)
        self.abort(staging)

    def abort(self, staging: Staging) -> None:
        shutil.rmtree(staging.directory, ignore_errors=True)


class Files(Sink):
    """Files of a format, each once: a log of the files of each batch says which count (Spark's `_spark_metadata`)."""

    def __init__(self, format: str, root: Place, options: Pairs, partition_by: tuple[str, ...]) -> None:
        self.format, self.root = formats.find(format).name, root
        self.options, self.partition_by = options, partition_by
        self.log = SinkLog(self.root)
        remove_abandoned(root.fs, root.path)  # of runs before, which were killed
        self.description = f"FileSink[{root.as_given}]"

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

    def close(self) -> None:
        with suppress(OSError):
            self.root.fs.remove_empty((self.root / TEMPORARY).path)
