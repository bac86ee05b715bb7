"""The Parquet crop store: write, read."""
