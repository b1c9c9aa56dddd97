"""Tests of how a card is read."""
