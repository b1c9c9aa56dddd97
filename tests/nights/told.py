"""What a night told while it went on (``--log-format json``)."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, kw_only=True, order=True)
class ToldVerdict:
    """One attempt's verdict."""

    repo_id: str
    snippet_id: str
    attempt: int
    verdict: str


def events(log: Path) -> Iterator[dict[str, Any]]:
    """All whole lines of a log; the last may have been cut by a kill."""
    for line in log.read_text().splitlines(keepends=True):
        if line.endswith("\n") and line.startswith("{"):
            yield json.loads(line)


def verdicts(log: Path) -> set[ToldVerdict]:
    """Every verdict that came of a run."""
    return {
        ToldVerdict(
            repo_id=event["repo_id"],
            snippet_id=event["snippet"],
            attempt=event["attempt"],
            verdict=event["verdict"],
        )
        for event in events(log)
        if event["event"] == "verdict" and not event["reused"]
    }
