"""Rewrites that need Spark's knowledge; the kernel optimises everything else itself."""
