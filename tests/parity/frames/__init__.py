"""Missing values, pivots, statistics, nearest joins, samples and `show`, as Apache Spark 4.2.1 answers them.

`programs.py` asks, `record.py` has Spark answer into `answers.json`, `test_frames.py` compares.
"""
