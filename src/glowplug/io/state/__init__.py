"""The state of streams as it lies in a checkpoint, and its readers: `format("statestore")` and `("state-metadata")`."""
