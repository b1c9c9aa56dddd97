"""Finds the Hub's own code for a card: the Hub's notebook, else the Hub's generator."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from verify_snippets.card import Card, Source
from verify_snippets.hub_code import generator, model_data, notebook
from verify_snippets.hub_code.model import HubCode, LibraryCode
from verify_snippets.pattern import Pattern
from verify_snippets.repo_files import CONFIG_LIMIT_BYTES, files_of, parsed

ANSWER_S = 5.0
NOTEBOOK_LIMIT_BYTES = 2_000_000
_FILES_AT_MOST = 10_000
_NAME = Pattern(r"[A-Za-z0-9][\w.-]{0,60}")


def find_hub_code(card: Card, *, endpoint: str | None = None, is_newest: bool = True) -> HubCode | None:
    """What the Hub shows, or would show, for a card's model; None where nothing can be known.

    Args:
        card: whose model is meant.
        endpoint: the Hub's address; the user's own by default.
        is_newest: whether the card is that of ``main``, the only one that the Hub's notebook is made for.

    Raises:
        InfrastructureError: the generator fails.
    """
    if card.repo_id is None:
        return None
    match card.source:
        case Source.HUB:
            return _of_hub(card, card.repo_id, endpoint, is_newest=is_newest)
        case Source.FOLDER if card.folder:
            return generator.generate(_plain(_of_folder(card.repo_id, card.metadata, card.folder)))
        case _:
            return None  # a card alone: of the model's files nothing is known


def _of_hub(card: Card, repo_id: str, endpoint: str | None, *, is_newest: bool) -> HubCode | None:
    from huggingface_hub import constants

    hub = endpoint or constants.ENDPOINT
    samples = _of_notebook(hub, repo_id) if is_newest else ()
    if samples:
        library = LibraryCode(library=_library(card.metadata, samples), samples=samples)
        return HubCode(libraries=(library,), made_by="the Hub")
    told = _asked(f"{hub}/api/models/{repo_id}/revision/{quote(card.revision or 'main', safe='')}")
    return generator.generate(json.loads(told)) if told else None


def _library(metadata: Mapping[str, Any], samples: tuple[str, ...]) -> str:
    """What the notebook is about: the card may name anything, and what it installs is read as a name."""
    named = metadata.get("library_name")
    if isinstance(named, str) and _NAME.fullmatch(named):
        return named
    return notebook.library(samples) or "model"


def _of_notebook(hub: str, repo_id: str) -> tuple[str, ...]:
    """The samples of the notebook that the Hub serves; none where it serves none."""
    text = _asked(f"{hub}/{repo_id}.ipynb")
    try:
        return notebook.read(text) if text else ()
    except ValueError:
        return ()  # a page that isn't a notebook


def _asked(url: str) -> str:
    """The Hub's answer; empty where there is none: a card is verified without it."""
    from verify_snippets.hub_api import get

    try:
        data: bytes = get(url, timeout_s=ANSWER_S).content
    except Exception:  # noqa: BLE001 - the client lets its HTTP library's own errors through
        return ""
    return data.decode("utf-8", errors="replace") if len(data) <= NOTEBOOK_LIMIT_BYTES else ""


def _of_folder(repo_id: str, metadata: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    paths = list(files_of(folder))[:_FILES_AT_MOST]
    configs = {name: parsed(_text(folder / name)) for name in model_data.READ if name in paths}
    if model_data.CHAT_TEMPLATE in paths:
        configs[model_data.CHAT_TEMPLATE] = {"text": _text(folder / model_data.CHAT_TEMPLATE)}
    return model_data.from_files(repo_id, metadata, paths, configs)


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > CONFIG_LIMIT_BYTES:
            return ""
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _plain(model: dict[str, Any]) -> dict[str, Any]:
    """A model as JSON can tell it: front matter may hold dates."""
    plain: dict[str, Any] = json.loads(json.dumps(model, default=str))
    return plain
