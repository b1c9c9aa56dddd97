"""The tables. They carry a prefix, so that they can live in a database beside those of others."""

from sqlalchemy import (
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from verify_snippets.store.column_types import JsonText, PackedJson, RowNumber, UtcTime, Words

PREFIX = "vs_"
VERSION_TABLE = f"{PREFIX}version"

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def _number() -> Column[int]:
    return Column("id", RowNumber, primary_key=True)


def _model() -> Column[int]:
    return Column("model_id", RowNumber, ForeignKey("vs_model.id"), nullable=False)


def _night() -> Column[int]:
    return Column("night", Integer, ForeignKey("vs_night.number"))


night = Table(
    "vs_night",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("target", Words, nullable=False),
    Column("started_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    Column("tool_version", Text, nullable=False),
    Column("engine", Text, nullable=False),
    Column("image", Text, nullable=False),
    Column("counts", JsonText, nullable=False),
    Column("exit_code", Integer),
    Column("told_at", UtcTime),
)

model = Table(
    "vs_model",
    metadata,
    _number(),
    Column("repo_id", Words, nullable=False, unique=True),
    Column("owner", Words, nullable=False, index=True, server_default=""),
    Column("revision", Text, nullable=False),
    Column("last_modified", UtcTime),
    Column("downloads", RowNumber, nullable=False),
    Column("library", Words, nullable=False),
    Column("task", Words, nullable=False),
    Column("gated", Boolean, nullable=False),
    Column("private", Boolean, nullable=False),
    Column("card", Text, nullable=False),
    Column("card_reason", Words, nullable=False),
    Column("first_seen_at", UtcTime, nullable=False),
    Column("listed_at", UtcTime),
    Column("gone", Boolean, nullable=False),
)

visit = Table(
    "vs_visit",
    metadata,
    Column("model_id", RowNumber, ForeignKey("vs_model.id"), primary_key=True, autoincrement=False),
    Column("revision", Text, nullable=False),
    Column("surroundings", Text, nullable=False),
    Column("movable", JsonText, nullable=False),
    Column("ended_at", UtcTime, nullable=False),
    _night(),
    Column("snippets", Integer, nullable=False),
    Column("ran", Integer, nullable=False),
    Column("duration_s", Double, nullable=False),
)

standing = Table(
    "vs_standing",
    metadata,
    _number(),
    _model(),
    Column("lineage", Words, nullable=False),
    Column("profile", Words, nullable=False),
    Column("snippet_id", Words, nullable=False),
    Column("title", Words, nullable=False),
    Column("kind", Text, nullable=False, server_default=""),
    Column("code_sha256", Text, nullable=False),
    Column("sketch", Text, nullable=False, server_default=""),
    Column("verdict", Text, nullable=False),
    Column("reason", Words, nullable=False),
    Column("cause", JsonText),
    Column("since", UtcTime, nullable=False),
    Column("since_revision", Text, nullable=False),
    Column("last_ran_at", UtcTime, nullable=False),
    Column("steadiness", Text, nullable=False),
    Column("recent", JsonText, nullable=False),
    Column("duration_s", Double),
    Column("memory_bytes", RowNumber),
    Column("discussion", Integer),
    Column("gone", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("model_id", "lineage", "profile"),
)

run = Table(
    "vs_run",
    metadata,
    _number(),
    Column("standing_id", RowNumber, ForeignKey("vs_standing.id"), nullable=False),
    Column("snippet_id", Words, nullable=False),
    Column("revision", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("ran_at", UtcTime, nullable=False),
    _night(),
    Column("verdict", Text, nullable=False),
    Column("duration_s", Double),
    Column("memory_bytes", RowNumber),
    Column("body", PackedJson, nullable=False),
    UniqueConstraint("key", "attempt"),
    Index("ix_vs_run_standing_id_ran_at", "standing_id", "ran_at"),
)

report = Table(
    "vs_report",
    metadata,
    _number(),
    _model(),
    Column("revision", Text, nullable=False),
    _night(),
    Column("at", UtcTime, nullable=False),
    Column("body", PackedJson, nullable=False),
    UniqueConstraint("model_id", "at"),
)

change = Table(
    "vs_change",
    metadata,
    _number(),
    Column("kind", Text, nullable=False),
    _model(),
    Column("lineage", Words, nullable=False),
    Column("snippet_id", Words, nullable=False),
    Column("profile", Words, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("reason", Words, nullable=False),
    Column("cause", JsonText),
    Column("quote", Words, nullable=False, server_default=""),
    Column("at", UtcTime, nullable=False),
    _night(),
    Index("ix_vs_change_at", "at"),
    Index("ix_vs_change_model_id_at", "model_id", "at"),
    Index("ix_vs_change_night", "night"),
)

claim = Table(
    "vs_claim",
    metadata,
    _number(),
    _model(),
    Column("kind", Text, nullable=False),
    Column("quote_sha256", Text, nullable=False),  # a quote can be longer than an index takes
    Column("quote", Words, nullable=False),
    Column("line", Integer, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("reason", Words, nullable=False),
    Column("claimed", Double),
    Column("measured", Double),
    Column("measure", Text, nullable=False),
    Column("since", UtcTime, nullable=False),
    Column("gone", Boolean, nullable=False),
    UniqueConstraint("model_id", "kind", "quote_sha256"),
)

carried_over = Table(
    "vs_carried_over",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("repo_id", Words, nullable=False),
)

holder = Table(
    "vs_holder",
    metadata,
    Column(
        "id", Integer, primary_key=True, autoincrement=False
    ),  # one row: who holds the lock, or held it last
    Column("name", Words, nullable=False),
    Column("since", UtcTime, nullable=False),
)
