"""Reads the facts of a repo: from the Hub without its weights, or from a local folder's own files."""

import json
import struct
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath
from typing import Any

from verify_snippets.card import Card
from verify_snippets.facts import (
    CONFIGS,
    HEADER_LENGTH,
    HEADER_LIMIT_BYTES,
    RepoFacts,
    add_up,
    facts_from,
    loaded_by_default,
    parameters_in,
)

CONFIG_LIMIT_BYTES = 5_000_000
SHARDS_AT_MOST = 64
ANSWER_S = 5.0


def read_facts(card: Card, *, endpoint: str | None = None, insist: bool = False) -> RepoFacts | None:
    """What the repo's files say; None for a card alone, and where the Hub doesn't tell.

    Args:
        card: whose repo is meant.
        endpoint: the Hub's address; the user's own by default.
        insist: whether a Hub that has trouble just now is an error, rather than a Hub that doesn't tell.

    Raises:
        InfrastructureError: it has, and that was asked for.
    """
    if card.folder:
        return _facts_of_folder(card.folder)
    if card.repo_id and card.revision:
        return _facts_of_repo(card.repo_id, card.revision, endpoint, insist=insist)
    return None


def _facts_of_folder(folder: Path) -> RepoFacts:
    files = files_of(folder)
    sizes = {name: path.stat().st_size for name, path in files.items()}
    configs = {name: parsed(files[name].read_bytes()) for name in _readable_configs(sizes)}
    tables = {name: _local_parameters(files[name]) for name in _shards(sizes)}
    return facts_from(sizes, configs, _by_folder(tables))


def _readable_configs(sizes: Mapping[str, int]) -> list[str]:
    return [name for name in CONFIGS if 0 < sizes.get(name, 0) < CONFIG_LIMIT_BYTES]


def _shards(sizes: Mapping[str, int]) -> list[str]:
    return [name for name in loaded_by_default(sizes) if name.endswith(".safetensors")]


def _by_folder(tables: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, int]]:
    """Parameters of the shards in each folder together."""
    folders = {str(PurePosixPath(name).parent) for name in tables}
    return {
        folder: add_up(table for name, table in tables.items() if str(PurePosixPath(name).parent) == folder)
        for folder in folders
    }


def files_of(folder: Path) -> dict[str, Path]:
    """The files of the repo that a folder stands for, by their paths in it, in order; none of git's own."""
    found = ((path.relative_to(folder), path) for path in sorted(folder.rglob("*")))
    return {str(own): path for own, path in found if ".git" not in own.parts and path.is_file()}


def _local_parameters(shard: Path) -> Mapping[str, int]:
    try:
        with shard.open("rb") as file:
            (length,) = HEADER_LENGTH.unpack(file.read(HEADER_LENGTH.size))
            return parameters_in(file.read(min(length, HEADER_LIMIT_BYTES)))
    except (OSError, ValueError, struct.error):
        return {}


def _facts_of_repo(repo_id: str, revision: str, endpoint: str | None, *, insist: bool) -> RepoFacts | None:
    from huggingface_hub import constants, hf_hub_download

    from snippet_sandbox.gateway.retries import hub_may_recover  # as heavy as the client itself
    from verify_snippets.hub_api import model_info
    from verify_snippets.hub_errors import trouble

    hub = endpoint or constants.ENDPOINT
    try:
        info = model_info(repo_id, revision, endpoint=hub, timeout_s=ANSWER_S, sizes=True)
        names = _readable_configs(info.sizes)
        configs = {
            name: parsed(Path(hf_hub_download(repo_id, name, revision=revision, endpoint=hub)).read_bytes())
            for name in names
        }
        told = {".": info.parameters} if info.parameters else {}
        parameters = told or _hub_parameters(repo_id, revision, hub, info.sizes)
    except Exception as error:  # the client lets its HTTP library's own errors through
        if insist and hub_may_recover(error):
            raise trouble(error, hub) from error
        return None  # facts are extra: a plan can be made without them
    return facts_from(info.sizes, configs, parameters)


def _hub_parameters(
    repo_id: str, revision: str, endpoint: str, sizes: Mapping[str, int]
) -> dict[str, dict[str, int]]:
    from verify_snippets.hub_api import parameters_of

    shards = _shards(sizes)
    if len(shards) > SHARDS_AT_MOST:
        return {}

    def count(shard: str) -> Mapping[str, int]:
        return parameters_of(repo_id, shard, revision=revision, endpoint=endpoint, timeout_s=ANSWER_S)

    with ThreadPoolExecutor(max_workers=8) as pool:
        return _by_folder(dict(zip(shards, pool.map(count, shards), strict=True)))


def parsed(data: bytes | str) -> dict[str, Any]:
    """A config as it was read; empty where it is none: people put anything into files."""
    try:
        config = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return config if isinstance(config, dict) else {}
