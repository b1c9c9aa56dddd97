"""What ``plan --check`` does: say what reading alone shows to be wrong with cards."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import click

from snippet_images.errors import UsageError, UserFacingError
from verify_snippets import exit_codes, mistakes
from verify_snippets.clean import one_line
from verify_snippets.mistakes import Mistake
from verify_snippets.options import Options, Silence
from verify_snippets.prepare import prepare
from verify_snippets.target import HUB_HOSTS, is_local


def check_cards(targets: Sequence[str], options: Options, *, as_json: bool) -> int:
    """Print the mistakes of every card, one a line, and return the exit code.

    A card that can't be read keeps no other from being checked.
    """
    if options.repo_id is not None and len(targets) != 1:
        raise UsageError(
            f"--repo-id speaks of one card, and {len(targets)} were named", hint="check them one at a time"
        )
    found: list[tuple[str, Mistake]] = []
    unread: list[UserFacingError] = []
    for target in dict.fromkeys(targets):
        try:
            found += _check(target, options)
        except UserFacingError as error:
            unread.append(error)
    if as_json:
        _write_json(found)
    else:
        for place, mistake in found:
            click.echo(one_line(f"{place}:{mistake.line}: {mistake.problem} — {mistake.remedy}"))
    for unreadable in unread[:-1]:
        click.echo(f"error: {one_line(unreadable.message)}", err=True)
    if unread:
        raise unread[-1]  # which says the rest, and what the program exits with
    return exit_codes.CARD_AT_FAULT if found else exit_codes.GOOD


def _check(target: str, options: Options) -> list[tuple[str, Mistake]]:
    if is_local(target):
        options = replace(options, repo_id=options.repo_id or repo_of_clone(Path(target)))
    plan = prepare(target, options, Silence())
    return [(plan.card.location, mistake) for mistake in mistakes.find(plan)]


def repo_of_clone(path: Path) -> str | None:
    """The repo on the Hub whose clone a card lies in, at its top; None for a card anywhere else."""
    folder = path if path.is_dir() else path.parent
    if not (folder / ".git").exists():
        return None
    asked = ["git", "-C", str(folder), "remote", "get-url", "origin"]
    try:
        done = subprocess.run(asked, capture_output=True, text=True, timeout=5, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return _repo_at(done.stdout.strip()) if done.returncode == 0 else None


def _repo_at(address: str) -> str | None:
    """The repo at ``https://huggingface.co/acme/tiny`` or ``git@hf.co:acme/tiny``."""
    if "://" not in address:
        host, _, path = address.rpartition("@")[2].partition(":")
    else:
        parts = urlsplit(address)
        host, path = parts.hostname or "", parts.path
    words = path.strip("/").removesuffix(".git").split("/")
    return "/".join(words) if host in HUB_HOSTS and len(words) == 2 and all(words) else None


def _write_json(found: Sequence[tuple[str, Mistake]]) -> None:
    told = [
        {"path": place, "line": mistake.line, "problem": mistake.problem, "remedy": mistake.remedy}
        for place, mistake in found
    ]
    sys.stdout.write(json.dumps(told, indent=2, ensure_ascii=False) + "\n")
