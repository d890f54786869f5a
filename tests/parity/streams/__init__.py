"""Streaming programs, what Apache Spark did with them batch by batch (`answers.json`), and that the same happens here."""
