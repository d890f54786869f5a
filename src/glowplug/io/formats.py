"""The one table of file formats: name → declaration. Another format is one more module with the same functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from glowplug.errors import AnalysisError, ClassNotFound, IllegalArgument, unsupported
from glowplug.functions.csv_options import CsvOptions
from glowplug.io import (
    arrow_files,
    avro,
    avro_write,
    binary_file,
    csv,
    csv_write,
    jdbc,
    jdbc_write,
    json,
    json_write,
    orc,
    orc_write,
    parquet,
    text,
    xml,
    xml_write,
)
from glowplug.io.json_options import JsonFileOptions
from glowplug.io.produce import Layout, Output, WrittenFile
from glowplug.io.source import Context, Pairs, Source
from glowplug.io.state import metadata as state_metadata
from glowplug.io.state import read as state
from glowplug.io.write import WriteJob, write_job
from glowplug.io.write_checks import check, check_not_empty
from glowplug.lake.delta import read as delta
from glowplug.source_options import Settings, enabled
from glowplug.type_trees import contains_type
from glowplug.types import DataType, DateType, StructType, TimestampNTZType, TimestampType, TimeType

Resolve = Callable[[Sequence[str], StructType | None, Pairs, Context], Source]
MakeOutput = Callable[[StructType, Pairs, Context], Output]


@dataclass(frozen=True, slots=True)
class Format:
    """A file format. `title` is how error messages name it; `options` declares what it understands.

    `output` says how files with some columns are written; it raises for options and columns that cannot be.
    `supports` says whether a column's type can be written. Formats that `allow_duplicates` write equal names.
    """

    name: str
    title: str
    options: type
    resolve: Resolve
    output: MakeOutput
    supports: Callable[[DataType], bool]
    allow_duplicates: bool = False


PARQUET = Format("parquet", "Parquet", parquet.ParquetOptions, parquet.resolve, parquet.output, parquet.supports)
CSV = Format("csv", "CSV", CsvOptions, csv.resolve, csv_write.output, csv_write.supports, allow_duplicates=True)
TEXT = Format("text", "Text", text.TextOptions, text.resolve, text.output, text.supports)
JSON = Format("json", "JSON", JsonFileOptions, json.resolve, json_write.output, json_write.supports)
ORC = Format("orc", "ORC", orc.OrcOptions, orc.resolve, orc_write.output, orc.supports)
BINARY_FILE = Format(
    "binaryFile",
    "binaryFile",
    binary_file.BinaryFileOptions,
    binary_file.resolve,
    binary_file.output,
    binary_file.supports,
)
AVRO = Format("avro", "Avro", avro.AvroFileOptions, avro.resolve, avro_write.output, avro.supports)
XML = Format("xml", "XML", xml.XmlFileOptions, xml.resolve, xml_write.output, xml.supports)
ARROW = Format(
    "arrow", "Arrow", arrow_files.ArrowOptions, arrow_files.resolve, arrow_files.output, arrow_files.supports
)

# Its files are Parquet's; what makes them a table is written by session/delta.
DELTA = Format("delta", "Delta", delta.DeltaOptions, delta.resolve, parquet.output, parquet.supports)

JDBC = "jdbc"  # tables of databases, which are no files
KAFKA = "kafka"  # nor are topics
STATE, STATE_METADATA = "statestore", "state-metadata"  # what checkpoints of streams hold

_ALL = (PARQUET, CSV, JSON, TEXT, ORC, AVRO, BINARY_FILE, ARROW, XML, DELTA)
FORMATS: dict[str, Format] = {f.name.lower(): f for f in _ALL}


def find(name: str) -> Format:
    """A format by name, in any case. Raises DATA_SOURCE_NOT_FOUND."""
    format = FORMATS.get(name.lower().removeprefix("org.apache.spark.sql."))
    if format is None:
        raise ClassNotFound("DATA_SOURCE_NOT_FOUND", provider=name)
    return format


PATH_OPTION = "spark.sql.legacy.pathOptionBehavior.enabled"


def resolve(
    name: str,
    paths: Sequence[str],
    schema: StructType | None,
    options: Pairs,
    context: Context,
    predicates: Sequence[str] = (),
) -> Source:
    """What `spark.read.format(name).options(…).load(paths)` reads; `predicates` are those of `spark.read.jdbc`."""
    if name.lower() == JDBC:
        return jdbc.resolve(schema, options, predicates, context)
    if name.lower() == KAFKA:
        from glowplug.io.streams import kafka  # its client takes a while to load

        return kafka.resolve(schema, options, context)
    if name.lower() == STATE:
        return state.resolve(paths, schema, options, context.settings)
    if name.lower() == STATE_METADATA:
        return state_metadata.resolve(paths, schema, options, context.settings)
    format = find(name)
    if schema is not None:
        check_times(schema, context.settings)
    given = [v for k, v in options if k.lower() == "path"]
    if given and paths and not enabled(context.settings, PATH_OPTION):
        raise AnalysisError("_LEGACY_ERROR_TEMP_1306", config=PATH_OPTION)
    found = format.resolve([*paths, *given[-1:]], schema, options, context)
    check_policy(name, found.schema, context.settings, ("LEGACY", "EXCEPTION"))
    return found


def check_times(schema: StructType, settings: Settings) -> None:
    """Refuses TIME in files and tables where it is not enabled."""
    if contains_type(schema, TimeType) and not enabled(settings, "spark.sql.timeType.enabled"):
        raise AnalysisError("UNSUPPORTED_TIME_TYPE")


_POLICY = "spark.sql.legacy.timeParserPolicy"


def check_policy(format: str, schema: StructType, settings: Settings, refused: tuple[str, ...]) -> None:
    """Refuses times as texts in files where they are to be read and written as Spark 2 did."""
    policy = (settings.get_option(_POLICY) or "").upper()
    times = (DateType, TimestampType, TimestampNTZType)
    if policy in refused and format.lower() in ("csv", "json", "xml") and contains_type(schema, times):
        raise unsupported(f"{_POLICY}={policy} for dates and timestamps in files of {format}")


def output(name: str, layout: Layout, options: Pairs, context: Context) -> Output:
    """How files of a format are made. Raises what Spark raises before it writes anything."""
    format = find(name)
    check_not_empty(layout.schema, format.title)
    check_times(layout.schema, context.settings)
    exact = enabled(context.settings, "spark.sql.caseSensitive")
    check(layout, format.title, format.supports, format.allow_duplicates, exact)
    check_policy(name, layout.data_schema, context.settings, ("LEGACY",))
    return format.output(layout.data_schema, options, context)


def write(name: str, job: WriteJob, context: Context) -> tuple[WrittenFile, ...]:
    """Run `df.write.format(name).save(path)`, and whatever writes to a directory. The files that were made."""
    if name.lower() == JDBC:
        jdbc_write.write(job, context)
        return ()
    if name.lower() == KAFKA:
        from glowplug.io import kafka_write

        kafka_write.write(job, context)
        return ()
    if find(name) is DELTA:
        raise unsupported("writing a Delta table's files without its log")
    if not job.path:
        raise IllegalArgument("_LEGACY_ERROR_TEMP_2047")
    return write_job(job, output(name, job.layout, job.options, context), context)
