"""Which hardware a sentence or a table gives a time for. Pure."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from verify_snippets.claims import Claim
from verify_snippets.gpu_models import GPU_MEMORY_GB, is_same
from verify_snippets.pattern import Pattern

_MODELS = "|".join(re.escape(name).replace("\\ ", r"[ -]?") for name in sorted(GPU_MEMORY_GB, key=len)[::-1])
_OTHERS = Pattern(
    rf"\b(?:(?:nvidia |tesla |geforce )?(?:{_MODELS})(?:[- ]?\d+ ?GB)?|tpu(?: ?v\d\w*)?|mi\d{{3}}\w?|"
    r"(?:macbook(?: pro| air)? )?m[1-5](?: pro| max| ultra)?|macbook(?: pro| air)?|mac (?:mini|studio)|"
    r"apple silicon|iphone ?\w*|pixel ?\d\w*|snapdragon\w*|raspberry pi ?\w*|jetson\w*|"
    r"(?:intel )?xeon(?: gold| silver| platinum)?(?: \w*\d[\w-]*)?|"
    r"(?:amd )?(?:epyc|ryzen)(?: \w*\d\w*)?|(?:intel )?core (?:i\d|ultra)[\w-]*)\b",
    re.IGNORECASE,
)
_VAGUE = Pattern(r"\b(?:v?CPUs?|GPUs?|CUDA|laptop|server|desktop)\b", re.IGNORECASE)
_CLAUSE = Pattern(r"[,;:()|]|\s(?:and|but|while|whereas|versus|vs\.?|compared|than|或|和)\s", re.IGNORECASE)
_NUMBER = Pattern(r"\d+(?:[.,]\d+)*")
_OF_PROSE = 2  # a clause and its sentence
_SENTENCE = Pattern(r"(?<=[.!?。！？])\s+")
_NOISE = Pattern(r"\((?:r|tm)\)|@.*|\b(?:cpu|processor|\d+-core|\d+(?:st|nd|rd|th)|gen)\b", re.IGNORECASE)


class Whose(Enum):
    """Whose time it is."""

    PROFILE = auto()  # the profile of the run, by its name
    PROCESSOR = auto()  # this machine's own, by its model
    ANOTHER = auto()
    NOBODYS = auto()  # nothing is named, or more than one thing


@dataclass(frozen=True, kw_only=True)
class Named:
    """The hardware that a time is claimed for.

    Attributes:
        whose: how it compares with where the run was.
        text: as the card writes it, for people.
    """

    whose: Whose
    text: str

    @property
    def is_here(self) -> bool:
        """Whether it is where the run was."""
        return self.whose in (Whose.PROFILE, Whose.PROCESSOR)


@dataclass(frozen=True, kw_only=True)
class GpusAtWork:
    """The GPUs that something ran on.

    Attributes:
        models: their names, as their driver calls them.
        flavor: the GPU that the profile's flavor is known for, which those may not be; empty if unknown.
    """

    models: Sequence[str]
    flavor: str = ""

    def are(self, written: str) -> bool:
        """Whether all of them are what somebody writes of."""
        return bool(self.models) and all(is_same(written, model) for model in self.models)


def hardware_named(
    claim: Claim,
    lines: Sequence[str],
    *,
    profile: str,
    profiles: Collection[str],
    cpu_model: str,
    gpus: GpusAtWork | None = None,
) -> Named:
    """The hardware that a claim's clause names, else its sentence, else its table.

    Args:
        claim: of a time.
        lines: the card's.
        profile: that of the run.
        profiles: the names of all.
        cpu_model: what this machine calls its processor.
        gpus: what did the work; None for the processor.
    """
    several = False
    for text in _surroundings(claim, lines):
        mentions = _mentions(text, profiles, cpu_model)
        if len(mentions) == 1:
            (mention,) = mentions
            whose = _whose(mention, profile, cpu_model, profiles)
            return Named(whose=_on_gpus(mention, whose, gpus) if gpus else whose, text=mention)
        several = several or len(mentions) > 1
    if several:
        return Named(whose=Whose.NOBODYS, text="one of several machines")
    vague = next((found[0] for text in _surroundings(claim, lines) if (found := _VAGUE.search(text))), "")
    return Named(whose=Whose.NOBODYS, text=f"“{vague}”, which could be any" if vague else "no named hardware")


def nearest_words(claim: Claim, lines: Sequence[str]) -> str:
    """What a claim's clause says; of a table's cell, what it and its row and column are called."""
    texts = _surroundings(claim, lines)
    return " ".join(texts[:1] if len(texts) == _OF_PROSE else texts[:3])


def value_at(claim: Claim, line: str) -> int:
    """Where in its line a claim's number stands: its quote may begin with the words that lead up to it."""
    begin = max(line.find(claim.quote), 0)
    numbers = [found for found in _NUMBER.finditer(claim.quote) if _same(found[0], claim.value)]
    return begin + (numbers[-1].start() if numbers else 0)


def _same(written: str, value: float | str | bool) -> bool:
    plain = {written, written.replace(",", ""), written.replace(",", ".")}
    return any(_is_number(text) and float(text) == value for text in plain)


def _is_number(text: str) -> bool:
    return re.fullmatch(r"\d+(?:\.\d+)?", text) is not None


def key_of(cpu_model: str) -> str:
    """The one word of a processor's name that no other has, such as ``8259cl``; empty if there is none."""
    words = _NOISE.sub(" ", cpu_model.lower()).split()
    return next((word for word in words if len(word) >= 4 and any(c.isdigit() for c in word)), "")


def _whose(mention: str, profile: str, cpu_model: str, profiles: Collection[str]) -> Whose:
    if mention == profile:
        return Whose.PROFILE
    if mention not in profiles and mention == key_of(cpu_model):
        return Whose.PROCESSOR
    return Whose.ANOTHER


def _on_gpus(mention: str, whose: Whose, gpus: GpusAtWork) -> Whose:
    """Whose time it is where GPUs did the work: by their model, for which a flavor's name stands, too."""
    if whose is Whose.PROFILE:
        return whose if gpus.flavor and gpus.are(gpus.flavor) else Whose.ANOTHER
    return Whose.PROCESSOR if gpus.are(mention) else Whose.ANOTHER


def _mentions(text: str, profiles: Collection[str], cpu_model: str) -> list[str]:
    """The machines that a text names, each once, as they come."""
    found: list[str] = []
    left = text.lower()
    for name in sorted(profiles, key=len, reverse=True):
        left, count = re.subn(rf"(?<![\w-]){re.escape(name)}(?![\w-])", " ", left)
        found += [name] if count else []
    key = key_of(cpu_model)
    if key and re.search(rf"(?<![\w-]){re.escape(key)}(?![\w-])", left):
        found.append(key)
        left = re.sub(rf"(?:intel|amd|xeon|epyc|ryzen|core|gold|platinum|silver|{re.escape(key)})", " ", left)
    return list(dict.fromkeys([*found, *(" ".join(each[0].split()) for each in _OTHERS.finditer(left))]))


def _surroundings(claim: Claim, lines: Sequence[str]) -> list[str]:
    """What may say of which machine a claim speaks, the nearest first."""
    if not 0 < claim.line <= len(lines):
        return []
    line = lines[claim.line - 1]
    at = value_at(claim, line)
    if line.lstrip().startswith("|"):
        return _of_cell(lines, claim.line - 1, line[:at].count("|") - 1)
    paragraph, at = _paragraph(lines, claim.line - 1, at)
    sentence, at = _piece(_SENTENCE, paragraph, at)
    return [_piece(_CLAUSE, sentence, at)[0], sentence]


def _piece(border: Pattern, text: str, at: int) -> tuple[str, int]:
    """The piece of a text around a place, and that place in it."""
    start = max((found.end() for found in border.finditer(text, 0, at)), default=0)
    following = border.search(text, at)
    return text[start : following.start() if following else len(text)], at - start


def _paragraph(lines: Sequence[str], index: int, at: int) -> tuple[str, int]:
    """The paragraph around a line, joined, and where in it the claim stands."""
    first, last = index, index
    while first > 0 and _is_prose(lines[first - 1]) and not _begins_item(lines[first]):
        first -= 1
    while last + 1 < len(lines) and _is_prose(lines[last + 1]) and not _begins_item(lines[last + 1]):
        last += 1
    before = sum(len(line) + 1 for line in lines[first:index])
    return " ".join(lines[first : last + 1]), before + at


def _is_prose(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith(("#", "|", "```", "~~~"))


def _begins_item(line: str) -> bool:
    return re.match(r"\s*(?:[-*+]|\d+[.)])\s", line) is not None


def _of_cell(lines: Sequence[str], row: int, column: int) -> list[str]:
    """A table's words on one of its cells: itself, its row, its column's header, and what leads up to it."""
    first = row
    while first > 0 and lines[first - 1].lstrip().startswith("|"):
        first -= 1
    cells = _cells(lines[row])
    headers = _cells(lines[first])
    lead = next((line for line in reversed(lines[max(0, first - 3) : first]) if line.strip()), "")
    own = cells[column] if 0 <= column < len(cells) else ""
    header = headers[column] if 0 <= column < len(headers) else ""
    return [own, header, cells[0] if cells else "", " ".join(cells), lead]


def _cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip().strip("|").split("|")]
