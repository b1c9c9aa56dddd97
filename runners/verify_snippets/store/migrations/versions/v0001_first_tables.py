"""Nights, models, what is known of their snippets, and the runs that it rests on."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the first tables."""
    _nights_and_models()
    _standings_and_runs()
    _reports_and_changes()


def _nights_and_models() -> None:
    op.create_table(
        "vs_night",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("started_at", _TIME, nullable=False),
        sa.Column("ended_at", _TIME),
        sa.Column("tool_version", sa.Text(), nullable=False),
        sa.Column("engine", sa.Text(), nullable=False),
        sa.Column("image", sa.Text(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("exit_code", sa.Integer()),
        sa.PrimaryKeyConstraint("number", name="pk_vs_night"),
    )
    op.create_table(
        "vs_model",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("repo_id", sa.Text(), nullable=False),
        sa.Column("revision", sa.Text(), nullable=False),
        sa.Column("last_modified", _TIME),
        sa.Column("downloads", _NUMBER, nullable=False),
        sa.Column("library", sa.Text(), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("gated", sa.Boolean(), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("card", sa.Text(), nullable=False),
        sa.Column("card_reason", sa.Text(), nullable=False),
        sa.Column("first_seen_at", _TIME, nullable=False),
        sa.Column("listed_at", _TIME),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_vs_model"),
        sa.UniqueConstraint("repo_id", name="uq_vs_model_repo_id"),
    )
    op.create_table(
        "vs_visit",
        sa.Column("model_id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("revision", sa.Text(), nullable=False),
        sa.Column("surroundings", sa.Text(), nullable=False),
        sa.Column("movable", sa.Text(), nullable=False),
        sa.Column("ended_at", _TIME, nullable=False),
        sa.Column("night", sa.Integer()),
        sa.Column("snippets", sa.Integer(), nullable=False),
        sa.Column("ran", sa.Integer(), nullable=False),
        sa.Column("duration_s", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("model_id", name="pk_vs_visit"),
        sa.ForeignKeyConstraint(["model_id"], ["vs_model.id"], name="fk_vs_visit_model_id"),
        sa.ForeignKeyConstraint(["night"], ["vs_night.number"], name="fk_vs_visit_night"),
    )


def _standings_and_runs() -> None:
    op.create_table(
        "vs_standing",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("model_id", _NUMBER, nullable=False),
        sa.Column("lineage", sa.Text(), nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("snippet_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("code_sha256", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text()),
        sa.Column("since", _TIME, nullable=False),
        sa.Column("since_revision", sa.Text(), nullable=False),
        sa.Column("last_ran_at", _TIME, nullable=False),
        sa.Column("steadiness", sa.Text(), nullable=False),
        sa.Column("recent", sa.Text(), nullable=False),
        sa.Column("duration_s", sa.Double()),
        sa.Column("memory_bytes", _NUMBER),
        sa.Column("discussion", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name="pk_vs_standing"),
        sa.ForeignKeyConstraint(["model_id"], ["vs_model.id"], name="fk_vs_standing_model_id"),
        sa.UniqueConstraint("model_id", "lineage", "profile", name="uq_vs_standing_model_id_lineage_profile"),
    )
    op.create_table(
        "vs_run",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("standing_id", _NUMBER, nullable=False),
        sa.Column("snippet_id", sa.Text(), nullable=False),
        sa.Column("revision", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("ran_at", _TIME, nullable=False),
        sa.Column("night", sa.Integer()),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_vs_run"),
        sa.ForeignKeyConstraint(["standing_id"], ["vs_standing.id"], name="fk_vs_run_standing_id"),
        sa.ForeignKeyConstraint(["night"], ["vs_night.number"], name="fk_vs_run_night"),
        sa.UniqueConstraint("key", "attempt", name="uq_vs_run_key_attempt"),
    )


def _reports_and_changes() -> None:
    op.create_table(
        "vs_report",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("model_id", _NUMBER, nullable=False),
        sa.Column("revision", sa.Text(), nullable=False),
        sa.Column("night", sa.Integer()),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_vs_report"),
        sa.ForeignKeyConstraint(["model_id"], ["vs_model.id"], name="fk_vs_report_model_id"),
        sa.ForeignKeyConstraint(["night"], ["vs_night.number"], name="fk_vs_report_night"),
        sa.UniqueConstraint("model_id", "at", name="uq_vs_report_model_id_at"),
    )
    op.create_table(
        "vs_change",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("model_id", _NUMBER, nullable=False),
        sa.Column("lineage", sa.Text(), nullable=False),
        sa.Column("snippet_id", sa.Text(), nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text()),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("night", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name="pk_vs_change"),
        sa.ForeignKeyConstraint(["model_id"], ["vs_model.id"], name="fk_vs_change_model_id"),
        sa.ForeignKeyConstraint(["night"], ["vs_night.number"], name="fk_vs_change_night"),
    )
