"""Where a card shows what a block gives."""

import ast
import re
from collections.abc import Sequence
from itertools import pairwise

from verify_snippets import shell
from verify_snippets.block_view import last_sentence
from verify_snippets.blocks import Block, Kind
from verify_snippets.code import Code
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


_TROUBLE = re.compile(r"\b(error|warning)\b", re.IGNORECASE)


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


_USAGE = re.compile(r"\s*usage: ", re.IGNORECASE)
_ASKS_FOR_HELP = re.compile(r"(^|\s)(--help|-h|help)\b")


def _can_print(reading: Reading, text: str) -> bool:
    """Whether a block can have printed a text: how a program is used, only where it was asked for that."""
    return not _USAGE.match(text) or _ASKS_FOR_HELP.search(reading.block.text) is not None


_OUTPUT = re.compile(
    r"\b(outputs?|results?|expected|response|prints?|returns?|produces|yields|(will|should) (get|see)|"
    r"Ausgabe|Ergebnis|sortie|résultat|salida|resultado|saída)\b|输出|结果|返回|出力|出力結果|출력|결과|"
    r"вывод|результат",
    re.IGNORECASE,
)


_OUTPUT_TITLE = re.compile(r"\b(outputs?|expected|response)\b|输出|出力|출력|вывод", re.IGNORECASE)


_MEASURED = re.compile(r"evaluat|benchmark|train|metric|performance|test", re.IGNORECASE)


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
        _loose_string(reading.code.tree)
        or _output_comment(reading)
        or _comment_below(reading.code.text.split("\n"), _showing_lines(reading.code))
    )


_REMARK = re.compile(
    r"#\W*(you|to|or|and|note|see|use|using|for|if|optional\w*|then|save|the|this|that|it|we|now|here|todo|alternatively|"
    r"print\w*|play|show|display|load|run|set|get|add|make|end|do|more|default\w*|in|with|http\w*|decode\w*|convert\w*)\b"
    r"|#\W*(打印|显示|保存|加载|使用|表示)|.*[=(\[]",
    re.IGNORECASE,
)


def _comment_below(lines: Sequence[str], shown_on: set[int]) -> bool:
    """A comment right below what prints, with no code right below it: what was printed."""
    for last in sorted(shown_on):
        end = last
        while end < len(lines) and lines[end].startswith("#"):
            end += 1
        is_closed = end == len(lines) or not lines[end].strip()
        if end > last and is_closed and not _REMARK.match(lines[last]):
            return True
    return False


def _shell_output(reading: Reading) -> bool:
    lines = [line for line in reading.block.text.split("\n") if line.strip()]
    if any(_ANNOUNCED.match(line) for line in lines[1:]):
        return True
    if not 0 < reading.script.known < len(lines):
        return False
    if reading.script.prompted:
        return any(not line.lstrip().startswith(("$", "#")) for line in lines)
    return any(_ANSWER.match(line) for line in shell.logical_lines(reading.block.text)[1:])


_ANSWER = re.compile(
    r"[A-Z][\w ]+: \S|usage: |[\w-]+(\([^()]{0,40}\))?> |\d{4}-\d\d-\d\d[T ]\d|\d+%\||(INFO|WARNING)\b|"
    r"[{\[]\s*[\"'{\[]|tensor\(|\[?-?\d+\.\d+"
)
"""What a program answers, and no shell takes: help, its own prompt, a log, a value."""


def _loose_string(tree: ast.Module) -> bool:
    """A string that nothing uses, at the end or below what prints: what was printed."""
    pairs = list(pairwise(tree.body))
    return any(
        _is_string(after) and (isinstance(before, ast.Expr) or number == len(pairs))
        for number, (before, after) in enumerate(pairs, start=1)
    )


def _is_string(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


_ANNOUNCED = re.compile(
    r"#+\s*(example |expected |sample |the |model |printed |\w+ (?=outputs?\s*:))*(outputs?|results?|prints?|"
    r"returns?|response|answer)\b(?!.*=\s)\s*(is|are)?\s*[:=>\-]|"
    r"#+\s*(-+>|=+>|>>>?|>)\s*\S|#+\s*(输出|结果|出力)|#+\s*(expected )?outputs?\s*$|"
    r"#+\s*should (print|output|return|give|be)\b",
    re.IGNORECASE,
)
_BESIDE = re.compile(
    r"#+\s*(->|=>|==>|>>>?|\[[\d'\"]|\{['\"]|tensor\(|torch\.Size|-?\d+\.\d+|['\"][^'\"]+['\"]\s*$|"
    r"\(\d+,[\d, ]*\)\s*$|(True|False|-?\d+)\s*$|[\w ]{1,20}: -?\d+(\.\d+)?%?\s*$)"
)
_VALUE = re.compile(
    r"#+\s*(\[|\{|\(?tensor\(|array\(|torch\.Size|['\"]|-?\d+\.\d+|\(\d+|(True|False|None|-?\d+)\s*$)"
)


def _output_comment(reading: Reading) -> bool:
    """A comment that announces an output, or that holds a value right below what shows it."""
    if "#" not in reading.code.text:
        return False
    shown_on = _showing_lines(reading.code)
    last_code_line = 0
    last_comment, is_example = "", False
    for number, line in enumerate(reading.code.text.split("\n"), start=1):
        before, mark, after = line.partition("#")
        comment = mark + after
        if before.strip():
            last_code_line, last_comment = number, ""
            if number in shown_on and _is_beside(before, comment):
                return True
        elif comment:
            after_value = last_code_line in shown_on or is_example
            if _is_output(comment, after_code=last_code_line > 0, after_value=after_value):
                return True
            last_comment = last_comment or comment
        is_example = _EXAMPLE.match(comment) is not None
    return last_code_line > 0 and _LITERAL.match(last_comment) is not None


_ONE_WORD = re.compile(r"#+\s*[A-Z][\w-]+\s*$")


def _is_beside(code: str, comment: str) -> bool:
    """Whether the comment at the end of a line that shows a value is that value."""
    if _BESIDE.match(comment) or _ANNOUNCED.match(comment):
        return True
    return "print(" in code and bool(_ONE_WORD.match(comment)) and not _REMARK.match(comment)


_EXAMPLE = re.compile(r"#+\s*(e\.?g\.?|for example|for instance)\s*[:,]?\s*$", re.IGNORECASE)
"""What announces an example of the value that the next line of a comment shows."""
_LITERAL = re.compile(r"#+\s*(\{['\"]|\[[\['\"{]|\[-?\d|tensor\(|array\(|torch\.Size)")
"""A value with its brackets, with which code ends."""


_ASSIGNMENT = re.compile(r"#+\s*[\w.]+\s*=")


def _holds_text(comment: str) -> bool:
    """Whether a comment spells out a line end, as printed text does, and is no code commented out."""
    return "\\n" in comment and _ASSIGNMENT.match(comment) is None


def _is_output(comment: str, *, after_code: bool, after_value: bool) -> bool:
    """Whether a comment on its own line is output, given what the code line above it does."""
    if after_code and (_ANNOUNCED.match(comment) or _holds_text(comment)):
        return True
    return after_value and _VALUE.match(comment) is not None


def _showing_lines(code: Code) -> set[int]:
    """The last lines of statements that show a value: ``print(...)``, a bare expression."""
    return {
        node.end_lineno or node.lineno
        for node in code.nodes
        if isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant)
    }
