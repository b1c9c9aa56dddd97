"""Which columns a user's words mean."""

import pytest

from snippet_images.errors import UsageError
from verify_snippets.matrix.columns import (
    Column,
    product,
    read_libraries,
    read_profiles,
    read_pythons,
)


@pytest.mark.parametrize(
    ("text", "variants"),
    [
        ("transformers<5,transformers>=5", [("transformers<5",), ("transformers>=5",)]),
        ("transformers>=4.37,<5", [("transformers<5,>=4.37",)]),
        ("transformers >= 4.37, <5 , torch", [("transformers<5,>=4.37",), ("torch",)]),
        ("transformers<5 & peft<0.15,peft", [("transformers<5", "peft<0.15"), ("peft",)]),
        ("transformers[torch,vision]<5,peft", [("transformers[torch,vision]<5",), ("peft",)]),
        ("torch==2.13.0+cpu", [("torch==2.13.0+cpu",)]),
        ("claimed,transformers", [("claimed",), ("transformers",)]),
        ("a,a", [("a",)]),
    ],
)
def test_variants_of_libraries(text: str, variants: list[tuple[str, ...]]) -> None:
    """A comma begins another one where a name follows."""
    assert list(read_libraries(text)) == variants


@pytest.mark.parametrize("text", ["", ",", "a,,b", "<5", "a b", "a &", "a<5,<", "claimed & a<"])
def test_libraries_that_mean_nothing(text: str) -> None:
    with pytest.raises(UsageError, match="is no requirement"):
        read_libraries(text)


def test_profiles_and_pythons() -> None:
    """Each once, in the user's order."""
    assert read_profiles("t4-small, cpu-basic,t4-small") == ("t4-small", "cpu-basic")
    assert read_pythons("3.12,3.11") == ("3.12", "3.11")
    for wrong in ("3", "3.11.2", "4.0", "python3.12"):
        with pytest.raises(UsageError, match="is no version of Python"):
            read_pythons(wrong)
    with pytest.raises(UsageError, match="empty place"):
        read_profiles("cpu-basic,")


def test_each_with_each() -> None:
    """Where nothing is asked for, one column is all that there is."""
    columns = product(["a", "b"], [("x<5",), ("x>=5",)], ["3.12"])
    assert [column.name for column in columns] == [
        "a, x<5, Python 3.12",
        "a, x>=5, Python 3.12",
        "b, x<5, Python 3.12",
        "b, x>=5, Python 3.12",
    ]
    assert product([], [], []) == (Column(),)
    assert Column().name == "as the card asks"
