"""Reports on several cards as one text, in every format: an overview first, where people read it."""

import io
from collections.abc import Callable, Sequence
from importlib import import_module

from rich.console import Console, Group, RenderableType
from rich.rule import Rule
from rich.text import Text

from verify_snippets.report import FORMATS, terminal
from verify_snippets.report.gfm import code, table_row, text
from verify_snippets.report.layout import put
from verify_snippets.report.marks import MARKS
from verify_snippets.report.model import Report
from verify_snippets.report.telling import card_name, headline
from verify_snippets.verdict import Verdict

_OWN = {
    "json": ("json_report", "render_several"),
    "junit": ("junit", "render_several"),
    "sarif": ("sarif", "render_several"),
    "badge": ("badge", "render_several"),
    "badge-svg": ("badge", "render_several_svg"),
    "html": ("html.cards_page", "render_several"),
}
"""Formats whose modules put several reports together themselves."""


def render(format_: str, reports: Sequence[Report]) -> str:
    """Reports as one text of a format; that on one card is what the format makes of it.

    Args:
        format_: key in ``report.FORMATS``.
        reports: on different cards, or different revisions of one.
    """
    if len(reports) == 1:
        return FORMATS[format_].render(reports[0])
    if format_ in _OWN:
        module, function = _OWN[format_]
        made = getattr(import_module(f"verify_snippets.report.{module}"), function)
        return str(made(reports))
    return _HERE.get(format_, _one_after_another(format_))(reports)


def draw(reports: Sequence[Report], console: Console) -> None:
    """Draw reports onto ``console``, and an overview last: it is what stays on the screen."""
    for report in reports:
        terminal.draw(report, console)
        if len(reports) > 1:
            put(Rule(style="dim"), console)
    if len(reports) > 1:
        put(_overview(reports), console)


def _one_after_another(format_: str) -> Callable[[Sequence[Report]], str]:
    return lambda reports: "".join(FORMATS[format_].render(report) for report in reports)


def _terminal(reports: Sequence[Report]) -> str:
    console = Console(
        file=io.StringIO(),
        width=terminal.FILE_WIDTH,
        color_system=None,
        force_terminal=False,
        legacy_windows=False,
    )
    with console.capture() as captured:
        draw(reports, console)
    return captured.get()


def _overview(reports: Sequence[Report]) -> RenderableType:
    lines = []
    for report in reports:
        line = Text(f"{_worst(report)} ", no_wrap=True, overflow="ellipsis")
        line.append(_name(report), "bold")
        line.append(f"  {terminal.summary_line(report.summary)}; exit code {report.exit_code}", "not bold")
        lines.append(line)
    return Group(*lines)


def _worst(report: Report) -> str:
    order = (Verdict.FAILED, Verdict.CONTRADICTED, Verdict.BROKEN, Verdict.BLOCKED, Verdict.PASSED)
    counts = report.summary.model_dump()
    return MARKS[next((verdict for verdict in order if counts[verdict]), Verdict.SKIPPED)].symbol


def _name(report: Report) -> str:
    revision = report.card.revision
    return card_name(report.card) + (f" at {revision[:12]}" if revision else "")


def _markdown(reports: Sequence[Report]) -> str:
    """The overview, and as many whole reports as GitHub has room for; the worst come first."""
    from verify_snippets.report import markdown

    head = "## Model cards\n\n" + table_row("", "card", "verdicts") + table_row("---", "---", "---")
    rows = [table_row(_worst(each), code(_name(each)), text(headline(each))) for each in reports]
    overview, left_out = head + "".join(rows), 0
    room = markdown.LIMIT_BYTES - len(overview.encode()) - _RESERVE_BYTES
    parts: list[str] = []
    for report in sorted(reports, key=lambda report: (report.exit_code == 0, _name(report))):
        part = f"\n{markdown.render(report)}"
        room -= len(part.encode())
        if room < 0:
            left_out = len(reports) - len(parts)
            break
        parts.append(part)
    rest = f"\n_{left_out} more cards are left out: GitHub takes 1 MiB_\n" if left_out else ""
    return _whole(overview, markdown.LIMIT_BYTES) + "".join(parts) + rest


_RESERVE_BYTES = 1024


def _whole(overview: str, limit: int) -> str:
    """As many lines of an overview as there is room for."""
    data = overview.encode()
    if len(data) <= limit - _RESERVE_BYTES:
        return overview
    shown = data[: limit - _RESERVE_BYTES].rpartition(b"\n")[0].decode()
    return f"{shown}\n\n_the other cards are left out: GitHub takes 1 MiB_\n"


_HERE: dict[str, Callable[[Sequence[Report]], str]] = {"terminal": _terminal, "markdown": _markdown}
