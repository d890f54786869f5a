"""File formats and external tables, one file each, one contract (`source.py`).

`formats.py` is the one table from a format's name to its declaration.
"""
