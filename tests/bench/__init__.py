"""Benchmarks: each prints a table and marks what falls short; ``metering`` then ends with 1."""
