"""Names of pages that every file system and every web host takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify_snippets.site.file_names import page_names


def test_a_plain_id_is_its_pages_name() -> None:
    assert page_names(["acme/tiny", "Qwen/Qwen3-0.6B", "gpt2"]) == {
        "acme/tiny": "acme/tiny",
        "Qwen/Qwen3-0.6B": "Qwen/Qwen3-0.6B",
        "gpt2": "gpt2",
    }


def test_names_that_differ_in_case_alone_are_told_apart() -> None:
    names = page_names(["acme/Tiny", "acme/tiny", "acme/other"])
    assert len({name.casefold() for name in names.values()}) == 3
    assert names["acme/other"] == "acme/other"


@pytest.mark.parametrize(
    "repo_id",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "acme/..",
        ".",
        "",
        "a/b/c",
        "acme/con",
        "acme/NUL.txt",
        "acme/dot.",
        "ä/ö",
    ],
)
def test_what_is_no_plain_path_gets_a_name_of_its_own(repo_id: str) -> None:
    name = page_names([repo_id])[repo_id]
    assert name != repo_id
    assert ".." not in name
    assert not name.startswith(("/", "."))


@given(st.lists(st.text(max_size=30), unique=True, max_size=8))
def test_all_names_are_safe_and_none_is_anothers(repo_ids: list[str]) -> None:
    names = page_names(repo_ids)
    assert len({name.casefold() for name in names.values()}) == len(repo_ids)
    for name in names.values():
        parts = name.split("/")
        assert len(parts) <= 2
        assert all(part and part.isascii() and part[0] not in ".-" and part[-1] != "." for part in parts)
