"""Runs one job in isolation and measures it; knows nothing of cards."""
