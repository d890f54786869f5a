"""What `delta.py table` does, by the library `deltalake` with Arrow: deltalake_alone.py DIRECTORY ROWS."""

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
from deltalake import DeltaTable, QueryBuilder, write_deltalake

PARTS = 10


def timed(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def described(id: Any) -> pa.Table:
    notes = pa.array([f"note {n}" for n in range(1_000)])
    return pa.table(
        {
            "id": id,
            "customer": id * 7_919 % 1_000_003,
            "product": id * 104_729 % 99_991,
            "amount": id % 10_000 / 100,
            "note": notes.take(pa.array(id * 31 % 1_000)),
        }
    )


def main(path: str, rows: int) -> dict[str, Any]:
    def append() -> None:
        for part in range(PARTS):
            write_deltalake(path, described(np.arange(part * rows // PARTS, (part + 1) * rows // PARTS)), mode="append")

    def merge() -> None:
        changed = described(np.arange(0, rows // 100))
        ids, amounts = changed["id"].to_numpy() * 101, changed["amount"].to_numpy() + 1
        changed = changed.set_column(0, "id", pa.array(ids)).set_column(3, "amount", pa.array(amounts))
        merging = DeltaTable(path).merge(changed, "t.id = s.id", source_alias="s", target_alias="t")
        merging.when_matched_update_all().when_not_matched_insert_all().execute()

    def query(sql: str) -> list[dict[str, Any]]:
        found = QueryBuilder().register("t", DeltaTable(path)).execute(sql)
        return list(pa.table(found.read_all()).to_pylist())

    def select() -> None:
        query("SELECT count(*), sum(amount) FROM t WHERE product = 4711")

    found: dict[str, Any] = {"append": timed(append), "merge": timed(merge)}
    select()
    found["select before"] = min(timed(select) for _ in range(5))
    size = int(os.environ["FILES"]) if os.environ.get("FILES") else None
    zorder = lambda: DeltaTable(path).optimize.z_order(["customer", "product"], target_size=size)  # noqa: E731
    found["optimize"] = timed(zorder)
    select()
    found["select after"] = min(timed(select) for _ in range(5))
    answer = query("SELECT count(*), sum(id), sum(amount) FROM t")[0].values()
    return found | {"answer": [int(x) for x in answer]}


if __name__ == "__main__":
    directory, rows = sys.argv[1:]
    print(json.dumps(main(f"{directory}/table", int(rows))), flush=True)
