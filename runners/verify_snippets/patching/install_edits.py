"""Where a card tells what to install: one more package in its own words, or a block for it."""

from collections.abc import Sequence

from verify_snippets import packages
from verify_snippets.kind import Kind
from verify_snippets.patching.lines import Edit, body, end_of, usual_end
from verify_snippets.pattern import Pattern
from verify_snippets.snippets import Snippet

_COMMAND = Pattern(
    r"^(?P<before>[\s>]*(?:[$!%] ?)?(?:python3? -m |uv )?pip3? install)(?P<words>( +\S+)+)\s*$"
)
_PLAIN_WORD = Pattern(
    r"""-q|-U|-qU|-Uq|-qq|--quiet|--upgrade|["']?[A-Za-z][\w.-]*(\[[\w,-]+\])?([<>=!~]=?[\w.*,<>=!]+)?["']?"""
)
_SHELL_TAG = Pattern(r"[\s>]*(?P<fence>`{3,}|~{3,})(?P<tag>(?:bash|sh|shell|console|zsh)\b)?")
_QUOTED_START = Pattern(r"[ \t>]*")
_CODE_INDENT = Pattern(r"(?: {4}|\t)$")


def added_to_own(
    lines: Sequence[str], snippets: Sequence[Snippet], snippet: Snippet, wanted: Sequence[str]
) -> Edit | None:
    """One more word or line where the card installs what the snippet needs already.

    Returns:
        The edit, or None where the card has no such place before the snippet's end.
    """
    for other in reversed(snippets[: snippet.block.index + 1]):
        if other is snippet or other.kind is Kind.SHELL_INSTALL:
            edit = _in_block(lines, other, wanted)
            if edit is not None:
                return edit
    return None


def _in_block(lines: Sequence[str], snippet: Snippet, wanted: Sequence[str]) -> Edit | None:
    block = snippet.block
    first = block.text_line - 1
    span = range(first, min(first + block.text.count("\n") + 1, len(lines)))
    commands = [(index, found) for index in span if (found := _COMMAND.match(body(lines[index])))]
    if not commands:
        return None
    index, command = commands[-1]
    text, end = body(lines[index]), end_of(lines[index])
    if all(_PLAIN_WORD.fullmatch(word) for word in command["words"].split()):
        start, tail = text[: command.start("words")], text[len(text.rstrip()) :]
        longer = f"{start} {' '.join(_with(command['words'].split(), wanted))}{tail}{end}"
        return Edit(first=index, end=index + 1, lines=(longer,))
    if text.rstrip().endswith("\\"):
        return None
    line = f"{command['before']} {_words(wanted)}{end or usual_end(lines)}"
    return Edit(first=index + 1, end=index + 1, lines=(line,))


def _with(words: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """Words of a command with more packages; one that names such a package already gives way to it."""
    names = {packages.name(word) for word in wanted}
    kept = [word for word in words if word.startswith("-") or packages.name(word.strip("\"'")) not in names]
    return [*kept, _words(wanted)]


def _words(wanted: Sequence[str]) -> str:
    """Packages as a shell takes them: ``<`` and ``>`` in quotes."""
    return " ".join(f'"{word}"' if set(word) & set("<>!=~[*") else word for word in wanted)


def block_before(
    lines: Sequence[str], snippets: Sequence[Snippet], snippet: Snippet, wanted: Sequence[str]
) -> Edit:
    """A block of its own right before the snippet, fenced and tagged as the card does it elsewhere."""
    index = snippet.block.start_line - 1
    opening = body(lines[index])
    found = _QUOTED_START.match(opening)
    start = found.group() if found else ""
    if snippet.block.text_line == snippet.block.start_line:
        start = _CODE_INDENT.sub("", start)  # code by its indent alone: a fence stands where the prose does
    fence, tag = _manner(lines, snippets, opening)
    end = usual_end(lines)
    text = (
        f"{start}{fence}{tag}",
        f"{start}pip install {_words(wanted)}",
        f"{start}{fence}",
        start.rstrip(),
    )
    return Edit(first=index, end=index, lines=tuple(line + end for line in text))


def _manner(lines: Sequence[str], snippets: Sequence[Snippet], opening: str) -> tuple[str, str]:
    """The fence and the tag of the card's own shell blocks; failing that, of the snippet and ``bash``."""
    for other in snippets:
        if other.kind.is_shell:
            found = _SHELL_TAG.match(body(lines[other.block.start_line - 1]))
            if found:
                return found["fence"], found["tag"] or ""
    found = _SHELL_TAG.match(opening)
    return (found["fence"] if found else "```"), "bash"
