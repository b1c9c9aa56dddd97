"""Keeping what the world answered, and giving the same answers again without the world.

A recording is a folder: ``index.jsonl`` has a line for each answer, in the order in which they ended, and
``bodies/`` holds what was answered, each body named by its SHA-256.
"""
