"""GitHub's annotations: workflow commands that mark lines of the card, printed into a job's log.

https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions tells the commands;
the escapes are those of GitHub's own toolkit.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from verify_snippets.clean import one_line, shorten
from verify_snippets.report.findings import Finding, Level, findings
from verify_snippets.report.model import Report
from verify_snippets.report.places import in_workspace, workspace
from verify_snippets.report.telling import card_name, headline

LIMIT = 10  # of each level that GitHub shows for one step
_TITLE_LENGTH = 200


def render(report: Report) -> str:
    """A notice that sums up, and an annotation for each finding, worst first."""
    return commands(report, root=workspace())


def commands(report: Report, *, root: Path) -> str:
    """The same for a repository that is checked out at ``root``."""
    file = in_workspace(report.card, root)
    lines = [_command(Level.NOTICE, headline(report), {"title": card_name(report.card)})]
    found = findings(report)
    for level in Level:
        room = LIMIT - 1 if level is Level.NOTICE else LIMIT  # the first notice sums up
        lines += _of_level([each for each in found if each.level is level], level, room, report, file)
    return "\n".join(lines) + "\n"


def _of_level(
    found: Sequence[Finding], level: Level, room: int, report: Report, file: str | None
) -> Iterator[str]:
    shown = found if len(found) <= room else found[: room - 1]
    for finding in shown:
        yield _command(level, finding.message, _properties(finding, report, file))
    if len(shown) < len(found):
        yield _command(
            level,
            f"GitHub shows {LIMIT} annotations of a kind; every other report has all of them",
            {"title": f"{len(found) - len(shown)} more in {card_name(report.card)}"},
        )


def _properties(finding: Finding, report: Report, file: str | None) -> dict[str, str]:
    if file is None or not finding.in_card:  # a line of some other file must not be marked
        return {"title": f"{card_name(report.card)}, {finding.title}"}
    return {
        "file": file,
        "line": str(finding.start_line),
        "endLine": str(finding.end_line),
        "title": finding.title,
    }


def _command(level: Level, message: str, properties: dict[str, str]) -> str:
    told = ",".join(
        f"{name}={_escaped_property(shorten(one_line(value), _TITLE_LENGTH) if name == 'title' else value)}"
        for name, value in properties.items()
    )
    return f"::{level} {told}::{_escaped(message)}"


def _escaped(text: str) -> str:
    """For what follows the command: the line must not end, nor anything look like an escape."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escaped_property(text: str) -> str:
    """For a property's value, which must not end early, either."""
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
