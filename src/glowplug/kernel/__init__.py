"""The kernel, DuckDB: plans become SQL here, connections run it. Nothing outside imports duckdb."""
