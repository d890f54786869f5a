"""One user's world: settings, temporary views, operations, artifacts; and the engine that sessions share."""
