"""Writes the tables of what is supported, from what the code declares: `make docs`.

`spark/` has the names of what Apache Spark 4.2.1 has: functions, data source options, and a statement for each kind.
Functions are the registry's, options those that are declared, settings those of `settings.tsv`; statements are run.
"""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SPARK = HERE / "spark"
NOTE = "<!-- Written by `make docs`. -->\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(c.replace("|", "\\|").replace("\n", " ") for c in cells) + " |\n"

    return line(head) + line(["---"] * len(head)) + "".join(map(line, rows))


def _names(file: str) -> list[str]:
    return [line for line in (SPARK / file).read_text().splitlines() if not line.startswith("#")]


# --- functions --------------------------------------------------------------------------------------------


def functions() -> str:
    from glowplug.functions import jvm
    from glowplug.functions.constant_tables import TABLES
    from glowplug.functions.registry import all_functions

    ours, in_part = all_functions(), {name for f in jvm.FUNCTIONS for name in f.names}
    spark = _names("functions.txt")
    rows = []
    for name in spark:
        found = ours.get(name)
        if found is not None:
            needs = f" Needs `{found.requires[0]}`." if found.requires else ""
            rows.append((f"`{name}`", "in part" if name in in_part else "yes", found.usage + needs))
        elif name in TABLES:
            rows.append((f"`{name}`", "yes", "A table-valued function."))
        else:
            rows.append((f"`{name}`", "yes" if name in SYNTAX else "no", SYNTAX.get(name) or MISSING[name]))
    yes = sum(r[1] == "yes" for r in rows)
    more = [(f"`{name}`", f.usage) for name, f in sorted(ours.items()) if name not in spark]
    text = f"{NOTE}# Functions\n\nOf the {len(spark)} functions of Apache Spark 4.2, {yes} are supported.\n\n"
    text += table(("function", "supported", "what it does, or why not"), rows)
    if more:
        text += "\n## Not of Spark's list\n\nThat the API calls.\n\n" + table(("function", "what it does"), more)
    return text


MISSING: dict[str, str] = {}
# What is no function in the registry, but the grammar's or a relation.
SYNTAX = {
    "case": "Chooses a value by conditions: `CASE WHEN a THEN b ELSE c END`.",
    "cast": "Converts a value to a type: `CAST(a AS INT)`.",
    "range": "A table-valued function: the numbers of a range.",
}


# --- statements -------------------------------------------------------------------------------------------


def statements() -> str:
    rows = list(_statements())
    count = {says: sum(r[1] == says for r in rows) for says in ("yes", REFUSED, "no")}
    text = f"{NOTE}# Statements\n\nOf {len(rows)} statements and clauses of Apache Spark 4.2, {count['yes']} are "
    text += f"supported as shown, {count[REFUSED]} are refused as Spark refuses them too, for which its tables of "
    text += f"files are not made, and {count['no']} are not supported.\n\n"
    return text + table(("statement", "supported", "for example", "answered with"), rows)


REFUSED = "refused, as by Spark"


def _statements() -> Iterator[tuple[str, str, str, str]]:
    from pyspark.errors import PySparkException

    import glowplug

    with tempfile.TemporaryDirectory() as directory:
        (Path(directory) / "file").touch()
        spark = glowplug.session(**{"spark.sql.warehouse.dir": f"{directory}/warehouse"})
        try:
            for line in _names("statements.tsv"):
                name, sql, theirs = (*line.split("\t"), "")[:3]
                ours = ""
                try:
                    spark.sql(sql.replace("${dir}", directory)).collect()
                except PySparkException as error:
                    ours = error.getCondition() or type(error).__name__
                says = "yes" if not ours else REFUSED if theirs else "no"
                if name:
                    yield name, says, f"`{sql}`", f"`{ours}`" if ours else ""
        finally:
            spark.stop()


# --- options ----------------------------------------------------------------------------------------------


def _declared() -> dict[str, list[Any]]:
    """The classes of options by the names in `options.tsv`."""
    from glowplug import source_options
    from glowplug.functions import csv_texts
    from glowplug.io import formats, json_write, text, write, xml_write
    from glowplug.io.jdbc import JdbcOptions
    from glowplug.io.state.options import StateStoreOptions
    from glowplug.io.streams import file as file_streams
    from glowplug.io.streams.kafka_options import KafkaOptions
    from glowplug.lake.delta.stream_files import DeltaStreamOptions
    from glowplug.session.delta.saving import SaveOptions

    classes: dict[str, list[Any]] = {f.name: [f.options, write.WriteOptions] for f in formats.FORMATS.values()}
    classes["csv"].append(csv_texts.CsvWriteOptions)
    classes["json"] += [json_write.JsonWriteOptions]
    classes["text"].append(text.TextWriteOptions)
    classes["xml"].append(xml_write.XmlWriteOptions)
    classes["files"] = [source_options.ListingOptions]
    classes["jdbc"] = [JdbcOptions]
    classes["kafka"] = [KafkaOptions]
    classes["statestore"] = [StateStoreOptions]
    classes["file streams"] = [file_streams.FileStreamOptions]
    classes["delta"].append(SaveOptions)
    classes["delta streams"] = [DeltaStreamOptions]
    return classes


CLIENTS = "A setting of Kafka's clients, as all that begin with `kafka.`."


def options() -> str:
    text = (
        f"{NOTE}# Options of data sources\n\nOf Apache Spark 4.2 and Delta Lake 4.4, and those that only Glowplug has. "
    )
    text += "Others are ignored, as Spark does.\n"
    spark: dict[str, list[str]] = {}
    for line in _names("options.tsv"):
        source, name = line.split("\t")
        spark.setdefault(source, []).append(name)
    declared = _declared()
    common = set(_meanings(declared["files"]))
    for source in spark:
        ours = _meanings(declared[source])
        rows = []
        for name in spark[source]:
            _, meaning = ours.pop(name.lower(), (name, CLIENTS if name.startswith("kafka.") else None))
            no = meaning is None or meaning.startswith("Not supported")
            rows.append((f"`{name}`", "no" if no else "yes", (meaning or "").removeprefix("Not supported: ")))
        for name, meaning in ours.values():
            if source == "files" or name.lower() not in common:
                rows.append((f"`{name}`", "only here", meaning))
        text += f"\n## {source}\n\n" + table(("option", "supported", "meaning"), rows)
    return text


def _meanings(classes: list[Any]) -> dict[str, tuple[str, str]]:
    """What each option means, with its name as it is written, by its name in small letters."""
    found: dict[str, tuple[str, str]] = {}
    for cls in classes:
        for field in dataclasses.fields(cls):
            for name in field.metadata.get("names", ()):
                found.setdefault(name.lower(), (name, field.metadata["meaning"]))
    return found


# --- settings ---------------------------------------------------------------------------------------------

EFFECTS = {
    "used": "yes",
    "client": "yes",
    "harmless": "accepted: answers do not depend on it",
    "refused": "only its default",
}
# What is obeyed, or accepted, but for this.
LIMITS = {
    "spark.sql.caseSensitive": "not all files are written with names that differ in case only; temporary views, names "
    "of WITH and partition columns of tables are found in any case",
    "spark.sql.legacy.timeParserPolicy": "with LEGACY, what reads or writes times by patterns is refused, in functions "
    "and in files of CSV, JSON and XML; with EXCEPTION, what reads them",
    "spark.sql.parquet.outputTimestampType": "timestamps always take 64 bits; with TIMESTAMP_MILLIS they are cut, "
    "and refused within other values",
    "spark.sql.session.timeZone": "a view or function is read in the session's zone, not in that of its making",
    "spark.sql.statistics.histogram.enabled": "there are no histograms in DESCRIBE EXTENDED",
    "spark.sql.statistics.size.autoUpdate.enabled": "DESCRIBE EXTENDED shows sizes after ANALYZE only",
}


def settings() -> str:
    from glowplug.config import declared

    kept = [s for s in declared().values() if s.kind not in ("core", "removed")]
    own = [s for s in kept if s.name.startswith("spark.glowplug.")]
    text = f"{NOTE}# Settings\n\nThose of Glowplug, and the {len(kept) - len(own)} of Apache Spark 4.2 "
    text += "that concern SQL and Connect.\n\n"
    text += table(("setting", "default", "meaning"), ((f"`{s.name}`", _default(s), s.meaning) for s in own))
    rows = ((f"`{s.name}`", _default(s), _supported(s)) for s in kept if s not in own)
    text += "\n## Spark's\n\n"
    return text + table(("setting", "default", "supported"), rows)


def _supported(s: Any) -> str:
    limit = LIMITS.get(s.name)
    return EFFECTS[s.effect] if limit is None else f"{EFFECTS[s.effect].partition(':')[0]}, but {limit}"


# Whose defaults depend on the machine.
MACHINE = ("spark.sql.session.timeZone", "spark.sql.warehouse.dir", "spark.glowplug.verifyPlans")


def _default(s: Any) -> str:
    return "" if s.default in (None, "") or s.name in MACHINE else f"`{s.default}`"


PAGES = {"functions.md": functions, "statements.md": statements, "options.md": options, "settings.md": settings}


if __name__ == "__main__":
    for name, page in PAGES.items():
        (HERE / name).write_text(page(), "utf-8")
