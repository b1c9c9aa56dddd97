"""What is known of a failure: the exception, its place, the code, and what the run asked of the world."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from snippet_sandbox.gateway.contacts import Contacts
from snippet_sandbox.job import PartError
from verify_snippets import packages
from verify_snippets.card import CARD_NAME
from verify_snippets.causes import Cause, Diagnosis
from verify_snippets.pattern import Pattern

_FRAME = Pattern(r'^ *File "(?P<file>[^"]+)", line (?P<line>\d+)(?:, in (?P<function>.+))?$', re.MULTILINE)
_NEXT_ERROR = Pattern(
    r"^(?:During handling of the above exception|The above exception was the direct cause).*$", re.MULTILINE
)
_PACKAGE = Pattern(r"/site-packages/([\w.-]+?)(?:\.py)?(?:/|$)")
MAX_CHARACTERS = 300  # of what a message says, in a sentence of ours


@dataclass(frozen=True, kw_only=True)
class Frame:
    """One place of a traceback.

    Attributes:
        file: as Python names it.
        line: its line, 1-based.
        function: what was running; empty for a syntax error.
    """

    file: str
    line: int
    function: str = ""

    @property
    def is_card(self) -> bool:
        """Whether it is the card's own code."""
        return self.file == CARD_NAME

    @property
    def package(self) -> str:
        """The top-level module of an installed package; empty for any other file."""
        found = _PACKAGE.search(self.file)
        return found[1] if found else ""

    @property
    def is_remote_code(self) -> bool:
        """Whether it is code that a Hub repo brought along."""
        return "transformers_modules" in self.file or "diffusers_modules" in self.file


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What is known of a failure. Explanations ask it and nothing else.

    Attributes:
        error: the exception.
        code: what was run of the snippet that raised it, line 1 being the card's ``first_line``.
        first_line: the card's line of ``code``'s first.
        requirements: what the card tells the reader to install for it, as written.
        versions: of the libraries that were imported, by normalized package name.
        contacts: what the run asked of the world.
        repo_id: the card's own repo; empty where nobody named it.
        gpu_memory_bytes: what it was given; 0 without a GPU.
    """

    error: PartError
    code: str = ""
    first_line: int = 1
    requirements: tuple[str, ...] = ()
    versions: Mapping[str, str]
    contacts: Contacts
    repo_id: str = ""
    gpu_memory_bytes: int = 0

    @property
    def message(self) -> str:
        """What the exception says."""
        return self.error.message

    @property
    def type(self) -> str:
        """The exception's name without its module."""
        return self.error.type.rpartition(".")[2]

    @cached_property
    def types(self) -> frozenset[str]:
        """Its name and those of the exceptions that led to it, without their modules."""
        return frozenset(name.rpartition(".")[2] for name in (self.error.type, *self.error.chain))

    @cached_property
    def text(self) -> str:
        """The exceptions' names and what the last one says."""
        return f"{self.error.type} {' '.join(self.error.chain)} {self.message}"

    @cached_property
    def frames(self) -> tuple[Frame, ...]:
        """Where the last exception was raised, outermost first; the ones it came from are left out."""
        trace = _NEXT_ERROR.split(self.error.traceback)[-1]
        return tuple(
            Frame(file=found["file"], line=int(found["line"]), function=found["function"] or "")
            for found in _FRAME.finditer(trace)
        )

    @property
    def last(self) -> Frame | None:
        """Where it was raised."""
        return self.frames[-1] if self.frames else None

    @property
    def is_raised_by_card(self) -> bool:
        """Whether the card's own code raised it, or nobody knows who did."""
        return self.last is None or self.last.is_card

    @property
    def is_raised_by_remote_code(self) -> bool:
        """Whether code that a Hub repo brought along raised it, or called what did."""
        return any(frame.is_remote_code for frame in self.frames)

    @cached_property
    def tree(self) -> ast.Module | None:
        """The code, parsed; None where it is not valid Python."""
        try:
            return ast.parse(self.code)
        except (SyntaxError, ValueError):
            return None

    @cached_property
    def line(self) -> int | None:
        """The line of ``code`` where it happened, 1-based."""
        if self.error.line is None:
            return None
        line = self.error.line - self.first_line + 1
        return line if 1 <= line <= self.code.count("\n") + 1 else None

    @property
    def source(self) -> str:
        """The text of that line."""
        return self.code.split("\n")[self.line - 1].strip() if self.line else ""

    @cached_property
    def calls(self) -> tuple[ast.Call, ...]:
        """The calls that the code makes there, or everywhere if its place is not known."""
        line = self.line
        return tuple(
            node
            for node in (ast.walk(self.tree) if self.tree else ())
            if isinstance(node, ast.Call)
            and (line is None or node.lineno <= line <= (node.end_lineno or line))
        )

    def callees(self, argument: str) -> Iterator[str]:
        """The dotted names of the calls there that pass an argument by this name."""
        for call in self.calls:
            if any(keyword.arg == argument for keyword in call.keywords):
                yield ast.unparse(call.func)

    @cached_property
    def imported(self) -> Mapping[str, str]:
        """Name -> the top-level module that the code imports it from."""
        found: dict[str, str] = {}
        for node in ast.walk(self.tree) if self.tree else ():
            if isinstance(node, ast.Import):
                for alias in node.names:
                    top = alias.name.partition(".")[0]
                    found[alias.asname or top] = top
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                top = node.module.partition(".")[0]
                found |= {alias.asname or alias.name: top for alias in node.names}
        return found

    def package_of(self, module: str) -> str:
        """The installed package that brings a top-level module; the module's own name if none is known."""
        return next(iter(packages.providers(module, self.versions)), module)

    def version(self, module: str) -> str:
        """The installed version of what brings a top-level module; empty if unknown."""
        return self.versions.get(self.package_of(module), "")

    def named(self, module: str) -> str:
        """A library with its version, for people."""
        return f"{module} {self.version(module)}".strip()

    def pins(self, module: str) -> bool:
        """Whether the card asks for one version, or none newer than one, of what brings a module."""
        return any(re.search(r"==|<|~=", word) for word in self.requirements if packages.brings(word, module))


def first_line(message: str) -> str:
    """What a message says first, cut to a sentence's length."""
    text = message.strip()
    if text[:1] in ("'", '"') and text.endswith(text[0]) and text.count(text[0]) == 2:
        # str() of a KeyError is a repr
        text = text[1:-1]
    return text.split("\n", 1)[0].strip()[:MAX_CHARACTERS] or "no message"


def because(cause: Cause, sentence: str, **subjects: str) -> Diagnosis:
    """A diagnosis; subjects that are empty are left out."""
    return Diagnosis(
        cause=cause, sentence=sentence, subjects={role: about for role, about in subjects.items() if about}
    )
