"""Reports, one module per format. A new format is a module and a row in ``FORMATS``."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from verify_snippets.report.model import Report


@dataclass(frozen=True, kw_only=True)
class Format:
    """One way to write a report.

    Attributes:
        module: in this package; imported only when the format is asked for: a plan, say, needs none.
        ending: of a file's name, as is usual; it decides nothing.
        about: what it is for, in a few words for the command line's help.
        function: of the module; it takes a report and returns its text, and is pure.
    """

    module: str
    ending: str
    about: str
    function: str = "render"

    def render(self, report: "Report") -> str:
        """The report as this format's text, ending in a newline."""
        module = import_module(f"{__name__}.{self.module}")
        return cast("Callable[[Report], str]", getattr(module, self.function))(report)


FORMATS: dict[str, Format] = {
    "terminal": Format(module="terminal", ending="txt", about="for people, as on the screen"),
    "json": Format(
        module="json_report", ending="json", about="for programs; every other format can be made from it"
    ),
    "html": Format(
        module="html",
        ending="html",
        about="a page that opens offline: the card, each verdict beside its code",
    ),
    "junit": Format(module="junit", ending="xml", about="JUnit XML, for CI servers"),
    "markdown": Format(module="markdown", ending="md", about="for the summary of a GitHub job"),
    "github": Format(
        module="github", ending="log", about="annotations on the card's lines, for the log of a GitHub job"
    ),
    "sarif": Format(module="sarif", ending="sarif", about="SARIF 2.1.0, for code scanning and editors"),
    "badge": Format(module="badge", ending="json", about="JSON for a shields.io endpoint badge"),
    "badge-svg": Format(module="badge", ending="svg", function="render_svg", about="a badge as a picture"),
}
