"""The report as one HTML file: it opens offline, asks nobody for anything, and works without JavaScript.

Whatever a card says or a snippet prints is text here, never markup; see :mod:`page` for what sees to it.
"""

from verify_snippets.report.html.page import render

__all__ = ["render"]
