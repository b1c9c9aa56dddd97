"""Columns that hold the program's own values, and read the same from SQLite and PostgreSQL."""

import json
import re
import zlib
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy import BigInteger, DateTime, Integer, LargeBinary, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

# PostgreSQL's text holds no NUL, and no database holds half a character
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_COMPRESSION = 6

# SQLite counts rows up by itself only where they are called INTEGER
RowNumber = BigInteger().with_variant(Integer(), "sqlite")


class UtcTime(TypeDecorator[datetime]):
    """A moment; it comes back in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Refuse a time that doesn't say of which zone it is: it would be stored hours off."""
        if value is not None and value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """SQLite keeps no zone, PostgreSQL tells it in the server's own."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Words(TypeDecorator[str]):
    """Text from strangers: what no database can hold is shown as a replacement character."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        """Replace NUL and lone surrogates."""
        return None if value is None else _UNSTORABLE.sub("\ufffd", value)


class JsonText(TypeDecorator[Any]):
    """A small value of lists, dicts, strings and numbers; what no database can hold is escaped."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, _dialect: Dialect) -> str | None:
        """Write it in ASCII."""
        return None if value is None else json.dumps(value, separators=(",", ":"))

    def process_result_value(self, value: str | None, _dialect: Dialect) -> Any:
        """Read it back."""
        return None if value is None else json.loads(value)


class PackedJson(TypeDecorator[Any]):
    """A whole report or run: JSON that is read only as a whole, so it is kept compressed (zlib)."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: BaseModel | None, _dialect: Dialect) -> bytes | None:
        """Compress a value of the report; what UTF-8 can't hold is escaped, as all but ASCII is."""
        if value is None:
            return None
        text = json.dumps(value.model_dump(mode="json", by_alias=True), separators=(",", ":"))
        return zlib.compress(text.encode("ascii"), _COMPRESSION)

    def process_result_value(self, value: bytes | None, _dialect: Dialect) -> Any:
        """What it was made of, for ``model_validate``."""
        return None if value is None else json.loads(zlib.decompress(value))
