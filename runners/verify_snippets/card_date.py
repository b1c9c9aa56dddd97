"""When a card was last changed: the day whose libraries its author had."""

import os
import subprocess
from datetime import datetime
from pathlib import Path

from snippet_images.errors import InfrastructureError, UsageError
from verify_snippets.card import CARD_NAME, Card, Source

_HINT = "name the day with --as-of YYYY-MM-DD"
_GIT_TIMEOUT_S = 30.0


def last_changed(card: Card, *, ask_hub: bool = True) -> datetime:
    """When the last commit that touched a card was made.

    The time of a file says nothing: a download or a copy sets it anew.

    Args:
        card: the card.
        ask_hub: whether the Hub may be asked.

    Raises:
        UsageError: the card has no history that could be asked.
        InfrastructureError: the Hub does not say.
    """
    if card.source is Source.HUB:
        if not ask_hub:
            raise UsageError("a replay does not ask the Hub when the card was last changed", hint=_HINT)
        return _on_hub(card)
    return _in_git(Path(card.location).resolve())


def _on_hub(card: Card) -> datetime:
    from huggingface_hub import HfApi

    from verify_snippets.hub import user_token

    assert card.repo_id  # noqa: S101 - what comes from the Hub has a repo there
    api = HfApi(token=user_token())
    try:
        found = api.get_paths_info(card.repo_id, CARD_NAME, expand=True, revision=card.revision)
    except Exception as error:  # whatever it is: the Hub has just given us the card
        reason = " ".join(str(error).split())[:200]
        raise InfrastructureError(
            f"the Hub does not say when the card of {card.repo_id} was last changed: {reason}", hint=_HINT
        ) from error
    for info in found:
        if info.last_commit is not None:
            return info.last_commit.date
    raise InfrastructureError(
        f"the Hub does not say when the card of {card.repo_id} was last changed", hint=_HINT
    )


def _in_git(file: Path) -> datetime:
    # Settings of a checkout can name programs; the ones that a log would start are switched off.
    safe = ("-c", "log.showSignature=false", "-c", "core.fsmonitor=false", "--no-pager")
    command = ["git", "-C", str(file.parent), *safe, "log", "-1", "--format=%cI", "--", file.name]
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_GIT_TIMEOUT_S, env=environment, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UsageError(f"git can't be asked when {file} was last changed: {error}", hint=_HINT) from error
    if done.returncode != 0 or not done.stdout.strip():
        said = done.stderr.strip().partition("\n")[0] or "it was never committed"
        raise UsageError(f"git does not say when {file} was last changed: {said}", hint=_HINT)
    return datetime.fromisoformat(done.stdout.strip())
