"""What Alembic runs: the revisions, over the connection and in the transaction that ``schema`` opened."""

from typing import Literal

from alembic import context
from sqlalchemy.types import TypeDecorator

from verify_snippets.store.tables import PREFIX, VERSION_TABLE, metadata


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Tables of others in the same database are none of ours."""
    return kind != "table" or (name or "").startswith(PREFIX)


def _plainly(kind: str, item: object, _context: object) -> str | Literal[False]:
    """A revision names what is in the database, and not our types: those may change later."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    include_name=_is_ours,
    render_item=_plainly,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
