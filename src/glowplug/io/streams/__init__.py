"""Sources of streams. `contract.py` says what one has to do; `formats.py` is the table of them."""
