"""The Hub's lists of models, page by page, as it answers them."""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from huggingface_hub import ModelInfo
from huggingface_hub.hf_api import ExpandModelProperty_T

from verify_snippets.hub_api import get
from verify_snippets.nightly.patience import NoAnswerError
from verify_snippets.store.records import ListedModel

ANSWER_S = 20.0
EXPAND: tuple[ExpandModelProperty_T, ...] = (
    "sha",
    "lastModified",
    "downloads",
    "library_name",
    "pipeline_tag",
    "gated",
    "private",
)
Query = tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page of a list, and what to ask for the next one; empty after the last."""

    models: tuple[ListedModel, ...]
    following: Query


def first_query(owner: str) -> Query:
    """What to ask for the first page of an owner's models.

    They come by the date they were made, which never changes: none slips from one page to another.
    """
    return (("author", owner), ("sort", "createdAt"), *(("expand", field) for field in EXPAND))


def read_page(endpoint: str, token: str | bool, query: Query) -> Page:
    """One page.

    Raises:
        HfHubHTTPError: the Hub refuses, or has trouble.
        NoAnswerError: it sends something else than a list of models.
    """
    response = get(f"{endpoint}/api/models", token=token, params=list(query), timeout_s=ANSWER_S)
    try:
        models = tuple(listed(_model_info(row)) for row in response.json())
    except (ValueError, TypeError, KeyError) as error:
        raise NoAnswerError(f"the Hub's list of models can't be read: {error}") from error
    # Only what to ask is taken from the address: it may name another host than the mirror that we ask, and
    # the token must not go there.
    following = response.links.get("next", {}).get("url")
    return Page(models=models, following=tuple(parse_qsl(urlsplit(following).query)) if following else ())


def _model_info(row: object) -> ModelInfo:
    if not isinstance(row, dict):
        raise TypeError("a model is no table")
    return ModelInfo(**row)  # type: ignore[no-untyped-call]


def listed(info: ModelInfo) -> ListedModel:
    """A model as a night needs it."""
    return ListedModel(
        repo_id=info.id,
        revision=info.sha or "",
        last_modified=info.last_modified,
        downloads=info.downloads or 0,
        library=info.library_name or "",
        task=info.pipeline_tag or "",
        gated=bool(info.gated),
        private=bool(info.private),
    )
