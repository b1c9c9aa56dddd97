"""What ``history`` does."""

import difflib
import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from snippet_images.errors import UsageError
from verify_snippets import exit_codes
from verify_snippets import screen as screens
from verify_snippets.cli import history_json, history_text
from verify_snippets.report.layout import put
from verify_snippets.store import open_store
from verify_snippets.store.records import (
    ClaimStanding,
    Night,
    Standing,
    StoredModel,
    StoredRun,
    Visit,
    line_of,
)

if TYPE_CHECKING:
    from verify_snippets.store import Store

RUNS = 10  # of each snippet
_NIGHTS = 30
_NEAR = 5


@dataclass(frozen=True, kw_only=True)
class ModelHistory:
    """What the store holds of one model.

    Attributes:
        model: as it was listed.
        visit: when all of its snippets had their verdicts last; None where they never had.
        standings: of each snippet, those that the card has no more at the end.
        claims: what is known of each, likewise.
        runs: the last ones of each snippet, the newest first.
    """

    model: StoredModel
    visit: Visit | None
    standings: tuple[Standing, ...]
    claims: tuple[ClaimStanding, ...]
    runs: tuple[StoredRun, ...]


def show_history(target: str | None, store_url: str | None, *, as_json: bool) -> int:
    """Print the nights, or what was said of one model."""
    with open_store(store_url, must_exist=True) as store:
        if target is None:
            _show_nights(store.nights(_NIGHTS), store.name, as_json=as_json)
        else:
            _show_model(_history(store, target), as_json=as_json)
    return exit_codes.GOOD


def _show_nights(nights: list[Night], store: str, *, as_json: bool) -> None:
    if as_json:
        _print_json(history_json.nights(nights))
        return
    console = screens.console_for(sys.stdout)
    if nights:
        put(history_text.nights_table(nights), console)
    else:
        hint = "`verify-snippets org NAME` makes one"
        console.print(f"no night is in the store {store} yet; {hint}", soft_wrap=True)


def _show_model(history: ModelHistory, *, as_json: bool) -> None:
    if as_json:
        _print_json(
            history_json.model(history.model, history.visit, history.standings, history.claims, history.runs)
        )
        return
    console = screens.console_for(sys.stdout)
    put(history_text.model_page(history, console.encoding), console)


def _print_json(value: dict[str, object]) -> None:
    sys.stdout.write(f"{json.dumps(value, indent=2)}\n")


def _history(store: "Store", target: str) -> ModelHistory:
    repo_id = _repo_id(target)
    models = {model.listed.repo_id: model for model in store.models()}
    if repo_id not in models:
        raise _unknown(repo_id, sorted(models), store.name)
    standings = sorted(store.standings(repo_id, gone=True), key=_place)
    return ModelHistory(
        model=models[repo_id],
        visit=store.visits().get(repo_id),
        standings=tuple(standings),
        claims=tuple(
            sorted(store.claim_standings(repo_id, gone=True), key=lambda claim: (claim.gone, claim.line))
        ),
        runs=tuple(store.runs(repo_id, limit=RUNS * len(standings))),
    )


def _place(standing: Standing) -> tuple[bool, int, str]:
    """In the card's order, with what it has no more at the end."""
    return standing.gone, line_of(standing.snippet_id), standing.key.profile


def _repo_id(target: str) -> str:
    """A repo's id, also from its address on the Hub."""
    path = urlsplit(target).path if "://" in target else target
    return "/".join(path.strip("/").split("/")[:2])


def _unknown(repo_id: str, known: list[str], store: str) -> UsageError:
    owned = [name for name in known if name.startswith(f"{repo_id}/")]
    near = owned or difflib.get_close_matches(repo_id, known, _NEAR, cutoff=0.5)
    more = ", ..." if len(near) > _NEAR else ""
    hint = (
        f"there is: {', '.join(near[:_NEAR])}{more}" if near else "is it another store? name it with --store"
    )
    return UsageError(f"the store {store} knows of no model {repo_id}", hint=hint)
