"""What ``store prune``, ``store export`` and ``store import`` do."""

import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING

import stamina

from snippet_images.errors import UsageError
from verify_snippets import exit_codes
from verify_snippets import screen as screens
from verify_snippets.nightly.recording import record_report
from verify_snippets.report import saved
from verify_snippets.report.model import Report
from verify_snippets.store import export, open_store
from verify_snippets.store.holding import HeldError, this_process

if TYPE_CHECKING:
    from verify_snippets.store import Store

_WAIT_S = 120.0  # for another import to end; for a night nobody waits
logging.getLogger("stamina").addHandler(logging.NullHandler())  # attempts are nobody's business


def prune(store_url: str | None, *, days: int) -> int:
    """Remove old runs and reports, and say how many went."""
    with open_store(store_url, must_exist=True) as store:
        count = store.prune(datetime.now(UTC) - timedelta(days=days))
    _say(f"{count:,} runs and reports from more than {days} days ago removed")
    return exit_codes.GOOD


def export_runs(store_url: str | None, file: Path) -> int:
    """Write every run into a file, and say how many."""
    with open_store(store_url, must_exist=True) as store:
        count = export.write(store.every_run(), file)
    _say(f"{count:,} runs written to {file}")
    return exit_codes.GOOD


def import_reports(store_url: str | None, files: Sequence[Path]) -> int:
    """Take over what other machines found out; all reports are read before the first is stored."""
    reports = [(_made_at(report, file), report, file) for file in files for report in saved.read(file)]
    with open_store(store_url) as store, _held(store):
        for made_at, report, file in sorted(reports, key=itemgetter(0)):
            count = record_report(store, report, made_at)
            _say(f"{report.card.repo_id}: {count:,} new runs from {file}")
    return exit_codes.GOOD


@contextmanager
def _held(store: "Store") -> Iterator[None]:
    """Hold the store: what is known must not change between reading and writing it."""
    with ExitStack() as stack:
        for attempt in stamina.retry_context(on=HeldError, attempts=None, timeout=_WAIT_S, wait_max=2.0):
            with attempt:
                stack.enter_context(store.lock(f"an import, {this_process()}"))
        yield


def _made_at(report: Report, file: Path) -> datetime:
    """When a report was finished: later reports win over earlier ones."""
    try:
        began = datetime.fromisoformat(report.started_at)
    except ValueError as error:
        raise UsageError(f"{file} does not say when it was made: {report.started_at!r} is no time") from error
    began = began if began.tzinfo else began.replace(tzinfo=UTC)
    return began + timedelta(seconds=report.duration_s)


def _say(text: str) -> None:
    screens.console_for(sys.stdout).print(text, soft_wrap=True)
