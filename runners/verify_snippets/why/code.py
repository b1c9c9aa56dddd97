"""What is wrong with the card's own code."""

import ast
import re
from collections.abc import Sequence

from verify_snippets.causes import Cause, Diagnosis
from verify_snippets.pattern import Pattern
from verify_snippets.why.evidence import MAX_CHARACTERS, Evidence, because, first_line

_SYNTAX_ERRORS = frozenset({"SyntaxError", "IndentationError", "TabError"})
_PYTHON_2 = Pattern(
    r"Missing parentheses in call to '(print|exec)'|\bxrange\b|^\s*print\s+[\"'\w]|except \w+, \w+:"
)
_SHELL = Pattern(
    r"^\s*(?:\$ |(?:pip3?|python3?|conda|git|cd|wget|curl|export|huggingface-cli|hf|apt|apt-get|sudo|npm) )"
)


def syntax(evidence: Evidence) -> Diagnosis | None:
    """Code that is not valid Python."""
    if evidence.type not in _SYNTAX_ERRORS:
        return None
    if evidence.last and evidence.last.package:
        library = evidence.last.package
        said = f"{evidence.named(library)} does not parse under this Python: {first_line(evidence.message)}"
        return because(Cause.VERSION_TOO_OLD, said, library=library, version=evidence.version(library))
    slip = _slip(evidence.source, evidence.message)
    what = f"not valid Python: {slip}" if slip else "not valid Python"
    told = re.sub(r" \([^()]+, line \d+\)$", "", first_line(evidence.message))  # the place is told beside it
    return because(Cause.SYNTAX_ERROR, f"{what} ({evidence.type}: {told})", slip=slip)


def _slip(line: str, message: str) -> str:
    """What kind of text a line that is not Python is; empty if it is just wrong."""
    if _PYTHON_2.search(message) or _PYTHON_2.search(line):
        return "it is Python 2"
    if _SHELL.match(line):
        return "it is a shell command"
    if line.startswith(("!", "%")):
        return "it is a notebook's line"
    if re.search(r"[“”‘’«»]", line) or "invalid character" in message:
        return "it has typographic quotes or another character that is none of Python's"
    if re.search(r"\.\.\.|…", line):
        return "it leaves something out (...)"
    if line.startswith((">>>", "In [")):
        return "it has a prompt in front"
    if re.search(r"<[\w -]+>|\[[A-Z_ ]{4,}\]", line):
        return "it has a placeholder that is no Python"
    if "await" in line and "outside" in message:
        return "`await` stands outside of a function, as only notebooks have it"
    return ""


def unknown_name(evidence: Evidence) -> Diagnosis | None:
    """A name that nothing defines."""
    found = re.search(r"name '(\w+)' is not defined", evidence.message)
    if evidence.type not in {"NameError", "UnboundLocalError"} or not found:
        return None
    if not evidence.is_raised_by_card:
        return None
    name = found[1]
    if evidence.tree and name in _bound_later(evidence.tree, evidence.line or 0):
        said = f"{name!r} is used before the line that defines it"
    else:
        said = f"{name!r} is used and nothing in the snippet defines or imports it"
    return because(Cause.CARD_BUG, said, name=name)


def _bound_later(tree: ast.Module, line: int) -> set[str]:
    """Names that the code gives a value to below a line."""
    return {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.lineno > line > 0
    }


def parsed(source: str) -> ast.Module | None:
    """A code's tree; None where it is not valid Python."""
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError):
        return None


_ENDS = {"exit", "quit", "_exit", "abort"}


def ends_itself(tree: ast.Module | None) -> str:
    """The call with which the code ends its process; empty if it has none."""
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in _ENDS:
            return ast.unparse(node.func)
    return ""


_SERVES = Pattern(r"(?:\.launch|uvicorn\.run|app\.run|serve_forever|\.serve|\.run_forever|mainloop)\s*\(")


def never_returns(code: str) -> str:
    """What in a code goes on for ever, for people; empty if nothing is seen to."""
    found = _SERVES.search(code)
    if found:
        return f"`{found[0].lstrip('.')})` waits for visitors and never returns"
    if re.search(r"^\s*while (?:True|1)\b", code, re.MULTILINE):
        return "`while True` has no end that it reached"
    return ""


def leaves(evidence: Evidence) -> Diagnosis | None:
    """Code that ends its own process."""
    if evidence.type != "SystemExit":
        return None
    wanted = re.search(r"argparse|ArgumentParser|parse_args", evidence.code)
    said = "wants arguments on a command line" if wanted else "ends the process itself"
    cause = Cause.MISSING_INPUT if wanted else Cause.CARD_BUG
    return because(cause, f"{said} (SystemExit: {first_line(evidence.message)})")


_OF_THE_CODE = frozenset(
    word
    for row in (
        "TypeError ValueError KeyError IndexError AttributeError AssertionError ZeroDivisionError NameError",
        "UnboundLocalError RuntimeError NotImplementedError RecursionError OverflowError UnicodeDecodeError",
        "UnicodeEncodeError LookupError StopIteration ImportError JSONDecodeError ValidationError OSError",
        "StrictDataclassClassValidationError StrictDataclassFieldValidationError InvalidParameterError",
        "NotFittedError UndefinedError UnidentifiedImageError",
    )
    for word in row.split()
)


def bug(evidence: Evidence) -> Diagnosis | None:
    """An exception that the card's code raises, or brings about by what it passes on."""
    message = evidence.message.strip().partition("\n")[0][:MAX_CHARACTERS] or "no message"
    raised = f"{evidence.error.type}: {message}"
    if evidence.is_raised_by_card and evidence.last:
        return because(Cause.CARD_BUG, raised, **_about(evidence))
    if evidence.type in _OF_THE_CODE or _is_own(evidence):
        by = evidence.last.package if evidence.last else ""
        passed = by and evidence.type != "AttributeError"
        said = f"{evidence.named(by)} rejects what the code passes: {raised}" if passed else raised
        return because(Cause.CARD_BUG, said, **_about(evidence))
    return None


def _is_own(evidence: Evidence) -> bool:
    """Whether the exception is of a class that the card's code defines."""
    return evidence.tree is not None and evidence.type in _classes(evidence.tree.body)


def _classes(body: Sequence[ast.stmt]) -> set[str]:
    return {node.name for node in body if isinstance(node, ast.ClassDef)}


def _about(evidence: Evidence) -> dict[str, str]:
    callee = ast.unparse(evidence.calls[0].func) if evidence.line and evidence.calls else ""
    argument = re.search(
        r"(?:unexpected keyword argument|required positional argument:) '(\w+)'", evidence.message
    )
    return {"callee": callee[:80], "argument": argument[1] if argument else ""}
