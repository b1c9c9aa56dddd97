"""TARGET -> the models it means: those of an organization or a user, of a collection, or of a file of ids."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TypeVar
from urllib.parse import parse_qsl, quote, urlsplit

from huggingface_hub import HfApi, ModelInfo, constants, get_session, get_token
from huggingface_hub.errors import HfHubHTTPError
from huggingface_hub.hf_api import ExpandModelProperty_T
from huggingface_hub.utils import build_hf_headers, hf_raise_for_status  # type: ignore[attr-defined]  # public

from snippet_images.errors import UsageError, UserFacingError
from snippet_images.progress import Listener, Progress, silent
from verify_snippets.hub_errors import account, bad_token, is_bad_token, trouble
from verify_snippets.nightly.patience import NoAnswerError, Patience
from verify_snippets.nightly.targets import Collection, Models, Owner, Target, read_target
from verify_snippets.store.records import ListedModel

_EXPAND: tuple[ExpandModelProperty_T, ...] = (
    "sha",
    "lastModified",
    "downloads",
    "library_name",
    "pipeline_tag",
    "gated",
    "private",
)
_ANSWER_S = 20.0
_AT_ONCE = 8
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Missing:
    """A model that was named, and can't be listed.

    Attributes:
        repo_id: as it was named.
        reason: why not.
    """

    repo_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Listing:
    """The models that a target means now.

    Attributes:
        name: of the target, the same however it was written.
        models: each once, the newest repo first where an owner is listed, else in the given order.
        whole: whether these are all models of ``owner``.
        owner: the organization or user; None for a collection or a file.
        missing: what was named one by one and isn't there.
    """

    name: str
    models: tuple[ListedModel, ...]
    whole: bool
    owner: str | None = None
    missing: tuple[Missing, ...] = ()


def list_models(
    target: str,
    *,
    endpoint: str | None = None,
    token: str | bool | None = True,
    patience: Patience | None = None,
    listener: Listener = silent,
) -> Listing:
    """All models that ``target`` means, at their newest commits; never a part of a list for the whole.

    Args:
        target: see ``targets.read_target``.
        endpoint: the Hub's address; the user's own by default.
        token: the user's; True for the one they are logged in with.
        patience: how long the Hub is asked again.
        listener: hears how far it has come.

    Raises:
        UsageError: there is no such thing, it holds no model, or the token is no good.
        InfrastructureError: the Hub doesn't answer as it should.
    """
    hub = _hub(endpoint, token, patience or Patience(listener=listener), listener)
    return hub.models_of(read_target(target, hub.endpoint))


def is_model(name: str, *, endpoint: str | None = None, token: str | bool | None = True) -> bool:
    """Whether a name without a slash is a model's, one of the Hub's oldest, and not an owner's.

    Raises:
        UserFacingError: the Hub doesn't answer as it should.
    """
    return _hub(endpoint, token, Patience(), silent).find(name) is not None


def _hub(endpoint: str | None, token: str | bool | None, patience: Patience, listener: Listener) -> "_Hub":
    return _Hub(
        endpoint=(endpoint or constants.ENDPOINT).rstrip("/"),
        token=(get_token() if token is True else token) or False,
        patience=patience,
        listener=listener,
    )


_Query = tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class _Page:
    """A page of a list, and what to ask for the next one; empty after the last."""

    models: tuple[ListedModel, ...]
    following: _Query


@dataclass(frozen=True, kw_only=True)
class _Hub:
    """Lists of models."""

    endpoint: str
    token: str | bool  # False for none; True would be an error where the user has none
    patience: Patience
    listener: Listener

    def models_of(self, target: Target) -> Listing:
        """What a target means."""
        match target:
            case Owner(name=name):
                return self._of_owner(name)
            case Collection(slug=slug):
                return self._of_ids(target.name, self._ids_of_collection(slug))
            case Models(repo_ids=repo_ids):
                return self._of_ids(target.name, repo_ids)

    def find(self, repo_id: str) -> ListedModel | None:
        """A model by its id; None where there is none that the user may see."""
        api = HfApi(endpoint=self.endpoint, token=self.token)
        try:
            return _listed(
                self._ask(lambda: api.model_info(repo_id, expand=list(_EXPAND), timeout=_ANSWER_S))
            )
        except HfHubHTTPError:  # what is let through means that there is nothing to be seen
            return None

    # --- an owner

    def _of_owner(self, owner: str) -> Listing:
        models: dict[str, ListedModel] = {}
        for page in self._pages(owner):
            models |= {model.repo_id: model for model in page}
            self._progress(f"listing the models of {owner}", len(models))
        if not models:
            raise self._nothing(owner)
        return Listing(name=owner, models=tuple(models.values()), whole=True, owner=owner)

    def _pages(self, owner: str) -> Iterator[Sequence[ListedModel]]:
        """By the date they were made, which never changes: no model slips from one page to another."""
        expand = [("expand", field) for field in _EXPAND]
        query: _Query = (("author", owner), ("sort", "createdAt"), *expand)
        asked: set[_Query] = set()
        while query:
            if query in asked:
                raise trouble(NoAnswerError("its list of models has no end"), self.endpoint)
            asked.add(query)
            page = self._ask(partial(self._page, query))
            yield page.models
            query = page.following

    def _page(self, query: _Query) -> _Page:
        response = get_session().request(
            "GET",
            f"{self.endpoint}/api/models",
            params=list(query),
            headers=build_hf_headers(token=self.token),
            timeout=_ANSWER_S,
        )
        hf_raise_for_status(response)
        try:
            models = tuple(_listed(_model_info(row)) for row in response.json())
        except (ValueError, TypeError, KeyError) as error:
            raise NoAnswerError(f"the Hub's list of models can't be read: {error}") from error
        # Only what to ask is taken from the address: it may name another host than the mirror that we ask,
        # and the token must not go there.
        following = response.links.get("next", {}).get("url")
        return _Page(
            models=models, following=tuple(parse_qsl(urlsplit(following).query)) if following else ()
        )

    def _nothing(self, owner: str) -> UserFacingError:
        """Why an owner has no models: the Hub's list is empty for one who doesn't exist, too."""
        if not (self._exists(f"organizations/{owner}") or self._exists(f"users/{owner}")):
            return UsageError(
                f"there is no organization or user {owner} on the Hub",
                hint="check the spelling; a model is ORG/NAME, a file of repo ids a path such as ./ids",
            )
        return UsageError(
            f"{owner} has no models that you can see",
            hint="" if self.token else "private ones show after `hf auth login`",
        )

    def _exists(self, account_path: str) -> bool:
        address = f"{self.endpoint}/api/{account_path}/overview"

        def look() -> bool:
            headers = build_hf_headers(token=self.token)
            response = get_session().request("GET", address, headers=headers, timeout=_ANSWER_S)
            if response.status_code == 404:
                return False
            hf_raise_for_status(response)
            return True

        return self._ask(look)

    # --- models that are named one by one

    def _ids_of_collection(self, slug: str) -> list[str]:
        api = HfApi(endpoint=self.endpoint, token=self.token)
        try:
            collection = self._ask(lambda: api.get_collection(quote(slug)))
        except HfHubHTTPError as error:
            if error.response.status_code != 404:
                raise
            raise UsageError(
                f"there is no collection {slug} on the Hub, or it is private and {account(self.token)}",
                hint="copy the address that its page has",
            ) from error
        ids = [item.item_id for item in collection.items if item.item_type == "model"]
        if not ids:
            raise UsageError(f"the collection {slug} holds no models", hint="name another one")
        return ids

    def _of_ids(self, name: str, repo_ids: Sequence[str]) -> Listing:
        models: dict[str, ListedModel] = {}
        missing: list[Missing] = []
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="listing") as threads:
            for repo_id, model in zip(repo_ids, threads.map(self.find, repo_ids), strict=True):
                if model is None:
                    why = f"there is no such model, or it is private and {account(self.token)}"
                    missing.append(Missing(repo_id=repo_id, reason=why))
                else:
                    models[model.repo_id] = model  # a renamed one has its new name
                self._progress(f"looking up {name}", len(models) + len(missing), len(repo_ids))
        if not models:
            first = f"{missing[0].repo_id}: {missing[0].reason}" if missing else "it names none"
            raise UsageError(f"{name} has no models that you can see: {first}", hint="check the spelling")
        return Listing(name=name, models=tuple(models.values()), whole=False, missing=tuple(missing))

    # --- asking

    def _ask(self, call: Callable[[], T]) -> T:
        """Ask, with patience; all that can't mean "no such thing" is told in plain words.

        Raises:
            HfHubHTTPError: the Hub says that there is no such thing, or not for this user.
            UserFacingError: it says nothing of use.
        """
        try:
            return self.patience.ask(call)
        except UserFacingError:
            raise
        except Exception as error:
            if is_bad_token(error):
                raise bad_token(self.endpoint) from error
            if isinstance(error, HfHubHTTPError) and error.response.status_code in (401, 403, 404):
                raise
            raise trouble(error, self.endpoint) from error

    def _progress(self, what: str, done: int, total: int | None = None) -> None:
        self.listener(Progress(what=what, done=done, total=total, unit="steps"))


def _model_info(row: object) -> ModelInfo:
    if not isinstance(row, dict):
        raise TypeError("a model is no table")
    return ModelInfo(**row)  # type: ignore[no-untyped-call]


def _listed(info: ModelInfo) -> ListedModel:
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
