"""What in a report would act upon whoever shows it: for hostile samples, and for attacks that really ran."""

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token

_ANNOTATIONS = ("notice", "warning", "error")
_SVG = {"svg", "title", "clipPath", "rect", "g", "text"}
_HTML = re.compile(r"<details><summary>[^<>]*<code>[^<>]*</code></summary>|</details>")
_ALIVE_TEXT = re.compile(r"@\w|#\d|://|www\.|:\w+:")  # mentions, issues, addresses, emoji


@dataclass(frozen=True, kw_only=True)
class Command:
    """A workflow command, as GitHub's runner understands it."""

    name: str
    properties: dict[str, str]
    message: str


def commands(text: str) -> list[Command]:
    """Every command that the runner would obey in the log of a job that prints ``text``.

    As its own parser does (``ActionCommand.cs`` in the repository actions/runner): lines that begin with two
    colons, blanks aside, and ``##[`` anywhere in a line.
    """
    return [found for line in re.split(r"\r\n|\r|\n", text) for found in _command(line)]


def acting(name: str, text: str) -> list[str]:
    """What in a report in the format ``name`` would be obeyed, followed or run: nothing should be."""
    return [*_CHECKS.get(name, _as_log)(text)]


def _as_log(text: str) -> Iterator[str]:
    """Every format but HTML may be printed into a job's log."""
    yield from (f"the command {command.name}" for command in commands(text))


def _as_annotations(text: str) -> Iterator[str]:
    for line in text.removesuffix("\n").split("\n"):
        if [command.name in _ANNOTATIONS for command in commands(line)] != [True]:
            yield line


def _as_markdown(text: str) -> Iterator[str]:
    yield from _as_log(text)
    yield from _in_tokens(MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text))


def _as_sarif(text: str) -> Iterator[str]:
    yield from _as_log(text)
    for result in json.loads(text)["runs"][0]["results"]:
        message = result["message"]["text"]
        yield from re.findall(r"\[[^]]*\]\([^)]*\)", message)
        yield from re.findall(r"(?<!\{)(?:\{\{)*\{\d+\}", message)


def _as_junit(text: str) -> Iterator[str]:
    yield from _as_log(text)
    yield from re.findall(r"\[\[ATTACHMENT\|", "".join(_xml(text).itertext()))


def _as_svg(text: str) -> Iterator[str]:
    yield from _as_log(text)
    yield from {element.tag.rpartition("}")[2] for element in _xml(text).iter()} - _SVG


def _nothing_here(_text: str) -> Iterator[str]:
    """HTML is looked at in a browser, by tests of its own."""
    return iter(())


_CHECKS: dict[str, Callable[[str], Iterator[str]]] = {
    "github": _as_annotations,
    "markdown": _as_markdown,
    "sarif": _as_sarif,
    "junit": _as_junit,
    "badge-svg": _as_svg,
    "html": _nothing_here,
}


def _command(line: str) -> Iterator[Command]:
    trimmed = line.lstrip()
    if trimmed.startswith("::") and "::" in trimmed[2:]:
        told, _, message = trimmed[2:].partition("::")
        name, _, properties = told.partition(" ")
        pairs: Any = (pair.partition("=") for pair in properties.split(",") if pair)
        yield Command(
            name=name,
            properties={key.strip(): unquote(value) for key, _, value in pairs},
            message=unquote(message),
        )
    elif "##[" in line and "]" in line.partition("##[")[2]:
        yield Command(name=line.partition("##[")[2].partition("]")[0], properties={}, message="")


def _in_tokens(tokens: list[Token]) -> Iterator[str]:
    for token in tokens:
        if _acts(token):
            yield f"{token.type} {token.content} {token.attrs}"
        yield from _in_tokens(token.children or [])


def _acts(token: Token) -> bool:
    match token.type:
        case "html_block" | "html_inline":
            return not _HTML.fullmatch(token.content.strip())
        case "link_open":
            return not re.search(r"#L\d+$", str(token.attrs["href"]))  # a line of the card
        case "text":
            return bool(_ALIVE_TEXT.search(token.content))
        case _:
            return token.type == "image"


def _xml(text: str) -> ET.Element:
    return ET.fromstring(text.encode())  # noqa: S314  we wrote it ourselves
