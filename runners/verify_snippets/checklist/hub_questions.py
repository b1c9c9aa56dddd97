"""What the checklist asks the Hub beside the card and its facts."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from urllib.parse import quote

from huggingface_hub import constants
from huggingface_hub.errors import HfHubHTTPError, RepositoryNotFoundError

from verify_snippets.card import Card, Source
from verify_snippets.checklist.material import Repo
from verify_snippets.hub_api import get
from verify_snippets.repo_files import files_of

ANSWER_S = 10.0
_AT_ONCE = 8
_MOST_REPOS = 100
_QUANTIZED_SHOWN = 20


def read_repo(card: Card) -> Repo | None:
    """The repo of a card; None for a card alone, and where the Hub doesn't tell."""
    if card.folder:
        return Repo(files={name: file.stat().st_size for name, file in files_of(card.folder).items()})
    if card.source is not Source.HUB or not card.repo_id or not card.revision:
        return None
    hub = _endpoint()
    try:
        said = get(
            f"{hub}/api/models/{card.repo_id}/revision/{card.revision}",
            params={"blobs": True},
            timeout_s=ANSWER_S,
        ).json()
        files = {str(file["rfilename"]): int(file.get("size") or 0) for file in said.get("siblings") or ()}
    except Exception:  # noqa: BLE001  whatever is wrong with the way to the Hub, these items are then not seen
        return None
    return Repo(files=files, is_gated=bool(said.get("gated")), quantized=_quantized(card.repo_id, hub))


def known_repos(card: Card) -> Mapping[str, bool]:
    """Which of the models and datasets that the metadata names the Hub has.

    Asked without the user's token: what only they can see is not there for their readers.
    """
    wanted = list(dict.fromkeys(_named(card)))[:_MOST_REPOS]
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        answers = zip(wanted, pool.map(_exists, wanted), strict=True)
        return {name: there for name, there in answers if there is not None}


def _named(card: Card) -> Iterator[str]:
    for key, kind in (("datasets", "dataset"), ("base_model", "model"), ("new_version", "model")):
        value = card.metadata.get(key)
        for name in value if isinstance(value, list) else [value]:
            if isinstance(name, str) and name:
                yield f"{kind}:{name}"


def _exists(named: str) -> bool | None:
    """Whether there is such a repo; None where that could not be found out."""
    kind, _, name = named.partition(":")
    try:
        get(f"{_endpoint()}/api/{kind}s/{quote(name)}", token=False, timeout_s=ANSWER_S)
    except RepositoryNotFoundError as error:
        # a gated repo is there, and its page can be seen
        return getattr(error.response, "headers", {}).get("X-Error-Code") == "GatedRepo"
    except HfHubHTTPError as error:
        return False if error.response.status_code == HTTPStatus.NOT_FOUND else None
    except Exception:  # noqa: BLE001  no answer is no finding
        return None
    return True


def _quantized(repo_id: str, hub: str) -> Sequence[str] | None:
    params = {"filter": f"base_model:quantized:{repo_id}", "sort": "downloads", "limit": _QUANTIZED_SHOWN}
    try:
        rows = get(f"{hub}/api/models", params=params, timeout_s=ANSWER_S).json()
        return [str(row["id"]) for row in rows]
    except Exception:  # noqa: BLE001  as above
        return None


def _endpoint() -> str:
    return str(constants.ENDPOINT).rstrip("/")
