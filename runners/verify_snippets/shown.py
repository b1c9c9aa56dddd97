"""Hold what a snippet printed against what its card shows. Pure: from the code and the output alone.

A difference is told only where the card shows what a script prints and every run prints alike. Where it may
be the card's way of showing, a draw of luck, or the machine, the output is not comparable, and why is said.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, assert_never

from verify_snippets import code, documented, printing
from verify_snippets.comparison import Compared, Likeness, Shown, compare, lines_left
from verify_snippets.documented import Piece
from verify_snippets.origins import Origin, Origins
from verify_snippets.pattern import Pattern
from verify_snippets.plan import SAMPLES, Step
from verify_snippets.snippets import Snippet

OutputVerdict = Literal["as documented", "differs", "not comparable"]

_MAX_DIFF_LINES = 40

_NOT_PRINTED = "the code does not print it"
_OTHER_INPUT = "the input is a sample of ours, which stands in for the reader's own"
_NEW_WEIGHTS = "some of the model's weights were drawn at random"
_TOO_LONG = "it is too long to be compared"
_EMPTY = "nothing of it stays the same from run to run"
_WHY = {
    Origin.UNSURE: "it is generated, and the model's own settings decide whether by sampling",
    Origin.SEEDED: "it is drawn at random: a seed draws the same only with the same versions and hardware",
    Origin.MACHINE: "it tells the time, or of the machine",
    Origin.RANDOM: "it is drawn at random",
    Origin.SAMPLED: "it is generated with sampling on: every run gives another text",
}


@dataclass(frozen=True, kw_only=True)
class Held:
    """What is said of a documented output.

    Attributes:
        verdict: what is said.
        reason: why, in a sentence.
        line: the card's line where the output begins, 1-based.
        diff: unified; empty unless it differs.
    """

    verdict: OutputVerdict
    reason: str
    line: int
    diff: str = ""


@dataclass(frozen=True, kw_only=True)
class _Held:
    """One text that the card shows; ``reason`` is why it was not compared, empty if it was."""

    piece: Piece
    likeness: Likeness | None
    reason: str = ""
    diff: str = ""


def hold(step: Step, snippets: Sequence[Snippet], stdout: str, stderr: str = "") -> Held | None:
    """What is said of the output that a card shows for a step; None where it shows none.

    Args:
        step: what ran, to its last line.
        snippets: all of the card's, by their block's index.
        stdout: what it and those before it printed.
        stderr: likewise; a log that a card shows may have gone there.
    """
    trees = [tree for text in step.codes if (tree := code.read(text).tree) is not None]
    printers = printing.printing_functions(trees)
    pieces = documented.find(step.snippet, snippets, printers)
    if not pieces or not trees:
        return None
    origins = Origins(trees)
    echoes = step.snippet.is_session
    printed = [it for it in trees[-1].body if printing.shows(it, printers, echoes=echoes)] or trees[-1].body
    common = _of_all(step, stderr)
    doubts = [
        _Doubt.about(piece, origins.of([piece.statement] if piece.statement else printed), common)
        for piece in pieces
    ]
    return _sum_up(_compare(pieces, doubts, stdout, stderr))


def _of_all(step: Step, stderr: str) -> str:
    """Why no output of a run need be the card's; empty if they should be."""
    if any(value.startswith(f"{SAMPLES}/") for value in step.filled.values()):
        return _OTHER_INPUT
    return _NEW_WEIGHTS if _NEWLY_INITIALIZED.search(stderr) else ""


_NEWLY_INITIALIZED = Pattern(r"\bnewly initialized\b")


@dataclass(frozen=True, kw_only=True)
class _Doubt:
    """Why a difference would say nothing; empty if it would.

    Attributes:
        reason: why.
        is_final: whether it is not compared at all.
    """

    reason: str = ""
    is_final: bool = False

    @classmethod
    def about(cls, piece: Piece, origin: Origin, common: str) -> "_Doubt":
        """What there is to doubt about a text of the card that comes from there.

        Args:
            piece: the text.
            origin: where what it shows comes from.
            common: what there is to doubt about all of them.
        """
        if origin in (Origin.SAMPLED, Origin.RANDOM):
            return cls(reason=_WHY[origin], is_final=True)
        if not piece.is_printed:
            return cls(reason=_NOT_PRINTED, is_final=not piece.is_apart)  # a library may have printed it
        if origin is not Origin.COMPUTED:
            return cls(reason=_WHY[origin])
        return cls(reason=piece.doubt or common)


def _compare(pieces: Sequence[Piece], doubts: Sequence[_Doubt], stdout: str, stderr: str) -> list[_Held]:
    shown = [_shown(piece) for piece, doubt in zip(pieces, doubts, strict=True) if not doubt.is_final]
    found = compare(shown, stdout)
    if not _all_same(found):
        found = _compare_beside(shown, stdout, stderr) or found
    compared = iter(found)
    return [
        _Held(piece=piece, likeness=None, reason=doubt.reason)
        if doubt.is_final
        else _held(piece, doubt, next(compared))
        for piece, doubt in zip(pieces, doubts, strict=True)
    ]


def _compare_beside(shown: Sequence[Shown], stdout: str, stderr: str) -> tuple[Compared, ...]:
    """What a terminal shows of both streams, mixed as they come; nothing where that helps nothing."""
    logged = compare(shown, stderr)
    if _all_same(logged):
        return logged
    left = [replace(text, text=lines_left(text.text, stderr)) for text in shown if text.whole_lines]
    is_mixed = bool(left) and all(text.text.strip() for text in left)
    return compare(left, stdout) if is_mixed and left != list(shown) else ()


def _all_same(found: Sequence[Compared]) -> bool:
    return bool(found) and all(one.likeness is Likeness.SAME for one in found)


def _shown(piece: Piece) -> Shown:
    return Shown(
        text=piece.text, line=piece.line, whole_lines=piece.is_apart, lines_before=piece.lines_before
    )


def _held(piece: Piece, doubt: _Doubt, compared: Compared) -> _Held:
    match compared.likeness:
        case Likeness.SAME:
            reason = ""
        case Likeness.DIFFERENT:
            reason = doubt.reason
        case Likeness.EMPTY:
            reason = doubt.reason or _EMPTY
        case Likeness.TOO_LONG:
            reason = doubt.reason or _TOO_LONG
        case _:
            assert_never(compared.likeness)
    return _Held(piece=piece, likeness=compared.likeness, reason=reason, diff=compared.diff)


def _sum_up(texts: Sequence[_Held]) -> Held:
    different = [text for text in texts if text.likeness is Likeness.DIFFERENT and not text.reason]
    same = [text for text in texts if text.likeness is Likeness.SAME]
    first = texts[0].piece.line
    left_out = "; ".join(dict.fromkeys(text.reason for text in texts if text.reason))
    if different:
        return Held(
            verdict="differs",
            reason=f"{_which(different, texts)}{_TOLERANCE}",
            line=different[0].piece.line,
            diff=_joined_diffs(different),
        )
    if same:
        count = "" if len(same) == len(texts) else f" for {len(same)} of {len(texts)} outputs ({left_out})"
        return Held(
            verdict="as documented", reason=f"printed as the card shows it{count}", line=same[0].piece.line
        )
    return Held(verdict="not comparable", reason=left_out, line=first)


_TOLERANCE = "numbers may differ by 1 % or in the last digit that is shown"


def _which(different: Sequence[_Held], texts: Sequence[_Held]) -> str:
    """Which of several texts differ; of one, nothing."""
    if len(texts) == 1:
        return ""
    lines = ", ".join(str(text.piece.line) for text in different)
    return f"{len(different)} of {len(texts)} outputs, at line{'' if len(different) == 1 else 's'} {lines}; "


def _joined_diffs(texts: Sequence[_Held]) -> str:
    lines = "\n".join(text.diff for text in texts).split("\n")
    if len(lines) > _MAX_DIFF_LINES + 1:  # the line that tells of the cut counts for none
        lines = [*lines[:_MAX_DIFF_LINES], f"... {len(lines) - _MAX_DIFF_LINES} more lines"]
    return "\n".join(lines)
