"""The project's own README is a card: it is read, its commands are parsed, and its Python is run."""

import ast
import configparser
import re
import shlex
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
import yaml

from tests.end_to_end.conftest import open_or_skip
from tests.verify_snippets.pytest_plugin.conftest import BUBBLEWRAP, start
from verify_snippets import mistakes
from verify_snippets.blocks import Block, Kind, read_blocks
from verify_snippets.cli.commands import app
from verify_snippets.cli.default_group import DEFAULT_COMMAND
from verify_snippets.options import Options, Silence
from verify_snippets.prepare import prepare
from verify_snippets.pytest_plugin import CARD_FLAGS, CARD_OPTIONS

README = Path(__file__).parents[1] / "README.md"
TEXT = README.read_text(encoding="utf-8")
BLOCKS = read_blocks(TEXT)

_EXPECTED = {
    "sh": {Kind.SHELL_INSTALL, Kind.SHELL_RUN},
    "python": {Kind.PYTHON},
    "text": {Kind.OUTPUT},
    "ini": {Kind.CONFIG},
    "json": {Kind.CONFIG},
    "markdown": {Kind.OTHER_LANGUAGE, Kind.OUTPUT, Kind.PSEUDO},  # what a card shows of another card
    "toml": {Kind.CONFIG},
    "yaml": {Kind.CONFIG},
}
"""What a block of each tag is there for."""
_PARSERS: dict[str, Callable[[str], object]] = {
    "toml": tomllib.loads,
    "yaml": yaml.safe_load,
    "python": ast.parse,
    "ini": lambda text: configparser.ConfigParser(strict=False).read_string(text),
}
_OURS = re.compile(r"(?:^|[\s/=`])verify-snippets +([^`\n]+)")
_SPAN = re.compile(r"`([^`\n]+)`")
_COMMAND_ENDS = re.compile(r" #| &&| \|| ;| \d?>")
_PYTESTS_OWN = {f"--card-{name}" for name in (*CARD_OPTIONS, *CARD_FLAGS)} | {"--card"}
_OF_BENCHMARKS = {"--rows", "--runs"}


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: f"L{block.start_line}")
def test_each_block_is_what_its_tag_says(block: Block) -> None:
    if block.language_tag:
        assert block.kind in _EXPECTED[block.language_tag]
    parse = _PARSERS.get(block.language_tag)
    if parse is not None:
        parse(block.text)


def test_reading_finds_no_mistakes() -> None:
    plan = prepare(str(README), Options(), Silence())
    assert mistakes.find(plan) == ()


def commands() -> Iterator[str]:
    """Every line that starts this program: in shells, crontabs, units, workflows and sentences."""
    for text in (*(line for block in BLOCKS for line in block.text.splitlines()), *_SPAN.findall(TEXT)):
        for found in _OURS.findall(text):
            yield _COMMAND_ENDS.split(found)[0].strip()


def test_the_readme_shows_commands() -> None:
    assert len(set(commands())) > 30


@pytest.mark.parametrize("line", sorted(set(commands())))
def test_each_command_is_one_that_the_program_takes(line: str) -> None:
    words = shlex.split(line)
    command: click.Command = app
    while isinstance(command, click.Group):
        takes = command.commands
        command = takes[words.pop(0)] if words and words[0] in takes else takes[DEFAULT_COMMAND]
    command.make_parser(click.Context(command)).parse_args(
        words
    )  # which refuses options that it doesn't know


def test_each_option_in_a_sentence_or_a_table_is_one_of_ours() -> None:
    told = {span.split()[0].split("=")[0] for span in _SPAN.findall(TEXT) if span.startswith("--")}
    assert told - _options(app) - _PYTESTS_OWN - _OF_BENCHMARKS == set()


def _options(command: click.Command) -> set[str]:
    own = {name for param in command.params for name in (*param.opts, *param.secondary_opts)}
    below = command.commands.values() if isinstance(command, click.Group) else ()
    return own.union(*map(_options, below))


def test_pytests_options_are_the_plugins() -> None:
    assert set(re.findall(r"--card[a-z-]*", TEXT)) <= _PYTESTS_OWN


def test_its_python_runs_and_prints_what_it_shows(tmp_path: Path) -> None:
    open_or_skip("bubblewrap").close()
    card = ["--card", str(README), BUBBLEWRAP, "--card-strict-output", "--card-profile=cpu-basic"]
    told = start(tmp_path, *card, "-m", "card_python")  # it speaks of hardware of all sorts, and means none
    assert told.exit_code == pytest.ExitCode.OK, told.output
    assert told.cases
    assert {told.properties(name)["verdict"] for name in told.cases} == {"passed"}
