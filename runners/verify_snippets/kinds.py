"""What a block is: judged by its text first, then by its tag and by the prose above it."""

from collections.abc import Callable

from verify_snippets import installs, python_shape
from verify_snippets import kind_signs as signs
from verify_snippets.block_view import View
from verify_snippets.kind import Kind

__all__ = ["Kind", "judge"]


def judge(view: View) -> Kind:
    """Say what a block is: what the first rule says that knows it."""
    for rule in _RULES:
        kind = rule(view)
        if kind is not None:
            return kind
    return Kind.PSEUDO


def _empty(view: View) -> Kind | None:
    if view.lines:
        return None
    if view.language in signs.PYTHON_TAGS:
        return Kind.PYTHON
    return Kind.SHELL_RUN if view.language in signs.SHELL_TAGS else Kind.PSEUDO


def _citation(view: View) -> Kind | None:
    # A decorator such as @torch.no_grad() has its dot, or no brace, before the parenthesis.
    first = next((line for line in view.lines if not line.startswith("%")), "")
    found = signs.CITATION.match(first)
    return Kind.CONFIG if found and view.python.tree is None else None


def _difference(view: View) -> Kind | None:
    if view.language in {"diff", "patch"} or any(signs.DIFF_LINE.match(line) for line in view.lines[:5]):
        return Kind.OTHER_LANGUAGE
    return None


def _picture(view: View) -> Kind | None:
    if view.lines[0].startswith(("```", "~~~")):
        return Kind.PSEUDO  # Markdown that shows Markdown
    branches = sum(any(mark in line for mark in ("├─", "└─", "|--", "│")) for line in view.lines)
    return Kind.PSEUDO if branches * 2 > len(view.lines) else None


def _error(view: View) -> Kind | None:
    return Kind.OUTPUT if signs.ERROR.match(view.lines[0]) else None


def _session(view: View) -> Kind | None:
    return Kind.PYTHON if view.python.is_session and view.python.tree is not None else None


def _address(view: View) -> Kind | None:
    """Nothing but an address to go to."""
    return Kind.PSEUDO if all(signs.ADDRESS.match(line) for line in view.lines) else None


def _data(view: View) -> Kind | None:
    """A literal on its own: a setting, a record, or a printed value."""
    if not python_shape.is_literal(view.text):
        return None
    if view.language in signs.CONFIG_TAGS:
        is_shown = view.shown_as_output and not signs.SETTING_PROSE.search(view.prose)
        return Kind.OUTPUT if view.is_result or is_shown else Kind.CONFIG
    if view.lists_classes:
        return Kind.OUTPUT
    is_printed = view.follows_code and not signs.SETTING_PROSE.search(view.prose)
    return Kind.OUTPUT if view.shown_as_output or is_printed else Kind.CONFIG


def _almost_json(view: View) -> Kind | None:
    """JSON with comments, dots or several records, which no parser takes."""
    if not view.lines[0].startswith(("{", "[", '"')) or view.python.tree is not None:
        return None
    keyed = sum(bool(signs.JSON_KEY.match(line.lstrip("{[ "))) for line in view.lines)
    if not view.language and sum(bool(signs.METRIC.search(line)) for line in view.lines) * 2 > len(
        view.lines
    ):
        return Kind.OUTPUT
    if view.language in {"json", "jsonc", "json5", "jsonl"} or keyed * 2 >= len(view.lines):
        return Kind.OUTPUT if view.shown_as_output and view.language not in signs.CONFIG_TAGS else Kind.CONFIG
    return None


def _other_language(view: View) -> Kind | None:
    if view.language in signs.MARKUP_TAGS and view.follows_code and view.is_result:
        return Kind.OUTPUT
    if view.language in signs.OTHER_TAGS:
        return Kind.OTHER_LANGUAGE
    return Kind.OTHER_LANGUAGE if any(signs.OTHER_LINE.match(line) for line in view.lines) else None


def _announced_output(view: View) -> Kind | None:
    """Something that reads as one expression, where the prose says: this is what comes out."""
    if (
        not view.is_announced
        or view.python.tree is None
        or not python_shape.is_one_expression(view.python.tree)
    ):
        return None
    if view.language in signs.PYTHON_TAGS and not signs.PRINTED_VALUE.match(view.text.lstrip()):
        return None
    return Kind.OUTPUT


def _transcript(view: View) -> Kind | None:
    """What went in and what came out, side by side."""
    asked = any(signs.INPUT_LINE.match(line) for line in view.lines)
    if not asked or not any(signs.OUTPUT_LINE.match(line) for line in view.lines[1:]):
        return None
    if signs.OUTPUT_LINE.fullmatch(view.lines[-1]) or signs.PLACEHOLDER.search(view.text):
        return None
    return None if view.python.tree is not None or view.shell.known > 0 else Kind.OUTPUT


def _template(view: View) -> Kind | None:
    if view.language in signs.PYTHON_TAGS or not signs.TEMPLATE.search(view.text):
        return None
    if view.is_plainly_python or view.shell.known > 0:
        return None
    is_answered = view.is_announced or view.shows_an_answer
    return Kind.OUTPUT if is_answered and not signs.OPEN_END.search(view.text) else Kind.PSEUDO


def _notebook(view: View) -> Kind | None:
    """Lines that begin with ``!`` or ``%``: a shell's alone, or Python's with a shell's among them."""
    if not view.python.magics or view.python.is_session:
        return None
    if view.python.tree is not None and view.python.tree.body:
        return Kind.NOTEBOOK_CELL
    return _shell_kind(view)


def _shell(view: View) -> Kind | None:
    if view.language in signs.PYTHON_TAGS:
        return _shell_kind(view) if not view.has_python and view.shell.all_known else None
    if view.shell.known == 0 and not view.shell.prompted and (view.is_announced or view.is_plainly_python):
        return None
    if view.shell.looks_like_shell(tagged=view.language in signs.SHELL_TAGS):
        return _shell_kind(view)
    return None


def _shell_kind(view: View) -> Kind:
    return Kind.SHELL_INSTALL if view.shell.only_sets_up else Kind.SHELL_RUN


def _dump(view: View) -> Kind | None:
    """Hyper-parameters and printed objects: ``OrderedDict([...])``, ``Model((0): Layer ...``."""
    if signs.PRINTED_OBJECT.match(view.text.strip()) and view.python.tree is None:
        return Kind.OUTPUT
    if view.python.tree is not None and python_shape.is_dumped_call(view.python.tree):
        return Kind.OUTPUT if view.is_announced else Kind.CONFIG
    return None


def _python(view: View) -> Kind | None:
    tagged = view.language in signs.PYTHON_TAGS
    tree = view.python.tree
    if tree is not None and python_shape.is_code(tree, tagged=tagged):
        return Kind.PYTHON
    if tree is None and (_reads_as_python(view) or (tagged and not view.shown_as_output)):
        return Kind.PYTHON
    return None


def _reads_as_python(view: View) -> bool:
    strong = sum(bool(signs.PYTHON_LINE.match(line)) for line in view.lines)
    return strong * 5 >= len(view.lines) or (strong > 1 and view.lines[0].startswith(("import ", "from ")))


def _config(view: View) -> Kind | None:
    if view.language in signs.CONFIG_TAGS:
        return Kind.CONFIG
    if view.language in signs.TEXT_TAGS:
        return Kind.OUTPUT
    if installs.listed(view.text):
        return Kind.CONFIG
    settings = sum(bool(signs.SETTING.match(line)) and len(line) < 100 for line in view.lines)
    items = sum(bool(signs.LIST_ITEM.match(line)) for line in view.lines)
    if settings > 1 and (settings + items) * 5 >= len(view.lines) * 4:
        measured = sum(bool(signs.METRIC.search(line)) for line in view.lines)
        return Kind.OUTPUT if view.shown_as_output or measured * 2 > len(view.lines) else Kind.CONFIG
    return None


def _log(view: View) -> Kind | None:
    logged = sum(bool(signs.LOG.match(line)) for line in view.lines)
    numbered = sum(len(signs.NUMBER.findall(line)) > 1 for line in view.lines)
    if len(view.lines) > 2 and numbered * 2 > len(view.lines):
        return Kind.OUTPUT
    if logged * 3 >= len(view.lines) or view.shown_as_output or view.follows_code:
        return Kind.OUTPUT
    return None


def _fragment(view: View) -> Kind | None:
    """Arguments without their command, or the format that a file's lines should have."""
    if view.lines[0].startswith("--") and not view.lines[0].startswith("---"):
        return Kind.PSEUDO
    return Kind.PSEUDO if all(signs.SEQUENCE.match(line) for line in view.lines) else None


def _by_tag(view: View) -> Kind | None:
    if view.language in signs.PYTHON_TAGS:
        return Kind.PYTHON
    # Not a command in it, or the shell's rule had taken it: what a terminal shows.
    return Kind.OUTPUT if view.language in signs.SHELL_TAGS else None


_RULES: tuple[Callable[[View], Kind | None], ...] = (
    _empty,
    _citation,
    _difference,
    _picture,
    _fragment,
    _error,
    _address,
    _session,
    _data,
    _almost_json,
    _other_language,
    _announced_output,
    _transcript,
    _template,
    _notebook,
    _shell,
    _dump,
    _python,
    _config,
    _log,
    _by_tag,
)
