"""Structured Streaming: a stream is a query that is run again and again over ranges of offsets.

`start.py`         from writeStream…start() to a query at work
`query.py`         its thread: triggers, status, failure
`micro_batch.py`   one batch on one screen, and what a crash means at each step
`plans.py`         the plan of a batch: rows in the place of streams, operators run
`watermark.py`     event time
`checkpoint/`      what is written down; `state/` what operators keep; `operators/` them; `sinks/` where rows go
`manager.py`       spark.streams and listeners

Sources are in `io/streams`.
"""
