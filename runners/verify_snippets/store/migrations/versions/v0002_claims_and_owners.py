"""Claims, figures of runs, owners of models, what a night leaves to the next, and who holds the store."""

import json
import zlib

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add tables and columns, and fill what can be known of the rows that are there."""
    _new_tables()
    op.add_column("vs_night", sa.Column("told_at", _TIME))
    op.add_column("vs_standing", sa.Column("kind", sa.Text(), nullable=False, server_default=""))
    op.add_column("vs_standing", sa.Column("sketch", sa.Text(), nullable=False, server_default=""))
    op.add_column("vs_standing", sa.Column("gone", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("vs_change", sa.Column("quote", sa.Text(), nullable=False, server_default=""))
    op.add_column("vs_model", sa.Column("owner", sa.Text(), nullable=False, server_default=""))
    op.add_column("vs_run", sa.Column("duration_s", sa.Double()))
    op.add_column("vs_run", sa.Column("memory_bytes", _NUMBER))
    _fill_owners()
    _fill_figures()
    op.create_index("ix_vs_model_owner", "vs_model", ["owner"])
    op.create_index("ix_vs_run_standing_id_ran_at", "vs_run", ["standing_id", "ran_at"])
    op.create_index("ix_vs_change_model_id_at", "vs_change", ["model_id", "at"])
    op.create_index("ix_vs_change_night", "vs_change", ["night"])
    op.create_index("ix_vs_change_at", "vs_change", ["at"])


def _new_tables() -> None:
    op.create_table(
        "vs_claim",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("model_id", _NUMBER, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("quote_sha256", sa.Text(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("claimed", sa.Double()),
        sa.Column("measured", sa.Double()),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("since", _TIME, nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_vs_claim"),
        sa.ForeignKeyConstraint(["model_id"], ["vs_model.id"], name="fk_vs_claim_model_id"),
        sa.UniqueConstraint(
            "model_id", "kind", "quote_sha256", name="uq_vs_claim_model_id_kind_quote_sha256"
        ),
    )
    op.create_table(
        "vs_carried_over",
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("repo_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_vs_carried_over"),
    )
    op.create_table(
        "vs_holder",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("since", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_vs_holder"),
    )


def _fill_owners() -> None:
    """Models of no owner (``gpt2``) keep an empty one."""
    model = sa.table("vs_model", sa.column("id"), sa.column("repo_id"), sa.column("owner"))
    connection = op.get_bind()
    for row in connection.execute(sa.select(model.c.id, model.c.repo_id)).all():
        owner = row.repo_id.rpartition("/")[0]
        connection.execute(sa.update(model).where(model.c.id == row.id).values(owner=owner))


def _fill_figures() -> None:
    """Read them from each run, a run at a time: all of them might not fit into memory."""
    run = sa.table(
        "vs_run", sa.column("id"), sa.column("body"), sa.column("duration_s"), sa.column("memory_bytes")
    )
    connection = op.get_bind()
    for number in connection.execute(sa.select(run.c.id)).scalars().all():
        body = connection.execute(sa.select(run.c.body).where(run.c.id == number)).scalar_one()
        told = json.loads(zlib.decompress(body))
        figures = {"duration_s": told["duration_s"], "memory_bytes": told["memory"]["anonymous_bytes"]}
        connection.execute(sa.update(run).where(run.c.id == number).values(figures))
