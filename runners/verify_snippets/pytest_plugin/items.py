"""A card's snippet as an item of pytest's."""

import posixpath
from os import PathLike
from pathlib import Path
from typing import Any

import pytest
from _pytest._code.code import TerminalRepr

from snippet_images.errors import UserFacingError
from verify_snippets.card import CARD_NAME, Source
from verify_snippets.clean import clean, one_line, shorten
from verify_snippets.options import Options
from verify_snippets.plan import Plan, Step
from verify_snippets.pytest_plugin import failure, mark_of
from verify_snippets.pytest_plugin.asking import told
from verify_snippets.pytest_plugin.failure import SnippetFailedError
from verify_snippets.pytest_plugin.verifier import Verifier
from verify_snippets.report.model import RunReport
from verify_snippets.snippets import Origin
from verify_snippets.verdict import Verdict

_TITLE_LENGTH = 60


class SnippetItem(pytest.Item):
    """One snippet under one profile.

    It is run while pytest sets the item up: what our own infrastructure keeps from running is an error there,
    as of a fixture, and only the card's own faults are failures.

    Args:
        card: how the card is called.
        plan: of the card.
        step: the snippet's.
        options: what was asked for.
        verifier: gives the verdict.
    """

    def __init__(
        self, *, card: str, plan: Plan, step: Step, options: Options, verifier: Verifier, **others: Any
    ) -> None:
        super().__init__(**others)
        self._card = card
        self._plan = plan
        self._step = step
        self._options = options
        self._verifier = verifier
        self._run: RunReport | None = None
        self.add_marker("card")
        self.add_marker(mark_of(step.snippet.kind))
        self.add_marker(pytest.mark.card_profile(name=step.profile))
        if step.snippet.origin is Origin.NOTEBOOK and self.config.pluginmanager.hasplugin("xdist"):
            self.add_marker(pytest.mark.xdist_group(name=f"{card}::{step.snippet.document}"))

    def setup(self) -> None:
        """Run the snippet."""
        self._run = None  # of the item's run before, where it is run again
        try:
            run = self._verifier.verdict(self._plan, self._step, self._options)
        except UserFacingError as error:
            pytest.fail(told(error), pytrace=False)
        self._tell(run)
        if run.verdict is Verdict.SKIPPED:
            pytest.skip(one_line(run.reason))
        if run.verdict is Verdict.BROKEN:
            pytest.fail(f"not the card's fault: {one_line(run.reason)}", pytrace=False)
        self._run = run

    def runtest(self) -> None:
        """Say what came of it."""
        if self._run is not None and self._run.verdict is not Verdict.PASSED:
            raise SnippetFailedError(self._run)

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None
    ) -> str | TerminalRepr:
        """The card's lines and the reason; none of our own code."""
        if isinstance(excinfo.value, SnippetFailedError):
            return failure.representation(excinfo.value.run, self._plan, self._step, self._place)
        return super().repr_failure(excinfo, style)

    @property
    def _place(self) -> str:
        """The file that the snippet stands in, as the card is called: the card, or a notebook beside it."""
        document = self._step.snippet.document
        if document == CARD_NAME:
            return self._card
        folder = self._card if self._plan.card.source is Source.HUB else posixpath.dirname(self._card)
        return posixpath.join(folder, document)

    def reportinfo(self) -> tuple[PathLike[str] | str, int, str]:
        """The card, the snippet's line (from 0), and its first line of code."""
        block = self._step.snippet.block
        code = (line.strip() for line in block.text.splitlines())
        title = shorten(one_line(next(filter(None, code), "")), _TITLE_LENGTH)
        return Path(self.config.rootpath, self._place), block.start_line - 1, f"{self.name} {title}".rstrip()

    def amend(self, report: pytest.TestReport, whole_s: float) -> None:
        """Put into pytest's own report what it can't know.

        Args:
            report: on one phase.
            whole_s: how long the phase took.
        """
        if report.skipped:
            path, line, _ = self.reportinfo()
            report.longrepr = (str(path), line + 1, _skip_reason(report))
        own_s = self._run.duration_s if self._run and not self._run.reused_from else None  # else it took none
        if own_s is None:
            return
        if report.when == "setup":  # our own part of it: containers, packages, blocks that come first
            report.duration = max(0.0, whole_s - own_s)
        elif report.when == "call":
            report.duration = own_s

    def _tell(self, run: RunReport) -> None:
        remarks = "\n".join(map(one_line, run.remarks))
        traceback = run.error.traceback if run.error else ""
        stderr = run.stderr.removesuffix(traceback)  # which the failure shows already
        for name, text in (("stdout", run.stdout), ("stderr", stderr), ("remarks", remarks)):
            if text.strip():
                self.add_report_section("call", name, clean(text))
        facts = {
            "verdict": str(run.verdict),
            "reason": one_line(run.reason),
            "cause": str(run.cause.kind) if run.cause else None,
            "kind": str(self._step.snippet.kind),
            "line": self._step.snippet.block.start_line,
            "profile": run.profile,
            "duration_s": run.duration_s,
            "peak_memory_bytes": run.memory.anonymous_bytes,
            "reused_from": run.reused_from,
            "revision": self._plan.card.revision,
        }
        self.user_properties = [(name, value) for name, value in facts.items() if value is not None]


def _skip_reason(report: pytest.TestReport) -> str:
    return report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
