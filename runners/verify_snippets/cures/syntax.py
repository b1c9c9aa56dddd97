"""Slips that keep Python from reading the code, where what was meant is beyond doubt."""

import ast
import warnings
from collections.abc import Iterator

from verify_snippets.cures.model import Patient, Proposal
from verify_snippets.pattern import Pattern

_PAIRS = {"“": "”", "‘": "’", "„": "“", "«": "»", "”": "”", "’": "’", "＂": "＂", "＇": "＇"}
_PLAIN = {
    **dict.fromkeys("“”„«»＂", '"'),
    **dict.fromkeys("‘’＇", "'"),
    **dict.fromkeys("\u00a0\u2002\u2003\u2009\u202f\u3000", " "),
    **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff", ""),
    **dict(zip("（），：；［］｛｝＝", "(),:;[]{}=", strict=True)),
    "–": "-",
    "—": "-",
    "−": "-",
}
_CHARACTER = Pattern(r"invalid (?:non-printable )?character")
_PRINT = Pattern(r"^(\s*)print\s+([^\s(=].*?)\s*$")
_MAX_SLIPS = 200


def syntax(patient: Patient) -> Iterator[Proposal]:
    """Straight quotes for curly ones, plain spaces for unbreakable ones, ``print(x)`` for ``print x``."""
    if not patient.snippet.kind.is_python:
        return
    changed = _mended(patient.code)
    if changed is not None and changed != patient.code:
        yield Proposal(
            cure="syntax",
            sentence="Python can't read it as it is written: the characters that a text editor put in go",
            code=changed,
            is_certain=True,
        )


def _mended(code: str) -> str | None:
    """The code once it can be read; None where more than slips is wrong with it."""
    lines = code.split("\n")
    for _ in range(_MAX_SLIPS):
        error = _error(lines)
        if error is None:
            return "\n".join(lines)
        number = (error.lineno or 0) - 1
        if not 0 <= number < len(lines):
            return None
        mended = _line_mended(lines[number], error)
        if mended is None or mended == lines[number]:
            return None
        lines[number] = mended
    return None


def _error(lines: list[str]) -> SyntaxError | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse("\n".join(lines))
    except SyntaxError as error:
        return error
    except (ValueError, RecursionError, MemoryError):
        return SyntaxError("not to be read at all")
    return None


def _line_mended(line: str, error: SyntaxError) -> str | None:
    if _CHARACTER.search(error.msg):
        return _with_plain_character(line, (error.offset or 0) - 1)
    if "print" in error.msg and (found := _PRINT.match(line)):
        return f"{found[1]}print({found[2]})"
    return None


def _with_plain_character(line: str, at: int) -> str | None:
    """The line with one character, or a pair of quotes, as Python wants it."""
    if not 0 <= at < len(line) or line[at] not in _PLAIN:
        return None
    opening = line[at]
    line = line[:at] + _PLAIN[opening] + line[at + 1 :]
    if opening in _PAIRS:
        end = line.find(_PAIRS[opening], at + 1)
        if end > 0:
            line = line[:end] + _PLAIN[_PAIRS[opening]] + line[end + 1 :]
    return line
