"""Where a card shows what a block gives."""

import ast
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from verify_snippets import output_comments, shell
from verify_snippets.block_view import last_sentence
from verify_snippets.blocks import Block, Kind
from verify_snippets.pattern import Pattern
from verify_snippets.reading import Reading


def find(readings: Sequence[Reading]) -> tuple[int | None, ...]:
    """For each block, the index of the block with its output (its own if it stands inside), or None."""
    found: list[int | None] = [
        index if _is_inside(reading) else None for index, reading in enumerate(readings)
    ]
    for index, reading in enumerate(readings):
        if reading.block.kind is Kind.OUTPUT:
            shown = _shown_by(readings, index)
            if shown is not None and found[shown] is None:
                found[shown] = index
    return tuple(found)


_TROUBLE = Pattern(r"\b(error|warning)\b", re.IGNORECASE)


_MAX_BETWEEN = 3  # blocks between code and its announced output: settings, another way to install


def _shown_by(readings: Sequence[Reading], output: int) -> int | None:
    """The block above an output that can have printed it: the one right above, or further up if announced."""
    below = readings[output].block
    if _TROUBLE.search(below.prose_before[-200:]):
        return None
    is_announced = _OUTPUT.search(last_sentence(below.prose_before)) is not None
    for above in range(output - 1, max(output - 2 - _MAX_BETWEEN, -1), -1):
        block = readings[above].block
        is_under = block.headings == below.headings or (above == output - 1 and _is_headed(below, block))
        if not (is_under or (is_announced and above == output - 1)):
            return None
        if block.kind.is_python or block.kind is Kind.SHELL_RUN:
            return above if _can_print(readings[above], below.text) else None
        if not (is_announced or _is_headed(below, block)) or block.kind is Kind.OUTPUT:
            return None
    return None


_USAGE = Pattern(r"\s*usage: ", re.IGNORECASE)
_ASKS_FOR_HELP = Pattern(r"(^|\s)(--help|-h|help)\b")


def _can_print(reading: Reading, text: str) -> bool:
    """Whether a block can have printed a text: how a program is used, only where it was asked for that."""
    return not _USAGE.match(text) or _ASKS_FOR_HELP.search(reading.block.text) is not None


_OUTPUT = Pattern(
    r"\b(outputs?|results?|expected|response|prints?|returns?|produces|yields|(will|should) (get|see)|"
    r"Ausgabe|Ergebnis|sortie|résultat|salida|resultado|saída)\b|输出|结果|返回|出力|出力結果|출력|결과|"
    r"вывод|результат",
    re.IGNORECASE,
)


_OUTPUT_TITLE = Pattern(r"\b(outputs?|expected|response)\b|输出|出力|출력|вывод", re.IGNORECASE)


_MEASURED = Pattern(r"evaluat|benchmark|train|metric|performance|test", re.IGNORECASE)


def _is_headed(output: Block, code: Block) -> bool:
    """Whether the heading of an output calls it that of the code above.

    ``Results`` does only within the code's own section: elsewhere it speaks of an evaluation.
    """
    heading = output.headings[-1] if output.headings else None
    if heading is None or _MEASURED.search(heading.title):
        return False
    level = code.headings[-1].level if code.headings else 0
    is_within = heading.level > level or output.headings == code.headings
    return bool(_OUTPUT_TITLE.search(heading.title) or (is_within and _OUTPUT.search(heading.title)))


def _is_inside(reading: Reading) -> bool:
    if reading.code.has_output:
        return True
    if reading.block.kind is Kind.SHELL_RUN:
        return _shell_output(reading)
    if reading.code.tree is None:
        return False
    return (
        next(loose_strings(reading.code.tree), None) is not None
        or next(output_comments.find(reading.code), None) is not None
    )


def _shell_output(reading: Reading) -> bool:
    lines = [line for line in reading.block.text.split("\n") if line.strip()]
    if any(output_comments.ANNOUNCED.match(line) for line in lines[1:]):
        return True
    if not 0 < reading.script.known < len(lines):
        return False
    if reading.script.prompted:
        return any(not line.lstrip().startswith(("$", "#")) for line in lines)
    return any(_ANSWER.match(line) for line in shell.logical_lines(reading.block.text)[1:])


_ANSWER = Pattern(
    r"[A-Z][\w ]+: \S|usage: |[\w-]+(\([^()]{0,40}\))?> |\d{4}-\d\d-\d\d[T ]\d|\d+%\||(INFO|WARNING)\b|"
    r"[{\[]\s*[\"'{\[]|tensor\(|\[?-?\d+\.\d+"
)
"""What a program answers, and no shell takes: help, its own prompt, a log, a value."""


def loose_strings(tree: ast.Module) -> Iterator[ast.Expr]:
    """The strings that nothing uses, at the end or below what prints: what was printed."""
    pairs = list(pairwise(tree.body))
    for number, (before, after) in enumerate(pairs, start=1):
        is_shown = isinstance(before, ast.Expr) or number == len(pairs)
        if is_shown and isinstance(after, ast.Expr) and _is_string(after):
            yield after


def _is_string(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )
