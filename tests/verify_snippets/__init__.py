"""Tests of verify_snippets."""
