"""The store: what is known of models and their snippets, night after night."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from threading import Event
from types import TracebackType
from typing import Self

from sqlalchemy import Connection

from verify_snippets.report.model import Report
from verify_snippets.store import changes as changes_table
from verify_snippets.store import models as models_table
from verify_snippets.store import nights as nights_table
from verify_snippets.store import runs as runs_table
from verify_snippets.store import standings as standings_table
from verify_snippets.store.database import Database
from verify_snippets.store.holding import held
from verify_snippets.store.locks import lock_for
from verify_snippets.store.records import (
    CardEnd,
    Change,
    ClaimStanding,
    ListedModel,
    Night,
    PastRun,
    SnippetKey,
    Standing,
    StoredModel,
    StoredRun,
    Visit,
)


class Store:
    """Every method is one transaction, waits out passing trouble, and may be called from any thread.

    All of them raise UserFacingError where the database can't be read or written even after minutes.

    Args:
        database: with its tables up to date; the store closes it.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = lock_for(database)

    @property
    def name(self) -> str:
        """For people: where it is, without a password."""
        return self._database.address.shown

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def wait_until(self, cancel: Event) -> None:
        """Wait for a database that has trouble only until ``cancel`` is set."""
        self._database.cancel = cancel

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    @contextmanager
    def lock(self, holder: str) -> Iterator[None]:
        """Keep other nights out until the end of the block, or of the process.

        Args:
            holder: who this is, for whoever is kept out, such as ``process 17 on host``.

        Raises:
            HeldError: somebody else has it; an InfrastructureError.
        """
        with held(self._database, self._lock, holder):
            yield

    # nights

    def begin_night(self, target: str, *, tool_version: str, engine: str, image: str, at: datetime) -> Night:
        """Write a new night down."""
        new = Night(
            number=0, target=target, started_at=at, tool_version=tool_version, engine=engine, image=image
        )
        return self._database.write(lambda c: nights_table.begin(c, new))

    def resume_night(self, target: str) -> Night | None:
        """The newest night of a target, if it never ended."""
        newest = self._database.read(lambda c: nights_table.newest(c, target))
        return newest if newest is not None and newest.ended_at is None else None

    def end_night(self, number: int, *, at: datetime, counts: Mapping[str, int], exit_code: int) -> None:
        """Write down that a night came to its end."""
        self._database.write(lambda c: nights_table.end(c, number, at=at, counts=counts, exit_code=exit_code))

    def night_told(self, number: int, *, at: datetime) -> None:
        """Write down that a night's news were sent."""
        self._database.write(lambda c: nights_table.told(c, number, at))

    def night(self, number: int) -> Night | None:
        """The night of that number; None where there was none."""
        return self._database.read(lambda c: nights_table.one(c, number))

    def nights(self, limit: int | None = None) -> list[Night]:
        """Nights, the newest first."""
        return self._database.read(lambda c: nights_table.read(c, limit))

    def carry_over(self, repo_ids: Sequence[str]) -> None:
        """Say what the next night begins with, instead of what was said before."""
        self._database.write(lambda c: nights_table.carry_over(c, repo_ids))

    def carried_over(self) -> list[str]:
        """What did not fit into the last night, in order."""
        return self._database.read(nights_table.carried)

    # models

    def seen(self, listed: Sequence[ListedModel], *, at: datetime, whole: bool, owner: str | None) -> None:
        """Write a listing down.

        Args:
            listed: the models.
            at: when.
            whole: whether these are all that ``owner`` has: others of theirs are gone then.
            owner: an organization or user; None for a collection or a file.
        """
        self._database.write(lambda c: models_table.seen(c, listed, at=at, whole=whole, owner=owner))

    def models(self) -> list[StoredModel]:
        """Every model that was ever listed, by name."""
        return self._database.read(models_table.read)

    def visits(self) -> dict[str, Visit]:
        """The last visit of each model, by repo id."""
        return self._database.read(models_table.visits)

    def end_card(self, end: CardEnd) -> None:
        """Write down what was learned once a card was done with: all or nothing."""

        def work(connection: Connection) -> None:
            model_ids = models_table.ids(connection, [end.repo_id], end.at)
            model_id = model_ids[end.repo_id]
            standings_table.put(connection, end.standings, model_ids)
            standings_table.put_claims(connection, end.claims, model_ids)
            changes_table.add(connection, end.changes, model_ids)
            models_table.set_card_state(connection, model_id, end.card, end.card_reason)
            if end.report is not None:
                revision = end.report.card.revision or ""
                runs_table.add_report(connection, model_id, revision, end.report, night=end.night, at=end.at)
            if end.visit is not None:
                models_table.put_visit(connection, model_id, end.visit)

        self._database.write(work)

    # snippets and claims

    def standings(self, repo_id: str | None = None, *, gone: bool = False) -> list[Standing]:
        """What is known of snippets now, by model.

        Args:
            repo_id: of one model only; None for all, but for those models that are gone themselves.
            gone: also of snippets that their card has no more, and of models that are gone.
        """
        return self._database.read(lambda c: standings_table.read(c, repo_id, gone=gone))

    def claim_standings(self, repo_id: str | None = None, *, gone: bool = False) -> list[ClaimStanding]:
        """What is known of claims now, by model and line; the arguments are those of ``standings``."""
        return self._database.read(lambda c: standings_table.read_claims(c, repo_id, gone=gone))

    def expectations(self) -> dict[SnippetKey, tuple[float, int | None]]:
        """Seconds that each snippet took when it last came to an end, and its peak anonymous bytes."""
        return self._database.read(standings_table.expectations)

    def put_standings(self, standings: Sequence[Standing], changes: Sequence[Change] = ()) -> None:
        """Write standings down, each over the one of the same key, and what changed with them."""
        self._put(
            [one.key.repo_id for one in standings],
            changes,
            lambda connection, model_ids: standings_table.put(connection, standings, model_ids),
        )

    def put_claims(self, claims: Sequence[ClaimStanding], changes: Sequence[Change] = ()) -> None:
        """Write what is known of claims, each over the one of the same words, and what changed with them."""
        self._put(
            [one.repo_id for one in claims],
            changes,
            lambda connection, model_ids: standings_table.put_claims(connection, claims, model_ids),
        )

    def _put(
        self,
        repo_ids: Sequence[str],
        changes: Sequence[Change],
        put: Callable[[Connection, Mapping[str, int]], None],
    ) -> None:
        """Write down what is known of some models, and what changed with it."""

        def work(connection: Connection) -> None:
            names = [*repo_ids, *(one.repo_id for one in changes)]
            model_ids = models_table.ids(connection, names, datetime.now(UTC))
            put(connection, model_ids)
            changes_table.add(connection, changes, model_ids)

        self._database.write(work)

    def add_run(self, run: StoredRun, standing: Standing, changes: Sequence[Change] = ()) -> bool:
        """Write down a run, the standing that it led to, and what changed: all or nothing.

        Returns:
            False where that attempt under that key is stored already: then nothing is written.
        """

        def work(connection: Connection) -> bool:
            if runs_table.has(connection, run.key, run.attempt):
                return False
            model_ids = models_table.ids(connection, [run.snippet.repo_id], run.ran_at)
            standings_table.put(connection, [replace(standing, key=run.snippet)], model_ids)
            standing_id = standings_table.row_id(connection, run.snippet, model_ids[run.snippet.repo_id])
            if not runs_table.add(connection, run, standing_id):
                raise _StoredMeanwhileError
            changes_table.add(connection, changes, model_ids)
            return True

        try:
            return self._database.write(work)
        except _StoredMeanwhileError:
            return False

    # runs, news and reports

    def known(self, keys: Iterable[str]) -> dict[str, StoredRun]:
        """The last attempt under each of ``keys`` that was ever run."""
        wanted = list(dict.fromkeys(keys))
        return self._database.read(lambda c: runs_table.known(c, wanted))

    def runs(self, repo_id: str, *, limit: int | None = None) -> list[StoredRun]:
        """Runs of a model's snippets, the newest first."""
        return self._database.read(lambda c: runs_table.of_model(c, repo_id, limit))

    def past_runs(self, repo_ids: Sequence[str], *, each: int | None = None) -> dict[str, list[PastRun]]:
        """The figures of models' runs, by repo id, the newest first: quicker to have than the runs.

        Args:
            repo_ids: of the models; few questions are asked for however many there are.
            each: so many of each snippet, under each hardware, at most.
        """
        return self._database.read(lambda c: runs_table.figures(c, repo_ids, each))

    def every_run(self) -> Iterator[StoredRun]:
        """Every run, the oldest first; never all of them in memory."""
        with self._database.reading() as connection:
            yield from runs_table.every(connection)

    def changes(self, night: int | None = None, repo_id: str | None = None) -> list[Change]:
        """What changed, in a night or for a model, in the order that it was found in."""
        return self._database.read(lambda c: changes_table.read(c, night, repo_id))

    def add_report(
        self, repo_id: str, revision: str, report: Report, *, night: int | None, at: datetime
    ) -> None:
        """Write down everything that was said of a model's card."""

        def work(connection: Connection) -> None:
            model_id = models_table.ids(connection, [repo_id], at)[repo_id]
            runs_table.add_report(connection, model_id, revision, report, night=night, at=at)

        self._database.write(work)

    def last_report(self, repo_id: str) -> tuple[Report, datetime] | None:
        """The newest report on a model, and when it was made."""
        return self._database.read(lambda c: runs_table.last_report(c, repo_id))

    def prune(self, before: datetime) -> int:
        """Remove runs and reports from before a moment, but for the last ones; return how many went.

        Not one transaction but many: a night that runs meanwhile is not kept waiting.
        """
        old = self._database.read(lambda c: runs_table.old(c, before))
        for batch in old.batches():
            self._database.write(partial(runs_table.remove, gone=batch))
        self._database.compact()
        return len(old.runs) + len(old.reports)


class _StoredMeanwhileError(Exception):
    """Another machine stored the same run while we were about to: undo what we wrote of it."""
