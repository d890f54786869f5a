"""Delta Lake: a directory of Parquet files, and a log that says which of them are the table, version by version.

Reading order: `actions` are what a version's file in the log consists of, `snapshot` is what the table is at a version,
`read` makes a source of it (`skipping` says which files a filter leaves), `commit` adds a version, `staged` makes data
files and their statistics. What runs plans is above, in `session/delta/`.

The log is replayed by the `deltalake` library: checkpoints of every kind, compacted logs, protocol checks. Versions are
written by us: the library's transactions cannot say what operation they are, cannot change the schema together with
the data (they accept it and leave a log that nobody can read), and cannot name files of the change feed.
https://github.com/delta-io/delta/blob/master/PROTOCOL.md
"""
