"""What the Hub says of a model, of its weights without the weights, and of the hardware it lends.

``HfApi`` of the Hub's client would say the same, but takes long to import: a card whose verdicts are known is
done in that time. So these few requests are made here, by the client's own session, with its proxies,
certificates and errors.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import quote

from huggingface_hub import constants, get_token, hf_hub_url
from huggingface_hub.utils import (  # type: ignore[attr-defined]  # public, yet not marked so
    build_hf_headers,
    get_session,
    hf_raise_for_status,
)

from verify_snippets.facts import HEADER_LENGTH, HEADER_LIMIT_BYTES, parameters_in

_MOST_HEADERS_BYTES = 100_000  # one request is enough for 97 % of the files on the Hub, says its client


@dataclass(frozen=True, kw_only=True)
class ModelInfo:
    """A model at one commit.

    Attributes:
        repo_id: as the Hub calls it; a renamed repo has its new name.
        commit: 40 hex digits.
        sizes: bytes by path; 0 where the Hub doesn't say, or was not asked.
        parameters: by dtype, where the Hub knows them.
    """

    repo_id: str
    commit: str
    sizes: Mapping[str, int] = field(default_factory=dict)
    parameters: Mapping[str, int] = field(default_factory=dict)


def sent_token(token: str | bool | None) -> str | Literal[False]:
    """What is sent for a token: the one that the user is logged in with for True; False for none.

    The client would refuse to ask without a token where it is told True and nobody is logged in.
    """
    return (get_token() if token is True else token) or False


def get(
    url: str,
    *,
    timeout_s: float,
    token: str | bool | None = None,
    params: Any = None,
    headers: Mapping[str, str] | None = None,
) -> Any:
    """The Hub's answer, where it is one.

    Args:
        url: of what is asked for.
        timeout_s: for the answer.
        token: the user's; None for the one that is logged in with, False for none.
        params: of the question, as the client's session takes them.
        headers: beside those that the client always sends.

    Raises:
        Exception: what the client's session raises (``huggingface_hub.errors``, ``httpx`` ...).
    """
    sent = {**build_hf_headers(token=token), **(headers or {})}
    response = get_session().get(url, headers=sent, params=params, timeout=timeout_s)
    hf_raise_for_status(response)
    return response


def model_info(
    repo_id: str,
    revision: str,
    *,
    endpoint: str,
    timeout_s: float,
    token: str | bool | None = None,
    sizes: bool = False,
) -> ModelInfo:
    """Ask for a model (``GET /api/models/{repo}/revision/{revision}``).

    Args:
        repo_id: of the model.
        revision: a branch, a tag or a commit.
        endpoint: the Hub's address.
        timeout_s: for the answer.
        token: the user's; None for the one that is logged in with, False for none.
        sizes: ask for those of its files, too.

    Raises:
        ValueError: the Hub says no commit.
        Exception: what the client's session raises (``huggingface_hub.errors``, ``httpx`` ...).
    """
    said = get(
        f"{endpoint}/api/models/{repo_id}/revision/{quote(revision, safe='')}",
        token=token,
        params={"blobs": True} if sizes else {},
        timeout_s=timeout_s,
    ).json()
    if not said.get("sha"):
        raise ValueError(f"the Hub names no commit of {repo_id}")
    safetensors: Mapping[str, Any] = said.get("safetensors") or {}
    return ModelInfo(
        repo_id=said.get("id") or repo_id,
        commit=said["sha"],
        sizes={file["rfilename"]: file.get("size") or 0 for file in said.get("siblings") or ()},
        parameters=safetensors.get("parameters") or {},
    )


def parameters_of(
    repo_id: str, path: str, *, revision: str, endpoint: str, timeout_s: float
) -> dict[str, int]:
    """Parameters by dtype, from the header of a safetensors file; the rest of it stays on the Hub.

    Args:
        repo_id: of the model.
        path: of the file in it.
        revision: a branch, a tag or a commit.
        endpoint: the Hub's address.
        timeout_s: for each of at most two answers.

    Raises:
        ValueError: it has no such header.
        Exception: as above.
    """
    url = hf_hub_url(repo_id, path, revision=revision, endpoint=endpoint)

    def bytes_of(first: int, last: int) -> bytes:
        return bytes(get(url, headers={"Range": f"bytes={first}-{last}"}, timeout_s=timeout_s).content)

    start = bytes_of(0, _MOST_HEADERS_BYTES)
    if len(start) < HEADER_LENGTH.size:
        raise ValueError(f"{path} is no safetensors file")
    (length,) = HEADER_LENGTH.unpack_from(start)
    if length > HEADER_LIMIT_BYTES:
        raise ValueError(f"{path} has a header of {length:,} bytes")
    end = HEADER_LENGTH.size + length
    whole = start[:end] if end <= len(start) else start + bytes_of(len(start), end - 1)
    return parameters_in(whole[HEADER_LENGTH.size :])


def hardware(*, endpoint: str | None, timeout_s: float) -> list[dict[str, Any]]:
    """The Hub's flavors of hardware as it tells them (``GET /api/jobs/hardware``).

    Args:
        endpoint: the Hub's address; the user's own by default.
        timeout_s: for the answer.

    Raises:
        ValueError: it is no list.
        Exception: as above.
    """
    said = get(f"{endpoint or constants.ENDPOINT}/api/jobs/hardware", timeout_s=timeout_s).json()
    if not isinstance(said, list):
        raise ValueError(f"the Hub's flavors are no list: {said!r:.100}")
    return said
