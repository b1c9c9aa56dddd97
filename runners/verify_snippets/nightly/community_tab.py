"""One model's community tab: which discussions of ours are there, and what is to become of them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import count
from typing import TypeVar

from huggingface_hub import DiscussionComment, DiscussionStatusChange, DiscussionWithDetails
from huggingface_hub.errors import HfHubHTTPError

from verify_snippets.nightly.community import Community, Deed, Told
from verify_snippets.nightly.discussion_text import THANKS, TITLE, body, lineages
from verify_snippets.nightly.standing import fails
from verify_snippets.store.records import Standing, Steadiness
from verify_snippets.verdict import Verdict

T = TypeVar("T")


class State(StrEnum):
    OPEN = "open"
    DONE = "done"  # closed by us
    DECLINED = "declined"  # closed, or removed, by somebody else


@dataclass(frozen=True, kw_only=True)
class _Thread:
    """A discussion of ours, as it is on the Hub."""

    number: int
    state: State
    opening: DiscussionComment | None = None
    url: str = ""

    @property
    def told(self) -> frozenset[str]:
        """The lineages of the snippets that it tells of."""
        return (lineages(self.opening.content) if self.opening else None) or frozenset()


class Tab:
    """One model's community tab.

    Args:
        repo_id: the model.
        standings: of all its snippets.
        community: the Hub.
        keep: stores standings.
    """

    def __init__(
        self,
        repo_id: str,
        standings: list[Standing],
        community: Community,
        keep: Callable[[Sequence[Standing]], None],
    ) -> None:
        self._repo_id = repo_id
        self._standings = standings
        self._community = community
        self._api = community.api
        self._keep = keep

    @property
    def has_anything(self) -> bool:
        """Whether a snippet fails, or a discussion was opened for one that did."""
        return any(fails(one) or one.discussion for one in self._standings)

    def tell(self) -> Iterator[Told]:
        """Bring its discussions up to date."""
        known = self._known()
        untold = [one for one in self._standings if fails(one) and _is_untold(one, known)]
        open_ = next((each for each in known if each.state is State.OPEN), None)
        if untold and open_ is None:
            found = self._forgotten({each.number for each in known})
            declined = [each for each in found if each.state is State.DECLINED]
            untold = [one for one in untold if not self._declined(one, declined)]
            open_ = next((each for each in found if each.state is State.OPEN), None)
            known += [each for each in found if each is open_ or each in declined]
        if untold and open_ is None:
            yield self._open(untold)
        for thread in known:
            yield from self._settle(thread, untold if thread is open_ else [])

    def _known(self) -> list[_Thread]:
        """Its discussions that the store knows of, the newest first."""
        numbers = {one.discussion for one in self._standings if one.discussion is not None}
        return [self._read(number) for number in sorted(numbers, reverse=True)]

    def _forgotten(self, known: set[int]) -> list[_Thread]:
        """Discussions of ours that the store does not know of, the newest first: it may have been lost."""
        listed = self._ask(
            lambda: list(
                self._api.get_repo_discussions(
                    self._repo_id, author=self._community.user, discussion_type="discussion"
                )
            )
        )
        numbers = [each.num for each in listed if each.title == TITLE and each.num not in known]
        threads = [self._read(number) for number in sorted(numbers, reverse=True)]
        return [each for each in threads if each.opening and lineages(each.opening.content) is not None]

    def _declined(self, one: Standing, threads: Sequence[_Thread]) -> bool:
        """Whether somebody closed a discussion of this very snippet; then it is remembered."""
        for thread in threads:
            if one.key.lineage in thread.told:
                self._remember([one], thread.number)
                return True
        return False

    def _read(self, number: int) -> _Thread:
        try:
            details = self._ask(lambda: self._api.get_discussion_details(self._repo_id, number))
        except HfHubHTTPError as error:
            if error.response.status_code in {404, 410}:
                return _Thread(number=number, state=State.DECLINED)
            raise
        comments = [event for event in details.events if isinstance(event, DiscussionComment)]
        return _Thread(
            number=number,
            state=self._state(details),
            opening=comments[0] if comments else None,
            url=details.url,
        )

    def _state(self, details: DiscussionWithDetails) -> State:
        if details.status == "open":
            return State.OPEN
        closings = [event for event in details.events if isinstance(event, DiscussionStatusChange)]
        by_us = bool(closings) and closings[-1].author == self._community.user
        return State.DONE if by_us else State.DECLINED

    def _open(self, untold: Sequence[Standing]) -> Told:
        if self._community.dry_run:
            return Told(repo_id=self._repo_id, deed=Deed.OPENED)
        text = body(self._repo_id, untold)

        attempts = count(1)

        def open_once() -> tuple[int, str]:
            if next(attempts) > 1:  # the one before may have opened it, and its answer got lost
                known = {one.discussion for one in self._standings if one.discussion}
                for thread in self._forgotten(known):
                    if thread.state is State.OPEN:
                        return thread.number, thread.url
            opened = self._api.create_discussion(self._repo_id, TITLE, description=text)
            return opened.num, opened.url

        number, url = self._ask(open_once)
        self._remember(untold, number)
        return Told(repo_id=self._repo_id, deed=Deed.OPENED, url=url)

    def _settle(self, thread: _Thread, untold: Sequence[Standing]) -> Iterator[Told]:
        """Bring one discussion up to date with its snippets and those that are to be told in it."""
        of_it = [one for one in self._standings if one.discussion == thread.number]
        failing = [*(one for one in of_it if fails(one) and one not in untold), *untold]
        told = Told(repo_id=self._repo_id, deed=Deed.UNCHANGED, url=thread.url)
        if thread.state is not State.OPEN:
            self._remember([one for one in of_it if _is_over(one)], None)
            if thread.state is State.DECLINED and failing:
                yield replace(told, deed=Deed.LEFT_ALONE)
        elif failing:
            yield replace(told, deed=self._update(thread, failing))
            self._remember(untold, thread.number)
        elif all(_is_over(one) for one in of_it):
            self._close(thread.number)
            self._remember(of_it, None)
            yield replace(told, deed=Deed.CLOSED)
        else:
            yield told

    def _update(self, thread: _Thread, failing: Sequence[Standing]) -> Deed:
        text, opening = body(self._repo_id, failing), thread.opening
        if opening is None or opening.content.strip() == text.strip():
            return Deed.UNCHANGED
        if not self._community.dry_run:
            self._ask(
                lambda: self._api.edit_discussion_comment(self._repo_id, thread.number, opening.id, text)
            )
        return Deed.UPDATED

    def _close(self, number: int) -> None:
        def close_once() -> None:
            if self._read(number).state is State.OPEN:
                self._api.change_discussion_status(self._repo_id, number, "closed", comment=THANKS)

        if not self._community.dry_run:
            self._ask(close_once)

    def _remember(self, standings: Sequence[Standing], number: int | None) -> None:
        """Store which discussion tells of these snippets."""
        changed = [replace(one, discussion=number) for one in standings if one.discussion != number]
        if not changed or self._community.dry_run:
            return
        self._keep(changed)
        by_key = {one.key: one for one in changed}
        self._standings = [by_key.get(one.key, one) for one in self._standings]

    def _ask(self, call: Callable[[], T]) -> T:
        return self._community.patience.ask(call)


def _is_untold(one: Standing, known: Sequence[_Thread]) -> bool:
    """Whether no discussion tells of it, or only one that we closed when it passed."""
    return all(each.number != one.discussion or each.state is State.DONE for each in known)


def _is_over(one: Standing) -> bool:
    """Whether nothing is left to tell: the snippet passes, is gone, or is no longer one that runs."""
    passes = one.verdict in {Verdict.PASSED, Verdict.SKIPPED} and one.steadiness is Steadiness.STEADY
    return one.gone or passes
