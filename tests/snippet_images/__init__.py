"""Tests of what a container is made of."""
