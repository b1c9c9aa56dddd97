"""Benchmarks: each prints a table and ends with exit code 1 if a row falls short."""
