"""Models and what was last found of each: rows of ``vs_model`` and ``vs_visit``."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, RowMapping, func, select, update

from verify_snippets.store import writing
from verify_snippets.store.records import CardState, ListedModel, Movable, StoredModel, Visit
from verify_snippets.store.tables import model, visit


def ids(connection: Connection, repo_ids: Iterable[str], at: datetime) -> dict[str, int]:
    """The row of each model; one that no listing told of yet gets one."""
    wanted = list(dict.fromkeys(repo_ids))
    found = _known_ids(connection, wanted)
    missing = [repo_id for repo_id in wanted if repo_id not in found]
    if not missing:
        return found
    rows = [_unlisted_row(repo_id, at) for repo_id in missing]
    writing.add_missing(connection, model, rows, ["repo_id"])
    return found | _known_ids(connection, missing)


def seen(
    connection: Connection, listed: Sequence[ListedModel], *, at: datetime, whole: bool, owner: str | None
) -> None:
    """Write a listing down; of an owner's whole one, what it doesn't name is gone."""
    rows = [_listed_row(one, at) for one in listed]
    once = ("card", "card_reason", "first_seen_at")
    writing.put(connection, model, rows, ["repo_id"], once=once)
    if whole and owner is not None:
        unlisted = model.c.listed_at.is_distinct_from(at)
        connection.execute(update(model).where(model.c.owner == owner, unlisted).values(gone=True))


def set_card_state(connection: Connection, model_id: int, state: CardState, reason: str) -> None:
    """Write down whether a card could be read."""
    values = {"card": state.value, "card_reason": reason}
    connection.execute(update(model).where(model.c.id == model_id).values(values))


def read(connection: Connection) -> list[StoredModel]:
    """All models, by name."""
    return [_model(row) for row in connection.execute(select(model).order_by(model.c.repo_id)).mappings()]


def put_visit(connection: Connection, model_id: int, made: Visit) -> None:
    """Write down the last visit of a model."""
    row = {
        "model_id": model_id,
        "revision": made.revision,
        "surroundings": made.surroundings,
        "movable": asdict(made.movable),
        "ended_at": made.ended_at,
        "night": made.night,
        "snippets": made.snippets,
        "ran": made.ran,
        "duration_s": made.duration_s,
    }
    writing.put(connection, visit, [row], ["model_id"])


def visits(connection: Connection) -> dict[str, Visit]:
    """The last visit of each model that had one."""
    rows = connection.execute(select(model.c.repo_id, visit).join(visit)).mappings()
    return {row["repo_id"]: _visit(row) for row in rows}


def count(connection: Connection) -> int:
    """How many models there are."""
    return connection.execute(select(func.count()).select_from(model)).scalar_one()


def _known_ids(connection: Connection, repo_ids: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for batch in writing.batches(repo_ids):
        query = select(model.c.repo_id, model.c.id).where(model.c.repo_id.in_(batch))
        found |= {row.repo_id: row.id for row in connection.execute(query)}
    return found


def _owner(repo_id: str) -> str:
    """Whose model it is; the Hub's oldest ones, such as ``gpt2``, are nobody's."""
    return repo_id.rpartition("/")[0]


def _listed_row(listed: ListedModel, at: datetime | None) -> dict[str, object]:
    return {
        **asdict(listed),
        "owner": _owner(listed.repo_id),
        "card": CardState.UNSEEN.value,
        "card_reason": "",
        "first_seen_at": at,
        "listed_at": at,
        "gone": False,
    }


def _unlisted_row(repo_id: str, at: datetime) -> dict[str, object]:
    return {**_listed_row(ListedModel(repo_id=repo_id, revision=""), at), "listed_at": None}


def _model(row: RowMapping) -> StoredModel:
    return StoredModel(
        listed=ListedModel(
            repo_id=row["repo_id"],
            revision=row["revision"],
            last_modified=row["last_modified"],
            downloads=row["downloads"],
            library=row["library"],
            task=row["task"],
            gated=row["gated"],
            private=row["private"],
        ),
        card=CardState(row["card"]),
        card_reason=row["card_reason"],
        first_seen_at=row["first_seen_at"],
        gone=row["gone"],
    )


def _visit(row: RowMapping) -> Visit:
    return Visit(
        repo_id=row["repo_id"],
        revision=row["revision"],
        surroundings=row["surroundings"],
        movable=_movable(row["movable"]),
        ended_at=row["ended_at"],
        night=row["night"],
        snippets=row["snippets"],
        ran=row["ran"],
        duration_s=row["duration_s"],
    )


def _movable(stored: Mapping[str, object]) -> Movable:
    libraries, releases = stored.get("libraries"), stored.get("releases")
    repos, hosts = stored.get("repos"), stored.get("hosts")
    return Movable(
        libraries=dict(libraries) if isinstance(libraries, dict) else {},
        releases=dict(releases) if isinstance(releases, dict) else {},
        repos=dict(repos) if isinstance(repos, dict) else {},
        hosts=tuple(hosts) if isinstance(hosts, list) else (),
    )
