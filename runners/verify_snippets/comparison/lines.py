"""The lines of an output that say something: without bars, chatter, warnings and the fronts of log lines."""

from dataclasses import dataclass

from verify_snippets.clean import without_escapes
from verify_snippets.pattern import Pattern

_MAX_WIDTH = 2_000  # of the front of a line that the signs below look at

_BAR = Pattern(
    r"\d{1,3}(\.\d+)?\s?%\s?[|│▏▎▍▌▋▊▉█━]|[━█]{6}|\[=+>?\.*\]|\d(\.\d+)?\s?([kMG]?i?B|it|examples|batch(es)?)/s\b"
)
_CHATTER = Pattern(
    r"\s*(Downloading|Fetching \d+ files|Loading (checkpoint|weights|pipeline|dataset)|Generating \w+ split|"
    r"Resolving data files|Map( \(num_proc=\d+\))?:|Some weights of|You should probably TRAIN|"
    r"Device set to use|Setting `?pad_token_id|Special tokens have been|The attention mask|Using cache found|"
    r"Using a slow image processor|Xet Storage|Requirement already satisfied|Collecting )"
)
_WARNING = Pattern(r"(^|[\s:])\w*Warning: |\s*warnings\.warn\(")
_LEVEL = r"(DEBUG|INFO|WARNING|WARN|ERROR|CRITICAL)"
_LOG_FRONT = Pattern(
    rf"\s*(\[?\d{{4}}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.,]?\d*\]?[\s|:-]*)?"
    rf"(\[{_LEVEL}[^\]]*\]|{_LEVEL}:[\w.]+:|{_LEVEL}\s*[:|-]|{_LEVEL}(?=\s+\S))\s*(root:\s)?",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A line that says something.

    Attributes:
        number: its place in the whole text, 0-based.
        text: what it says.
    """

    number: int
    text: str


def telling(text: str) -> tuple[Line, ...]:
    """The lines of ``text`` that say something."""
    found: list[Line] = []
    is_warning = False
    for number, line in enumerate(without_escapes(text).split("\n")):
        front = line[:_MAX_WIDTH]
        is_its_code = is_warning and front.startswith("  ")  # Python shows the line that warned below
        is_warning = _WARNING.search(front) is not None
        if is_warning or is_its_code or not line.strip() or _BAR.search(front) or _CHATTER.match(front):
            continue
        logged = _LOG_FRONT.match(front)
        found.append(Line(number=number, text=line[logged.end() :] if logged else line))
    return tuple(line for line in found if line.text.strip())
