"""Comments that show what code gives: beside the line that prints it, below it, or announced above it."""

import ast
import re
from collections.abc import Iterator, Sequence

from verify_snippets.code import Code
from verify_snippets.pattern import Pattern


def find(code: Code) -> Iterator[int]:
    """The lines of code, 1-based, on which a comment that shows an output begins; some more than once."""
    if "#" not in code.text:
        return
    shown_on = showing_lines(code)
    yield from _announced(code.text.split("\n"), shown_on)
    yield from _below(code.text.split("\n"), shown_on)


_REMARK = Pattern(
    r"#\W*(you|to|or|and|note|see|use|using|for|if|optional\w*|then|save|the|this|that|it|we|now|here|todo|alternatively|"
    r"print\w*|play|show|display|load|run|set|get|add|make|end|do|more|default\w*|in|with|http\w*|decode\w*|convert\w*)\b"
    r"|#\W*(打印|显示|保存|加载|使用|表示)|.*[=(\[]",
    re.IGNORECASE,
)


def _below(lines: Sequence[str], shown_on: set[int]) -> Iterator[int]:
    """Comments right below what prints, with no code right below them: what was printed."""
    for last in sorted(shown_on):
        end = last
        while end < len(lines) and lines[end].startswith("#"):
            end += 1
        is_closed = end == len(lines) or not lines[end].strip()
        if end > last and is_closed and not _REMARK.match(lines[last]):
            yield last + 1


ANNOUNCED = Pattern(
    r"#+\s*(example |expected |sample |the |model |printed |\w+ (?=outputs?\s*:))*(outputs?|results?|prints?|"
    r"returns?|response|answer)\b(?!.*=\s)\s*(is|are)?\s*[:=>\-]|"
    r"#+\s*(-+>|=+>|>>>?|>)\s*\S|#+\s*(输出|结果|出力)|#+\s*(expected )?outputs?\s*$|"
    r"#+\s*should (print|output|return|give|be)\b",
    re.IGNORECASE,
)
_BESIDE = Pattern(
    r"#+\s*(->|=>|==>|>>>?|\[[\d'\"]|\{['\"]|tensor\(|torch\.Size|-?\d+\.\d+|['\"][^'\"]+['\"]\s*$|"
    r"\(\d+,[\d, ]*\)\s*$|(True|False|-?\d+)\s*$|[\w ]{1,20}: -?\d+(\.\d+)?%?\s*$)"
)
_VALUE = Pattern(
    r"#+\s*(\[|\{|\(?tensor\(|array\(|torch\.Size|['\"]|-?\d+\.\d+|\(\d+|(True|False|None|-?\d+)\s*$)"
)


def _announced(lines: Sequence[str], shown_on: set[int]) -> Iterator[int]:
    """Comments that announce an output, or that hold a value right below what shows it."""
    last_code_line = 0
    last_comment, last_comment_line, is_example = "", 0, False
    for number, line in enumerate(lines, start=1):
        before, mark, after = line.partition("#")
        comment = mark + after
        if before.strip():
            last_code_line, last_comment = number, ""
            if number in shown_on and _is_beside(before, comment):
                yield number
        elif comment:
            after_value = last_code_line in shown_on or is_example
            if _is_output(comment, after_code=last_code_line > 0, after_value=after_value):
                yield number
            if not last_comment:
                last_comment, last_comment_line = comment, number
        is_example = _EXAMPLE.match(comment) is not None
    if last_code_line > 0 and _LITERAL.match(last_comment):
        yield last_comment_line


_ONE_WORD = Pattern(r"#+\s*[A-Z][\w-]+\s*$")


def _is_beside(code: str, comment: str) -> bool:
    """Whether the comment at the end of a line that shows a value is that value."""
    if _BESIDE.match(comment) or ANNOUNCED.match(comment):
        return True
    return "print(" in code and bool(_ONE_WORD.match(comment)) and not _REMARK.match(comment)


_EXAMPLE = Pattern(r"#+\s*(e\.?g\.?|for example|for instance)\s*[:,]?\s*$", re.IGNORECASE)
"""What announces an example of the value that the next line of a comment shows."""
_LITERAL = Pattern(r"#+\s*(\{['\"]|\[[\['\"{]|\[-?\d|tensor\(|array\(|torch\.Size)")
"""A value with its brackets, with which code ends."""


_ASSIGNMENT = Pattern(r"#+\s*[\w.]+\s*=")


def _holds_text(comment: str) -> bool:
    """Whether a comment spells out a line end, as printed text does, and is no code commented out."""
    return "\\n" in comment and _ASSIGNMENT.match(comment) is None


def _is_output(comment: str, *, after_code: bool, after_value: bool) -> bool:
    """Whether a comment on its own line is output, given what the code line above it does."""
    if after_code and (ANNOUNCED.match(comment) or _holds_text(comment)):
        return True
    return after_value and _VALUE.match(comment) is not None


def showing_lines(code: Code) -> set[int]:
    """The last lines of statements that show a value: ``print(...)``, a bare expression."""
    return {
        node.end_lineno or node.lineno
        for node in code.nodes
        if isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant)
    }
