"""The command line. Its modules import little: ``verify-snippets --help`` answers at once."""

from verify_snippets.cli.main import main

__all__ = ["main"]
