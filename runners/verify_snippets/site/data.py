"""The table of all models as one small script, which a page in a folder can read as well. Pure.

It is written by columns, and words that many models share stand in it once.
"""

import json
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from verify_snippets.overview import CardVerdict
from verify_snippets.report.html.text import visible
from verify_snippets.site.facts import Facts, Model
from verify_snippets.site.looks import LOOKS

_NOT_IN_SCRIPTS = re.compile(r"[<>&]")  # nothing in it can end the script or begin a comment


def data_script(facts: Facts) -> str:
    """A script that hands the table to the page."""
    table = json.dumps(_table(facts), separators=(",", ":"))  # ASCII alone
    escaped = _NOT_IN_SCRIPTS.sub(lambda found: f"\\u{ord(found.group()):04x}", table)
    return f'"use strict";\nglobalThis.verifySnippets={escaped};\n'


class _Words:
    """Words, each of which is told once and then called by its number."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, word: str) -> int:
        return self._numbers.setdefault(visible(word), len(self._numbers))

    @property
    def all(self) -> list[str]:
        return list(self._numbers)


def _table(facts: Facts) -> dict[str, Any]:
    libraries, tasks, profiles = _Words(), _Words(), _Words()
    states = {verdict: place for place, verdict in enumerate(CardVerdict)}
    causes = {cause.group: place for place, cause in enumerate(facts.groups)}
    models = facts.models
    return {
        "models": [visible(model.repo_id) for model in models],
        "pages": {place: m.page for place, m in enumerate(models) if m.page != visible(m.repo_id)},
        "states": [[verdict, LOOKS[verdict].symbol, LOOKS[verdict].tone] for verdict in CardVerdict],
        "causes": [[cause.group.slug, _words(cause.group.headline)] for cause in facts.groups],
        "state": [states[model.verdict] for model in models],
        "cause": [[causes[group] for group in model.groups] for model in models],
        "library": [libraries.number(model.stored.listed.library) for model in models],
        "task": [tasks.number(model.stored.listed.task) for model in models],
        "hardware": [[profiles.number(profile) for profile in model.profiles] for model in models],
        "libraries": libraries.all,
        "tasks": tasks.all,
        "profiles": profiles.all,
        "since": _moments(model.since for model in models),
        "ran": _moments(model.ran_at for model in models),
        "time": [_seconds(model) for model in models],
        "downloads": [model.stored.listed.downloads for model in models],
    }


def _words(headline: str) -> str:
    """A headline without the backticks around names of code."""
    return visible(headline).replace("`", "")


def _moments(found: Iterable[datetime | None]) -> list[int | None]:
    return [round(moment.timestamp()) if moment else None for moment in found]


def _seconds(model: Model) -> float | None:
    return round(model.duration_s, 2) if model.standings else None
