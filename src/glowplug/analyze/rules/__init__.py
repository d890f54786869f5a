"""Analysis rules, one file for each kind of relation. `analyze/pipeline.py` lists them in order."""
