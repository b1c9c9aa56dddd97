"""TARGET -> the models it means: those of an organization or a user, of a collection, or of a file of ids."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TypeVar
from urllib.parse import quote

from huggingface_hub import HfApi, constants
from huggingface_hub.errors import HfHubHTTPError

from snippet_images.errors import UsageError, UserFacingError
from snippet_images.progress import Listener, Progress, silent
from verify_snippets.hub_api import get, sent_token
from verify_snippets.hub_errors import account, bad_token, is_bad_token, trouble
from verify_snippets.nightly.hub_pages import ANSWER_S, EXPAND, Query, first_query, listed, read_page
from verify_snippets.nightly.patience import NoAnswerError, Patience
from verify_snippets.nightly.targets import Collection, Models, Owner, Target, read_target
from verify_snippets.store.records import ListedModel

_AT_ONCE = 8
_MANY = 50  # models of one owner that are listed rather than asked for one by one
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
        token=sent_token(token),
        patience=patience,
        listener=listener,
    )


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
            return listed(self._ask(lambda: api.model_info(repo_id, expand=list(EXPAND), timeout=ANSWER_S)))
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
        query = first_query(owner)
        asked: set[Query] = set()
        while query:
            if query in asked:
                raise trouble(NoAnswerError("its list of models has no end"), self.endpoint)
            asked.add(query)
            page = self._ask(partial(read_page, self.endpoint, self.token, query))
            yield page.models
            query = page.following

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
            try:
                get(address, token=self.token, timeout_s=ANSWER_S)
            except HfHubHTTPError as error:
                if error.response.status_code != 404:
                    raise
                return False
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
        known = self._of_common_owners(repo_ids)
        models: dict[str, ListedModel] = {}
        missing: list[Missing] = []
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="listing") as threads:
            found = threads.map(lambda repo_id: known.get(repo_id) or self.find(repo_id), repo_ids)
            for repo_id, model in zip(repo_ids, found, strict=True):
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

    def _of_common_owners(self, repo_ids: Sequence[str]) -> dict[str, ListedModel]:
        """The models of those who own many: few requests for as many of them."""
        owners = Counter(repo_id.rpartition("/")[0] for repo_id in repo_ids)
        pages = (self._pages(owner) for owner, count in owners.items() if owner and count >= _MANY)
        return {model.repo_id: model for of_owner in pages for page in of_owner for model in page}

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
