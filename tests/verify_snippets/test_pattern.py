"""Patterns that are compiled when they are first used."""

import gc
import importlib
import pkgutil
import re
import subprocess
import sys

import verify_snippets
from verify_snippets.claim_reading import vocabulary
from verify_snippets.pattern import Pattern


def test_it_finds_what_the_compiled_pattern_finds() -> None:
    text = "one 12, two 3"
    pattern, compiled = Pattern(r"([a-z]+) (\d)", re.IGNORECASE), re.compile(r"([a-z]+) (\d)", re.IGNORECASE)
    assert pattern.findall(text) == compiled.findall(text)
    assert [found.span() for found in pattern.finditer(text, 3)] == [(8, 13)]
    assert pattern.split(text) == compiled.split(text)
    assert pattern.sub(r"\2", text) == compiled.sub(r"\2", text)
    assert pattern.match("ONE 1")
    assert not pattern.match(" ONE 1")
    assert pattern.fullmatch("ONE 1")
    assert not pattern.fullmatch("ONE 12")


def test_what_prepares_a_pattern_waits_for_its_use() -> None:
    asked: list[str] = []

    def prepare(text: str) -> str:
        asked.append(text)
        return text.upper()

    pattern = Pattern("ab", prepare=prepare)
    assert not asked
    assert pattern.search("AB")
    assert not pattern.search("ab")
    assert asked == ["ab"], "it was prepared once"


def test_words_are_looked_for_between_letters_of_any_script() -> None:
    assert vocabulary.words(r"\bgpu\b").search("显存GPU内存")
    assert not vocabulary.words(r"\bgpu\b").search("gpus")


def test_all_patterns_can_be_compiled() -> None:
    for module in pkgutil.walk_packages(verify_snippets.__path__, "verify_snippets."):
        if not module.name.endswith("__main__") and ".migrations" not in module.name:
            importlib.import_module(module.name)
    patterns = [value for value in gc.get_objects() if isinstance(value, Pattern)]
    assert len(patterns) > 300
    for pattern in patterns:
        assert pattern.compiled.pattern, pattern


def test_the_program_compiles_none_before_it_has_a_card() -> None:
    code = (
        "import gc, verify_snippets.verify\n"
        "from verify_snippets.pattern import Pattern\n"
        "print([p for p in gc.get_objects() if isinstance(p, Pattern) and 'compiled' in vars(p)])"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert said.stdout == "[]\n"
