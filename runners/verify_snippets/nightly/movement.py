"""What moves while a model's own repo stands still: releases of packages, and other repos on the Hub."""

import threading
from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from huggingface_hub import HfApi, constants
from huggingface_hub.errors import HfHubHTTPError, RepositoryNotFoundError
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from snippet_sandbox.gateway.package_releases import Release
from snippet_sandbox.gateway.pip_settings import PipSettings
from verify_snippets.hub_api import sent_token
from verify_snippets.nightly.due import Movement
from verify_snippets.nightly.patience import Patience
from verify_snippets.report.model import ContactsReport
from verify_snippets.store.records import ListedModel, Movable, Visit

if TYPE_CHECKING:
    from verify_snippets.nightly.index_questions import IndexQuestions

GONE = ""  # instead of a commit: the repo is there no more
_AT_ONCE = 8
_ANSWER_S = 20.0


class Outside:
    """Answers about the world outside of a model's repo, each asked for once a night.

    What doesn't answer is not known: that never counts as a movement. A context manager; safe to use from
    several threads.

    Args:
        python_version: of the image: releases that it can't install don't count.
        listed: the models whose commits are known.
        endpoint: the Hub's address; the user's own by default.
        token: the user's; True for the one they are logged in with.
        pip: where packages come from; as the user's pip is configured by default.
        patience: how long the Hub is asked again.
    """

    def __init__(
        self,
        *,
        python_version: str,
        listed: Iterable[ListedModel] = (),
        endpoint: str | None = None,
        token: str | bool | None = True,
        pip: PipSettings | None = None,
        patience: Patience | None = None,
    ) -> None:
        self._python_version = python_version
        self._heads: dict[str, str | None] = {model.repo_id: model.revision for model in listed}
        self._endpoint = (endpoint or constants.ENDPOINT).rstrip("/")
        self._api = HfApi(endpoint=self._endpoint, token=sent_token(token))
        self._patience = patience or Patience()
        self._pip = pip
        self._index: IndexQuestions | None = None
        self._releases: dict[str, tuple[Release, ...] | None] = {}
        self._troubles: dict[str, None] = {}
        # Held by whoever asks; what is known already is told without them
        self._asking_index, self._asking_hub = threading.Lock(), threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._index is not None:
            self._index.close()
            self._index = None

    @property
    def hub_host(self) -> str:
        """The Hub's host, which is no web host like others: what is read there is known by its commit."""
        return urlsplit(self._endpoint).hostname or ""

    @property
    def troubles(self) -> tuple[str, ...]:
        """What didn't answer, and why, in words."""
        return tuple(self._troubles)

    # --- packages

    def newest(self, requirements: Iterable[str]) -> dict[str, str]:
        """The newest release that each requirement allows; empty where none fits.

        A requirement that can't be read, or whose project no index told of, is missing.
        """
        read = {text: parsed for text in requirements if (parsed := _parsed(text)) is not None}
        projects: dict[str, str] = {text: canonicalize_name(parsed.name) for text, parsed in read.items()}
        if not self._releases.keys() >= set(projects.values()):
            with self._asking_index:
                self._ask_index(set(projects.values()) - self._releases.keys())
        found = {text: self._releases.get(name) for text, name in projects.items()}
        return {text: _newest(read[text], of) for text, of in found.items() if of is not None}

    def _ask_index(self, projects: set[str]) -> None:
        if not projects:
            return
        if self._index is None:
            from verify_snippets.nightly.index_questions import IndexQuestions  # half of a plan's start-up

            self._index = IndexQuestions(self._python_version, self._pip)
        answers = self._index.ask(sorted(projects))
        self._troubles |= dict.fromkeys(answers.troubles)
        self._releases.update({project: answers.releases.get(project) for project in projects})

    # --- other repos

    def knows_heads(self, repos: Iterable[str]) -> bool:
        """Whether ``heads`` has all answers, and asks nobody."""
        return self._heads.keys() >= set(repos)

    def heads(self, repos: Iterable[str]) -> dict[str, str]:
        """The newest commit of each repo, ``GONE`` where it isn't there; what is not known is missing."""
        wanted = set(repos)
        if not self.knows_heads(wanted):
            with self._asking_hub:
                unknown = sorted(wanted - self._heads.keys())
                with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="heads") as threads:
                    self._heads.update(list(zip(unknown, threads.map(self._head, unknown), strict=True)))
        found = {repo: self._heads[repo] for repo in wanted}
        return {repo: head for repo, head in found.items() if head is not None}

    def _head(self, repo: str) -> str | None:
        try:
            return self._patience.ask(lambda: self._commit(repo))
        except RepositoryNotFoundError:
            return GONE
        except Exception as error:  # noqa: BLE001 - whatever it is, the commit is not known
            why = (
                f"it answered {error.response.status_code}"
                if isinstance(error, HfHubHTTPError)
                else f"{error}"
            )
            self._troubles[f"the Hub does not tell the newest commit of {repo}: {why}"] = None
            return None

    def _commit(self, repo: str) -> str | None:
        match repo.split("/", 1):
            case ["datasets", name]:
                return self._api.dataset_info(name, expand=["sha"], timeout=_ANSWER_S).sha
            case ["spaces", name]:
                return self._api.space_info(name, expand=["sha"], timeout=_ANSWER_S).sha
            case _:
                return self._api.model_info(repo, expand=["sha"], timeout=_ANSWER_S).sha


def find_movement(
    listed: Iterable[ListedModel],
    visits: Mapping[str, Visit],
    surroundings: str | None,
    outside: Outside,
    *,
    libraries: Mapping[str, str],
) -> Movement:
    """What verdicts that hold otherwise depend on, as it is now: one question for each project and repo.

    Args:
        listed: the models of the night.
        visits: the last of each model, by repo id.
        surroundings: of the night; a visit under others is done again anyway. None where they aren't known.
        outside: whom to ask.
        libraries: what the image holds, and the version of each; empty where that is not known.
    """
    held = [
        visit.movable
        for model in listed
        if (visit := visits.get(model.repo_id)) is not None
        and visit.revision == model.revision
        and surroundings in (visit.surroundings, None)
    ]
    return Movement(
        libraries=libraries,
        releases=outside.newest({text for movable in held for text in movable.releases}),
        repos=outside.heads({repo for movable in held for repo in movable.repos}),
    )


def read_of_others(repo_id: str, contacts: Iterable[ContactsReport]) -> dict[str, str]:
    """The commits that runs read of repos other than the card's own."""
    return {repo: commit for one in contacts for repo, commit in one.repos.items() if repo != repo_id}


def movable_of(
    repo_id: str,
    *,
    libraries: Mapping[str, str],
    added: Collection[str],
    contacts: Iterable[ContactsReport],
    outside: Outside,
) -> Movable:
    """What the verdicts on a card depend on that may move while its repo stands still.

    Releases and commits are those of the beginning of the night, or of when they were first asked for. What
    moves between that moment and the run is taken for moved once more the next night, and so is a release
    that nobody told of: once too often rather than never.

    Args:
        repo_id: the card's own repo.
        libraries: of the images, those that the verdicts depend on (see ``touched.libraries_of``).
        added: what is installed beyond what the images hold, for all snippets that ran, now or before.
        contacts: of all their runs.
        outside: whom to ask.
    """
    seen = list(contacts)
    read = read_of_others(repo_id, seen)
    hosts = {host for one in seen for host in one.hosts} - {outside.hub_host}
    addresses = {host for text in added if (host := _host_of(text))}
    unknown = {text: "" for text in added if _parsed(text) is not None}
    return Movable(
        libraries=dict(libraries),
        releases=unknown | outside.newest(added),
        repos=read | outside.heads(read),
        hosts=tuple(sorted(hosts | addresses)),
    )


def _newest(requirement: Requirement, releases: Iterable[Release]) -> str:
    """The newest of the releases that it allows, of which the oldest comes first; empty for none."""
    return next(reversed(list(requirement.specifier.filter(release.version for release in releases))), "")


def _parsed(text: str) -> Requirement | None:
    """A requirement that an index can be asked about."""
    try:
        parsed = Requirement(text)
    except InvalidRequirement:
        return None
    return None if parsed.url else parsed


def _host_of(text: str) -> str:
    """The host that a requirement names by address; empty for one from an index."""
    with suppress(InvalidRequirement):
        text = Requirement(text).url or ""
    return urlsplit(text).hostname or ""
