"""Analysis: from names to columns, from functions by name to declared ones, from written types to common ones.

One pass, bottom up: when a node's children are resolved, the rules of `pipeline.py` are tried in order. Expressions are
resolved by `expressions.py`, calls by `calls.py`; `rules/` has one file for each kind of relation.
"""
