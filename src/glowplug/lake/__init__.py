"""Table formats whose files are named by a log: `delta/` has Delta Lake's."""
