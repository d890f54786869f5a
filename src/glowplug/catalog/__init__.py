"""Tables, schemas and functions that outlive a session, by name.

`table.py` has the nouns, `catalog.py` what every kind of catalog can do, `embedded.py` the one that comes with
Glowplug (a SQLite file below the warehouse directory), `manager.py` the catalogs of a session by name and the rules by
which a name of several parts finds its catalog.
"""
