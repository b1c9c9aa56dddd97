"""Tests of nights over many cards."""
