"""The models' community tabs, told once of each new failure.

A model has one discussion for all its failing snippets. Its first comment is edited when they change, and it
is closed with thanks when none fails any more. One that a person closed is left alone, and so are its
snippets.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby

from huggingface_hub.errors import HfHubHTTPError

from snippet_images.errors import UserFacingError
from verify_snippets.hub_errors import trouble
from verify_snippets.nightly.community import REFUSED, Community, Deed, Told
from verify_snippets.nightly.community_tab import Tab
from verify_snippets.store.records import Standing


def tell(
    standings: Iterable[Standing],
    community: Community,
    *,
    keep: Callable[[Sequence[Standing]], None],
    owner: str | None,
    others: bool = False,
) -> Iterator[Told]:
    """Bring the models' discussions up to date with what is known of their snippets.

    Args:
        standings: of all snippets of the models that are to be told, also of those that are gone.
        community: where.
        keep: stores standings whose discussion has changed, at once.
        owner: of the night's target; None where it has none, such as a file.
        others: whether models of somebody else are told, too.

    Yields:
        A line for each model that has, or had, anything to tell.
    """
    ordered = sorted(standings, key=lambda one: one.key.repo_id)
    for repo_id, own in groupby(ordered, key=lambda one: one.key.repo_id):
        tab = Tab(repo_id, list(own), community, keep)
        if not tab.has_anything:
            continue
        if not others and repo_id.partition("/")[0] != owner:
            yield Told(repo_id=repo_id, deed=Deed.NOT_OURS)
            continue
        try:
            yield from tab.tell()
        except (HfHubHTTPError, OSError, ValueError, UserFacingError) as error:
            yield Told(repo_id=repo_id, deed=Deed.REFUSED, trouble=_plain(error, community.api.endpoint))


def _plain(error: Exception, endpoint: str) -> str:
    if isinstance(error, UserFacingError):
        return error.message
    if isinstance(error, HfHubHTTPError) and error.response.status_code in REFUSED:
        return (
            "the Hub does not let you: the token may not write discussions, or the repo has them turned off"
        )
    return trouble(error, endpoint).message
