"""Placeholders: what a reader must replace, or supply, before code can run."""

import ast
import re
from collections.abc import Collection, Iterable, Iterator
from itertools import pairwise

from verify_snippets import placeholder_signs as signs
from verify_snippets.kind import Kind
from verify_snippets.pattern import Pattern
from verify_snippets.placeholder_signs import is_constant
from verify_snippets.reading import Reading
from verify_snippets.shell import Command
from verify_snippets.written import opens_to_write

__all__ = ["CHECKOUT", "find", "is_constant", "meant_to_run"]

CHECKOUT = "."
"""Stands among the files that are there for all files of a cloned repository."""


def meant_to_run(kind: Kind, *, runnable: bool) -> bool:
    """Whether a block's placeholders are asked for at all."""
    return runnable if kind.is_python else kind.is_shell


def find(reading: Reading, made: Collection[str], unset: Collection[str] = ()) -> tuple[str, ...]:
    """The literal strings that must be replaced or supplied first, in order of appearance.

    Args:
        reading: a block that is meant to be run.
        made: what is there: files that it or a block it needs makes, and the card's own repo.
        unset: shell variables that neither it nor a block it needs sets.
    """
    if reading.block.kind.is_shell:
        found = {*_in_commands(reading, made), *_unset(reading, unset)}
    elif reading.code.tree is not None:
        found = {*_in_python(reading, made), *reading.code.unquoted}
    else:
        return ()
    text = reading.block.text
    return tuple(sorted((word for word in found if word in text), key=text.index))


def _is_part(word: str) -> bool:
    """Whether a word is an option, or a part of what stands in brackets, which counts as a whole."""
    return word.startswith("-") or bool(set("<>") & set(word)) or bool(signs.bracketed(word))


_JSON_STRING = Pattern(r'"([^"]*)"')
_OPTION = Pattern(r"-{0,2}[\w-]+=")


def _in_commands(reading: Reading, made: Collection[str]) -> Iterator[str]:
    for command in reading.script.commands:
        if not command.requirements:
            yield from signs.bracketed(command.source)
        for word in (*command.words[1:], *command.variables):
            for value in _values(word):
                if signs.is_placeholder(value) and not _is_part(value):
                    yield value
        if not command.sets_up:
            yield from _input_words(command, made)


def _unset(reading: Reading, unset: Collection[str]) -> Iterator[str]:
    """The variables that the reader must set, each as it is first written."""
    for name in unset:
        is_set = re.search(
            rf"(?<![\w$]){name} ?=", reading.block.text
        )  # in a loop's head, or between brackets
        if not is_set and not signs.is_usual_variable(name):
            yield from re.findall(rf"\$\{{{name}\}}|\${name}\b", reading.block.text)[:1]


def _values(word: str) -> list[str]:
    """What an argument passes: the value after ``=``, the strings in what looks like JSON."""
    value = word.partition("=")[2] if _OPTION.match(word) else word
    if value.startswith(("{", "[")) and '"' in value:
        return _JSON_STRING.findall(value)
    return [value.strip("'\",")]


def _input_words(command: Command, made: Collection[str]) -> Iterator[str]:
    """Pictures, sounds, tables and weights that a command reads and that nobody has made."""
    fetches_weights = any(word.startswith(("-hf", "--hf-")) for word in command.words)
    for before, word in pairwise(("", *command.words)):
        extension = signs.ending(word)
        is_input = extension in signs.SEEN_OR_HEARD or (
            extension in signs.MEDIA and signs.is_input_option(before)
        )
        is_weights = signs.is_weights_option(before) and signs.is_local_weights(word) and not fetches_weights
        is_read = is_weights or (is_input and not signs.is_output_option(before))
        if is_read and not _is_there(word, made):
            yield word.rstrip("/")


def _is_there(path: str, made: Collection[str]) -> bool:
    """Whether a file is made by the card, or lies in a folder of a repository that it clones."""
    plain = path.removeprefix("./").rstrip("/")
    return plain in made or path in made or (CHECKOUT in made and "/" in plain)


def _in_python(reading: Reading, made: Collection[str]) -> Iterator[str]:
    documentation = _loose_strings(reading.code.nodes)
    for node, parent in reading.code.literals:
        value = node.value
        if not isinstance(value, str) or id(node) in documentation or value in made:
            continue
        if _is_for_code(node, parent):
            continue
        if _is_asked_for(value, parent) or _is_missing_input(value, parent, made):
            yield value
    yield from (name for name in reading.names.wanted if is_constant(name))


def _loose_strings(nodes: Iterable[ast.AST]) -> set[int]:
    """Docstrings and strings that nothing uses."""
    return {id(node.value) for node in nodes if isinstance(node, ast.Expr)}


def _is_for_code(node: ast.Constant, parent: ast.AST) -> bool:
    """Whether a string is one that only the code itself knows: what it compares with, a dict's key."""
    return isinstance(parent, ast.Compare) or (
        isinstance(parent, ast.Dict) and any(node is key for key in parent.keys)
    )


def _is_asked_for(value: str, parent: ast.AST) -> bool:
    """Whether a string asks to be replaced, where it stands."""
    match parent:
        case ast.JoinedStr():  # most of its parts are words between values
            return signs.is_path_to(value)
        case ast.Call(func=ast.Name(id="input")):  # what a program asks its user for when it runs
            return False
        case ast.Subscript():  # a key, as a rule
            return signs.bracketed(value) == [value]
        case _:
            return signs.is_placeholder(value)


def _is_missing_input(value: str, parent: ast.AST, made: Collection[str]) -> bool:
    """Whether a string names a file that the code reads and that nothing in the card makes."""
    if _is_there(value, made):
        return False
    if signs.is_input_folder(value) and isinstance(parent, ast.keyword | ast.Assign):
        return True
    return signs.ending(value) in signs.MEDIA and _is_read(parent)


def _is_read(parent: ast.AST) -> bool:
    """Whether the call, argument or variable that takes a path reads what is there."""
    match parent:
        case ast.Call(func=ast.Attribute(attr=called) | ast.Name(id=called)):
            return called in signs.READERS and not opens_to_write(parent)
        case ast.keyword(arg=str() as name):
            return signs.names_input(name)
        case ast.Assign(targets=[ast.Name(id=name)]):
            return signs.names_input(name, whole=False)
        case ast.List() | ast.Dict():
            return True
        case _:
            return False
