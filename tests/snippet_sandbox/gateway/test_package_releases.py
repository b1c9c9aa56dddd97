"""What an index holds by release, and as it stood in the past."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from snippet_sandbox.errors import GatewayError
from snippet_sandbox.gateway.gateway import Gateway
from snippet_sandbox.gateway.package_pages import JSON_TYPE, Link, links_of_page
from snippet_sandbox.gateway.package_releases import Release, first_of_each, releases_of, uploaded_by
from snippet_sandbox.gateway.pip_settings import PipSettings
from tests.snippet_sandbox.gateway.conftest import ask

FIRST, SECOND = datetime(2025, 1, 1, tzinfo=UTC), datetime(2025, 6, 1, 12, 30, tzinfo=UTC)


def link(name: str, uploaded_at: datetime | None = None, **attributes: str) -> Link:
    named = {f"data-{key.replace('_', '-')}": value for key, value in attributes.items()}
    return Link(url=f"https://x.org/{name}", attributes=named, uploaded_at=uploaded_at)


def test_json_says_when_a_file_came() -> None:
    files = [
        {"url": "a-1-py3-none-any.whl", "upload-time": "2025-06-01T12:30:00.000Z"},
        {"url": "a-2-py3-none-any.whl", "upload-time": "2025-06-01T12:30:00"},
        {"url": "a-3-py3-none-any.whl", "upload-time": "yesterday"},
        {"url": "a-4-py3-none-any.whl"},
    ]
    links = links_of_page(json.dumps({"files": files}).encode(), JSON_TYPE, "https://x.org/a/")
    assert [one.uploaded_at for one in links] == [SECOND, SECOND, None, None]


def test_a_release_is_as_old_as_its_first_file() -> None:
    links = [
        link("a-1.10-py3-none-any.whl", SECOND),
        link("a-1.9-py3-none-any.whl", SECOND),
        link("a-1.9.tar.gz", FIRST),
        link("a-1.2.tar.gz"),
        link("a-1.11.tar.gz", SECOND, yanked="broken"),
        link("a-1.12.tar.gz", SECOND, requires_python=">=3.12"),
        link("README.txt", FIRST),
    ]
    assert releases_of(links, "3.11.2") == (
        Release(version="1.2"),
        Release(version="1.9", uploaded_at=FIRST),
        Release(version="1.10", uploaded_at=SECOND),
    )


def test_a_file_without_a_date_may_be_of_any_time() -> None:
    old, new, undated = link("a-1.tar.gz", FIRST), link("a-2.tar.gz", SECOND), link("a-3.tar.gz")
    assert uploaded_by(FIRST, [old, new, undated]) == [old]
    assert uploaded_by(SECOND, [old, new, undated]) == [old, new]


def test_the_first_place_gives_the_file_and_either_the_date() -> None:
    near, far = Link(url="file:///w/a-1.tar.gz"), link("a-1.tar.gz", FIRST)
    assert first_of_each([near, far]) == [Link(url=near.url, uploaded_at=FIRST)]
    assert first_of_each([far, near]) == [far]


def test_a_door_shows_the_index_as_it_was(make_gateway: Callable[..., Gateway], tmp_path: Path) -> None:
    """A folder has no dates: a door on the past shows nothing of it, one on the present all."""
    (tmp_path / "a-1.0-py3-none-any.whl").write_bytes(b"")
    gateway = make_gateway(pip=PipSettings(indexes=(), find_links=(str(tmp_path),)))
    with gateway.open_door("now", packages=True) as door:
        assert "a-1.0-py3-none-any.whl" in ask(door, "GET", "/pypi/simple/a/").text
    with gateway.open_door("then", packages=True, packages_as_of=SECOND) as door:
        assert ask(door, "GET", "/pypi/simple/a/").status == 404
        assert door.trouble() is None
    assert gateway.releases("A", "3.11.2") == (Release(version="1.0"),)
    assert gateway.releases("b", "3.11.2") == ()


def test_an_index_that_does_not_answer_is_our_trouble(make_gateway: Callable[..., Gateway]) -> None:
    """Not the card's: nothing is known of what there was."""
    gateway = make_gateway(pip=PipSettings(indexes=("http://127.0.0.1:9/simple",)))
    with pytest.raises(GatewayError, match=r"127\.0\.0\.1:9"):
        gateway.releases("a", "3.11.2")
