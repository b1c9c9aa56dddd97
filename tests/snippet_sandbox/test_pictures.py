"""Pictures are checked again on the host's side: the container's is the job's."""

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snippet_sandbox.job import PICTURE_BYTES, PICTURES
from snippet_sandbox.pictures import Album

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 50


def sent(name: object = "a.png", content: bytes = PNG) -> dict[str, Any]:
    """What an agent says of one picture."""
    return {"picture": name, "data": base64.b64encode(content).decode()}


def test_a_picture_is_kept() -> None:
    """With its bytes, and the type that they have."""
    album = Album()
    assert not album.hear(sent())
    assert album.hear({"pictures": "sent"})
    (picture,) = album.pictures
    assert (picture.name, picture.media_type, picture.data) == ("a.png", "image/png", PNG)


@pytest.mark.parametrize(
    "message",
    [
        sent(content=b"<svg onload=alert(1)>"),
        sent(content=PNG + bytes(PICTURE_BYTES)),
        sent(content=b""),
        sent(name=7),
        {"picture": "a.png", "data": "*** not base64 ***"},
        {"picture": "a.png", "data": "\N{SNOWMAN}"},
        {"picture": "a.png", "data": [1]},
        {"picture": "a.png"},
        {},
    ],
)
def test_anything_else_is_dropped(message: dict[str, Any]) -> None:
    """And says nothing of those that follow."""
    album = Album()
    assert not album.hear(message)
    album.hear(sent())
    assert [picture.name for picture in album.pictures] == ["a.png"]


def test_there_are_never_too_many() -> None:
    """However many are sent."""
    album = Album()
    for _ in range(PICTURES + 5):
        album.hear(sent())
    assert len(album.pictures) == PICTURES


def test_as_large_as_may_be() -> None:
    """The limit itself is allowed."""
    album = Album()
    album.hear(sent(content=PNG + bytes(PICTURE_BYTES - len(PNG))))
    assert len(album.pictures) == 1


@given(st.text(st.characters(codec=None), max_size=200))
def test_names_are_plain(name: str) -> None:
    """One line, no folder, nothing that turns text around."""
    album = Album()
    album.hear(sent(name=name))
    (picture,) = album.pictures
    assert picture.name.isprintable()
    assert not {"/", "\\"} & set(picture.name)
    assert 0 < len(picture.name) <= 80
