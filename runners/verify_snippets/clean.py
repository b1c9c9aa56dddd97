"""Text from strangers, made safe to show.

A snippet's output, a card's code and a Hub's error message may hold anything. On a terminal an escape
sequence can move the cursor over what was printed before, rename the window or fake a verdict; in the log of
a CI job a line can set an output of the job. So none gets through, and nothing is ever read as markup.
"""

import re

from verify_snippets.pattern import Pattern

_ESCAPE_SEQUENCE = Pattern(
    r"""
    \x1b \[ [0-?]* [ -/]* [@-~]?             # CSI: colours, cursor movements
    | \x1b [\]PX^_] [^\x07\x1b\x9c]* (?: \x07 | \x1b\\ | \x9c )?  # OSC, DCS and their like: titles, links
    | \x1b [ -/]* [0-~]?                     # everything else that begins with ESC
    """,
    re.VERBOSE,
)
_CONTROL = Pattern(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 without tab and newline, DEL, C1
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # direction overrides: they reorder what is read
    "\ud800-\udfff]"  # lone surrogates: no terminal can print them
)


# What GitHub's runner obeys in a job's log: two colons that begin a line, and its older form anywhere in one
_COMMAND = Pattern(r"^[^\S\n]*:(?=:)|##(?=\[)", re.MULTILINE)


def clean(text: str) -> str:
    """``text`` without escape sequences, control characters and workflow commands; tabs become spaces."""
    return without_commands(_CONTROL.sub("", without_escapes(text)).expandtabs(4))


def without_commands(text: str) -> str:
    """``text`` with a blank in what a CI job's log would take for a command."""
    return _COMMAND.sub(r"\g<0> ", text)


def without_escapes(text: str) -> str:
    """``text`` without escape sequences; what else a terminal would not print stays.

    A bare carriage return overwrites its line on a terminal (progress bars do that), so what it overwrote
    is left out.
    """
    plain = _ESCAPE_SEQUENCE.sub("", text.replace("\r\n", "\n"))
    return "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in plain.split("\n"))


def one_line(text: str) -> str:
    """``text`` cleaned, on a single line."""
    return " ".join(clean(text).split())


def last_lines(text: str, count: int, *, width: int = 300) -> list[str]:
    """The last ``count`` lines of ``text`` that hold something, cleaned, each cut to ``width`` characters."""
    tail = text[-count * width * 20 :]  # a snippet may have printed a megabyte: look at its end only
    lines = [line.rstrip() for line in clean(tail).split("\n") if line.strip()]
    return [shorten(line, width) for line in lines[-count:]]


def shorten(text: str, width: int) -> str:
    """``text``, its end cut off and marked where it is longer than ``width`` characters."""
    return text if len(text) <= width else text[: width - 1] + "…"
