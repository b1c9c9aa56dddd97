"""Cures: changes to a snippet that mend what is known to go wrong. Pure; whether one helps is found by running.

A new cure is a module with a function and a row in ``CURES``.
"""
