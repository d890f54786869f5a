"""User code: plans' Python stages, the worker processes they run in, and what those run.

    stages.py ──▶ flow.py ──▶ pool.py ──▶ zygote.py ──fork──▶ worker.py ──▶ evaluate.py

The first three are the engine's; the others run in processes of their own and import nothing of it but `channel` and
`task`. What a function is given and what it may return is decided by PySpark's own `pyspark.worker`.
"""
