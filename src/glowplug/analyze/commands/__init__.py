"""The analysis of commands: names become tables, queries are aligned to them, specs get values.

`pipeline.py` lists the rules by class; `nouns.py` has what they make. Runners get these and look nothing up again.
"""
