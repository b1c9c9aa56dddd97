"""What ``org --open-discussions`` does: tell the models' community tabs of what fails."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from huggingface_hub import constants

from verify_snippets.hub import user_token
from verify_snippets.nightly.community import Community, Deed, join
from verify_snippets.nightly.discussions import tell
from verify_snippets.nightly.listing import Listing, list_models
from verify_snippets.nightly.patience import NIGHT_S, Patience
from verify_snippets.report.quantities import counted
from verify_snippets.store import open_store
from verify_snippets.store.store import Store

_SILENT = frozenset({Deed.UNCHANGED, Deed.LEFT_ALONE})
"""What is so night after night, and no news."""


@dataclass(frozen=True, kw_only=True)
class Discussions:
    """The community tabs, and which of them are told.

    Attributes:
        community: the Hub's.
        others: whether also those of models that the target's owner does not have.
    """

    community: Community
    others: bool = False

    @classmethod
    def join(cls, *, others: bool, dry_run: bool = False) -> Self:
        """Join the Hub's community as the user who is logged in.

        Raises:
            UserFacingError: nobody is logged in, or the Hub doesn't answer.
        """
        endpoint = constants.ENDPOINT.rstrip("/")
        patience = Patience(limit_s=NIGHT_S)
        community = join(endpoint=endpoint, token=user_token(), patience=patience, dry_run=dry_run)
        return cls(community=community, others=others)

    def bring_up_to_date(self, listing: Listing, store: Store, say: Callable[[str, bool], None]) -> None:
        """Open, edit and close what is to be.

        Args:
            listing: the models.
            store: where it is kept which discussion tells of what.
            say: told what was done, and whether that is trouble.
        """
        wanted = {model.repo_id for model in listing.models}
        standings = [one for one in store.standings(gone=True) if one.key.repo_id in wanted]
        not_ours = 0
        for told in tell(
            standings, self.community, keep=store.put_standings, owner=listing.owner, others=self.others
        ):
            not_ours += told.deed is Deed.NOT_OURS
            if told.trouble:
                say(f"{told.repo_id}: its community tab was not told: {told.trouble}", True)
            elif told.deed not in _SILENT | {Deed.NOT_OURS}:
                would = "would be " if self.community.dry_run else ""
                say(f"{told.repo_id}: discussion {would}{told.deed} {told.url}".rstrip(), False)
        if not_ours:
            say(f"{counted(not_ours, 'model')} of others not told; --discuss-anywhere tells them, too", False)


def show_discussions(target: str, store_url: str | None, *, others: bool, say: Callable[[str], None]) -> None:
    """Say what would be done on the community tabs by what is known now; do nothing."""
    discussions = Discussions.join(others=others, dry_run=True)
    with open_store(store_url) as store:
        discussions.bring_up_to_date(list_models(target), store, lambda text, _: say(text))
