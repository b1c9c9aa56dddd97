"""One pull request on the Hub for a mended card: opened once, and brought up to date from then on."""

import hashlib
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from huggingface_hub import CommitOperationAdd, DiscussionComment, DiscussionWithDetails, HfApi
from huggingface_hub.errors import HfHubHTTPError, RepositoryNotFoundError
from huggingface_hub.hf_api import RepoFile

from snippet_images.errors import InfrastructureError, UsageError
from verify_snippets import card_file
from verify_snippets.card import CARD_NAME
from verify_snippets.fixed import Fixed
from verify_snippets.pull_request_text import MARKER, body, title

_REFUSED = {401, 403}


class Outcome(StrEnum):
    """What became of the pull request."""

    OPENED = "opened"
    UPDATED = "updated"
    UNCHANGED = "up to date already"


@dataclass(frozen=True, kw_only=True)
class PullRequest:
    """A pull request on the Hub.

    Attributes:
        url: where people read it.
        outcome: what was done.
    """

    url: str
    outcome: Outcome


def submit(fixed: Fixed, *, token: str, endpoint: str | None = None) -> PullRequest:
    """Open the pull request for a card of the Hub, or bring the open one of the same user up to date.

    Only the card changes; the request starts from the commit that was verified.

    Args:
        fixed: a card of the Hub, and what it is to be.
        token: the user's.
        endpoint: the Hub's address; the user's own by default.

    Raises:
        UsageError: the user may not do that.
        InfrastructureError: the Hub doesn't answer as it should.
    """
    data = card_file.new_bytes(fixed.card, fixed.mended)
    submission = _Submission(HfApi(endpoint=endpoint, token=token), fixed, data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of front matter that was as it is before
            return submission.submit()
    except RepositoryNotFoundError as error:
        raise UsageError(
            f"{fixed.card.repo_id} is not to be found any more", hint="was it renamed or made private?"
        ) from error
    except HfHubHTTPError as error:
        raise _plain(error, fixed.card.repo_id or "") from error
    except (OSError, ValueError) as error:
        raise InfrastructureError(
            f"the pull request could not be made: {' '.join(str(error).split())[:200]}",
            hint="try again later; the diff is above",
        ) from error


def _plain(error: HfHubHTTPError, repo_id: str) -> UsageError | InfrastructureError:
    status = error.response.status_code
    if status in _REFUSED:
        return UsageError(
            f"the Hub does not let you open a pull request on {repo_id}",
            hint="use a token that may write discussions: `hf auth login`; some repos have them turned off",
        )
    if status == 412:
        return UsageError(
            f"{repo_id} has changed in the meantime", hint="run it again on the card as it is now"
        )
    return InfrastructureError(
        f"the Hub answered {status} to the pull request", hint="try again later; the diff is above"
    )


class _Submission:
    """One card's way to its pull request.

    Args:
        api: the Hub, as the user.
        fixed: the card.
        data: its new bytes.
    """

    def __init__(self, api: HfApi, fixed: Fixed, data: bytes) -> None:
        self._api = api
        self._repo_id = fixed.card.repo_id or ""
        self._base = fixed.card.revision
        self._data = data
        self._title = title(fixed)
        self._body = body(fixed)

    def submit(self) -> PullRequest:
        """Open it, or bring it up to date."""
        own = next(self._own(), None)
        return self._open() if own is None else self._update(own)

    def _own(self) -> Iterator[DiscussionWithDetails]:
        """The user's open requests that this program made."""
        user = self._api.whoami()["name"]
        for found in self._api.get_repo_discussions(
            self._repo_id, author=user, discussion_type="pull_request", discussion_status="open"
        ):
            details = self._api.get_discussion_details(self._repo_id, found.num)
            if found.author == user and MARKER in _opening(details).content:
                yield details

    def _open(self) -> PullRequest:
        commit = self._api.create_commit(
            self._repo_id,
            [self._addition()],
            commit_message=self._title,
            commit_description=self._body,
            create_pr=True,
            parent_commit=self._base,
        )
        return PullRequest(url=commit.pr_url or commit.commit_url, outcome=Outcome.OPENED)

    def _update(self, own: DiscussionWithDetails) -> PullRequest:
        revision = own.git_reference or ""
        head = self._api.model_info(self._repo_id, revision=revision).sha
        changes = not self._has_card(revision)
        if changes:
            self._api.create_commit(
                self._repo_id,
                [self._addition()],
                commit_message=self._title,
                revision=revision,
                parent_commit=head,
            )
        outdated = _opening(own).content.strip() != self._body.strip()
        if outdated:
            self._api.edit_discussion_comment(self._repo_id, own.num, _opening(own).id, self._body)
        if own.title != self._title:
            self._api.rename_discussion(self._repo_id, own.num, self._title)
        changed = changes or outdated or own.title != self._title
        return PullRequest(url=own.url, outcome=Outcome.UPDATED if changed else Outcome.UNCHANGED)

    def _has_card(self, revision: str) -> bool:
        """Whether the card is there already, by git's own hash of it."""
        blob = b"blob %d\0" % len(self._data) + self._data
        expected = hashlib.sha1(blob, usedforsecurity=False).hexdigest()
        found = self._api.get_paths_info(self._repo_id, [CARD_NAME], revision=revision)
        return any(isinstance(file, RepoFile) and file.blob_id == expected for file in found)

    def _addition(self) -> CommitOperationAdd:
        return CommitOperationAdd(path_in_repo=CARD_NAME, path_or_fileobj=self._data)


def _opening(details: DiscussionWithDetails) -> DiscussionComment:
    """What a discussion begins with."""
    return next(event for event in details.events if isinstance(event, DiscussionComment))
