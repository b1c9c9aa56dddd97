"""Pictures as an agent sends them, checked once more on this side: what a file is called proves nothing.

They are carried, never decoded: whoever shows them does so where a picture can do no harm.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from snippet_sandbox.agent.album import media_type_of
from snippet_sandbox.job import PICTURE_BYTES, PICTURES, Picture

NAME_LENGTH = 80


@dataclass(kw_only=True)
class Album:
    """Takes in what an agent says of pictures.

    Attributes:
        pictures: those that are what they should be, as many as are wanted, in the order in which they came.
    """

    pictures: list[Picture] = field(default_factory=list)

    def hear(self, message: Mapping[str, Any]) -> bool:
        """Take in one message; whether it was the last one."""
        if "picture" in message and len(self.pictures) < PICTURES:
            picture = picture_from(message["picture"], message.get("data"))
            self.pictures += [picture] if picture else []
        return "pictures" in message


def picture_from(name: object, data: object) -> Picture | None:
    """The picture of a name and base64; None if it is too big, or nothing that we know as one."""
    if not isinstance(name, str) or not isinstance(data, str) or len(data) > PICTURE_BYTES * 4 // 3 + 4:
        return None
    try:
        content = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        return None
    media_type = media_type_of(content)
    if media_type is None or len(content) > PICTURE_BYTES:
        return None
    return Picture(name=_plain(name), media_type=media_type, data=content)


def _plain(name: str) -> str:
    """A file's name in characters that can be shown anywhere, without a folder."""
    own = name.replace("\\", "/").rpartition("/")[2]
    shown = "".join(character if character.isprintable() else "_" for character in own)
    return shown[-NAME_LENGTH:].strip() or "picture"
