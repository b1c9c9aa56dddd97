"""Tests of the container's only door."""
