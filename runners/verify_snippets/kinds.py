"""What a block is: judged by its text first, then by its tag and by the prose above it."""

import ast
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from verify_snippets import code, installs, shell


class Kind(StrEnum):
    """What the text of a block is, whatever its tag says."""

    PYTHON = "python"
    NOTEBOOK_CELL = "notebook-cell"  # Python with ! or % lines
    SHELL_INSTALL = "shell-install"  # sets up: pip, apt, git clone, downloads, cd
    SHELL_RUN = "shell-run"
    OUTPUT = "output"
    CONFIG = "config"
    OTHER_LANGUAGE = "other-language"
    PSEUDO = "pseudo"

    @property
    def is_python(self) -> bool:
        """Whether a Python interpreter or kernel could run it."""
        return self in {Kind.PYTHON, Kind.NOTEBOOK_CELL}

    @property
    def is_shell(self) -> bool:
        """Whether a shell could run it."""
        return self in {Kind.SHELL_INSTALL, Kind.SHELL_RUN}


PYTHON_TAGS = {"python", "python3", "py", "py3", "ipython", "ipython3", "pycon", "python-repl", "jupyter"}
SHELL_TAGS = {
    *("bash", "sh", "shell", "zsh", "console", "commandline", "cmd", "terminal", "shell-session"),
    *("powershell", "ps1", "bat", "batch", "shellscript", "%%bash", "command"),
}
CONFIG_TAGS = {"json", "jsonc", "json5", "jsonl", "yaml", "yml", "toml", "ini", "cfg", "bibtex", "bib", "tex"}
CONFIG_TAGS |= {"latex", "properties", "env", "dotenv", "citation", "hocon", "conf", "config"}
OTHER_TAGS = {
    *("javascript", "js", "jsx", "typescript", "ts", "tsx", "mjs", "java", "kotlin", "scala", "swift", "go"),
    *("golang", "rust", "rs", "c", "cpp", "c++", "cc", "csharp", "c#", "cs", "objc", "objective-c", "cuda"),
    *("ruby", "rb", "php", "perl", "r", "julia", "lua", "dart", "matlab", "sql", "html", "css", "xml", "vue"),
    *("dockerfile", "docker", "makefile", "cmake", "haskell", "elixir", "diff", "patch", "proto", "graphql"),
    *("solidity", "zig", "nim", "fortran", "mermaid", "svelte", "nix"),
}
TEXT_TAGS = {"output", "log", "logs", "stdout", "result", "results"}


@dataclass(frozen=True, kw_only=True)
class _View:
    """A block's text beside all that speaks of it."""

    text: str
    language: str
    prose: str
    heading: str
    follows: Kind | None

    @cached_property
    def lines(self) -> list[str]:
        written = (line.strip() for line in self.text.split("\n", _MAX_LINES))
        return [line[:_MAX_WIDTH] for line in written if line]

    @cached_property
    def python(self) -> code.Code:
        return code.read(self.text)

    @cached_property
    def shell(self) -> shell.Script:
        return shell.read(self.text)

    @property
    def shown_as_output(self) -> bool:
        """Whether the prose, or the silence after code, announces an output."""
        if not self.prose.strip() and (self.follows_code or self.follows is Kind.OUTPUT):
            return True
        return self.is_announced

    @property
    def has_python(self) -> bool:
        """Whether there are Python statements, install lines and comments aside."""
        return self.python.tree is not None and bool(self.python.tree.body)

    @property
    def is_plainly_python(self) -> bool:
        """Whether the text alone, with no tag to say so, is Python."""
        return self.python.tree is not None and _is_code(self.python.tree, tagged=False)

    @property
    def is_announced(self) -> bool:
        """Whether the sentence or the heading above it says: this is what comes out."""
        announced = _OUTPUT_PROSE.search(_last_sentence(self.prose))
        return bool(announced or _OUTPUT_HEADING.search(self.heading))

    @property
    def follows_code(self) -> bool:
        """Whether the block before it, under the same heading, is code that is run."""
        return self.follows is not None and (self.follows.is_python or self.follows is Kind.SHELL_RUN)


def judge(text: str, tag: str, prose: str, *, heading: str = "", follows: Kind | None = None) -> Kind:
    """Say what a block is.

    Args:
        text: its content, dedented.
        tag: its info string as written.
        prose: the text between the block before (or the last heading) and this one.
        heading: the innermost heading that it stands under.
        follows: the kind of the block before it under the same heading, if there is one.
    """
    view = _View(text=text, language=language(tag), prose=prose, heading=heading, follows=follows)
    for rule in _RULES:
        kind = rule(view)
        if kind is not None:
            return kind
    return Kind.PSEUDO


def language(tag: str) -> str:
    """The language an info string names, lower-case: ``{.python title="x"}`` is ``python``."""
    words = re.split(r"[\s,{}:=]+", tag.strip().lower().strip("{}."))
    return words[0].lstrip(".") if words else ""


_MAX_WIDTH, _MAX_LINES = 300, 2_000  # what comes after says no more about what it is
_OUTPUT_HEADING = re.compile(
    r"\b(outputs?|results?|performance|metrics?|samples?|generations?)\b|输出|结果", re.IGNORECASE
)
_OUTPUT_PROSE = re.compile(
    r"\b(outputs?|results?|returns?|prints?|produces?|yields?|gives?|shows?|printed|returned|resulting|"
    r"expected|looks? like this|response|(should|will|would|you|we) (see|get)|encounter|answer)\b|"
    r"输出|结果|返回|回答|出力|実行結果|결과",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?。]\s+|\n\s*\n")


def _last_sentence(prose: str) -> str:
    """The sentence right above a block: the one that announces it."""
    return _SENTENCE_END.split(prose[-400:].strip())[-1]


def _empty(view: _View) -> Kind | None:
    if view.lines:
        return None
    if view.language in PYTHON_TAGS:
        return Kind.PYTHON
    return Kind.SHELL_RUN if view.language in SHELL_TAGS else Kind.PSEUDO


_CITATION = re.compile(r"@[A-Za-z]{3,20}\s*[{(]")


def _citation(view: _View) -> Kind | None:
    # A decorator such as @torch.no_grad() has its dot, or no brace, before the parenthesis.
    first = next((line for line in view.lines if not line.startswith("%")), "")
    found = _CITATION.match(first)
    return Kind.CONFIG if found and view.python.tree is None else None


_DIFF_LINE = re.compile(r"diff --git |@@ -\d|--- [ab]/|\+\+\+ [ab]/")


def _difference(view: _View) -> Kind | None:
    if view.language in {"diff", "patch"} or any(_DIFF_LINE.match(line) for line in view.lines[:5]):
        return Kind.OTHER_LANGUAGE
    return None


def _picture(view: _View) -> Kind | None:
    if view.lines[0].startswith(("```", "~~~")):
        return Kind.PSEUDO  # Markdown that shows Markdown
    branches = sum(any(mark in line for mark in ("├─", "└─", "|--", "│")) for line in view.lines)
    return Kind.PSEUDO if branches * 2 > len(view.lines) else None


_ERROR = re.compile(r"(Traceback \(most recent call last\)|[A-Za-z_.]*(Error|Exception|Warning): )")


def _error(view: _View) -> Kind | None:
    return Kind.OUTPUT if _ERROR.match(view.lines[0]) else None


def _session(view: _View) -> Kind | None:
    return Kind.PYTHON if view.python.is_session and view.python.tree is not None else None


def _data(view: _View) -> Kind | None:
    """A literal on its own: a setting, a record, or a printed value."""
    if not _is_literal(view.text):
        return None
    if view.language in CONFIG_TAGS:
        return Kind.CONFIG
    is_printed = view.follows_code and not _SETTING_PROSE.search(view.prose)
    return Kind.OUTPUT if view.shown_as_output or is_printed else Kind.CONFIG


_SETTING_PROSE = re.compile(
    r"\b(param\w*|config\w*|hyper\w*|arguments?|settings?|format|schema|fields?|files?|jsonl?|yaml|metadata)\b|参数|配置|格式",
    re.IGNORECASE,
)


def _is_literal(text: str) -> bool:
    stripped = text.strip()
    if (
        len(stripped) > code.MAX_CHARACTERS
        or not stripped.startswith(("{", "[", "("))
        or stripped.startswith(("[INST", "[SYS"))
    ):
        return False
    return _is_json(stripped) or _is_python_literal(stripped)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _is_python_literal(text: str) -> bool:
    tree = code.parse(text)
    if tree is None or not tree.body or not all(isinstance(node, ast.Expr) for node in tree.body):
        return False
    literal = (ast.Dict, ast.List, ast.Tuple, ast.Set, ast.Constant)
    return all(isinstance(node, ast.Expr) and isinstance(node.value, literal) for node in tree.body)


_JSON_KEY = re.compile(r"[\"'][\w .\-/]+[\"']\s*:\s")


def _almost_json(view: _View) -> Kind | None:
    """JSON with comments, dots or several records, which no parser takes."""
    if not view.lines[0].startswith(("{", "[", '"')) or view.python.tree is not None:
        return None
    keyed = sum(bool(_JSON_KEY.match(line.lstrip("{[ "))) for line in view.lines)
    if not view.language and sum(bool(_METRIC.search(line)) for line in view.lines) * 2 > len(view.lines):
        return Kind.OUTPUT
    if view.language in {"json", "jsonc", "json5", "jsonl"} or keyed * 2 >= len(view.lines):
        return Kind.OUTPUT if view.shown_as_output and view.language not in CONFIG_TAGS else Kind.CONFIG
    return None


def _other_language(view: _View) -> Kind | None:
    if view.language in OTHER_TAGS:
        return Kind.OTHER_LANGUAGE
    return Kind.OTHER_LANGUAGE if any(_OTHER_LINE.match(line) for line in view.lines) else None


_OTHER_LINE = re.compile(
    r"#include\s*[<\"]|const \w+ = (await|require|new)\b|import \{[^}]*\} from ['\"]|import \w+ from ['\"]|"
    r"(public|private) (static |final )*(class|void|func)\b|let (mut )?\w+ = |func \w+\(|fn \w+\(|"
    r"<(html|script|div|body|iframe|gradio-app)\b|using namespace|package main|FROM [\w./:-]+$"
)


def _announced_output(view: _View) -> Kind | None:
    """Something that reads as one expression, where the prose says: this is what comes out."""
    if not view.is_announced or view.python.tree is None or not _is_one_expression(view.python.tree):
        return None
    if view.language in PYTHON_TAGS and not _PRINTED_VALUE.match(view.text.lstrip()):
        return None
    return Kind.OUTPUT


_PRINTED_VALUE = re.compile(
    r"(tensor|array|torch\.Size|OrderedDict|Dataset|DatasetDict|[A-Z]\w*Output)\(|['\"\d<-]"
)


def _is_one_expression(tree: ast.Module) -> bool:
    return len(tree.body) == 1 and isinstance(tree.body[0], ast.Expr)


_TEMPLATE = re.compile(
    r"<[|｜][\w ▁]+[|｜]>|\[/?INST\]|<</?SYS>>|"
    r"^#{2,3} ?(Instruction|Response|Input|System|User|Assistant|Human)\b|"
    r"^[ \t]*(USER|User|ASSISTANT|Assistant|Human|HUMAN|SYSTEM|System|AI|Bot|Question|GPT4 \w+)\s*:|"
    r"<(start_of_turn|end_of_turn|s|/s|think)>|\{(prompt|instruction|input|question|system_message)\}",
    re.MULTILINE,
)


_INPUT_LINE = re.compile(
    r"\W*(example )?(input|query|question|prompt|source|text|输入|問題)s?\W*[:：]", re.IGNORECASE
)
_OUTPUT_LINE = re.compile(
    r"\W*(model |example |expected )?(output|answer|response|result|prediction|输出|模型输出|答え)s?\W*[:：]",
    re.IGNORECASE,
)


def _transcript(view: _View) -> Kind | None:
    """What went in and what came out, side by side."""
    if view.shell.known > 0 or view.python.tree is not None or _PLACEHOLDER.search(view.text):
        return None
    asked = any(_INPUT_LINE.match(line) for line in view.lines)
    answered = any(_OUTPUT_LINE.match(line) for line in view.lines[1:])
    return Kind.OUTPUT if asked and answered and not _OUTPUT_LINE.fullmatch(view.lines[-1]) else None


_PLACEHOLDER = re.compile(r"\{\w+\}|<\w+>|\[\w+\]|\.\.\.")
_OPEN_END = re.compile(r"\{\w+\}|(ASSISTANT|Assistant|AI|Bot|Response|assistant\|?>|Answer|model) ?:?\s*$")


def _template(view: _View) -> Kind | None:
    if view.language in PYTHON_TAGS or view.shell.known > 0 or not _TEMPLATE.search(view.text):
        return None
    if view.is_plainly_python:
        return None
    return Kind.OUTPUT if view.is_announced and not _OPEN_END.search(view.text) else Kind.PSEUDO


def _notebook(view: _View) -> Kind | None:
    """Lines that begin with ``!`` or ``%``: a shell's alone, or Python's with a shell's among them."""
    if not view.python.magics or view.python.is_session:
        return None
    if view.python.tree is not None and view.python.tree.body:
        return Kind.NOTEBOOK_CELL
    return _shell_kind(view)


def _shell(view: _View) -> Kind | None:
    if view.language in PYTHON_TAGS:
        return _shell_kind(view) if view.shell.all_known and not view.has_python else None
    if view.shell.known == 0 and not view.shell.prompted and (view.is_announced or view.is_plainly_python):
        return None
    if view.shell.looks_like_shell(tagged=view.language in SHELL_TAGS):
        return _shell_kind(view)
    return None


def _shell_kind(view: _View) -> Kind:
    return Kind.SHELL_INSTALL if view.shell.only_sets_up else Kind.SHELL_RUN


def _dump(view: _View) -> Kind | None:
    """Hyper-parameters and printed objects: ``OrderedDict([...])``, ``Model((0): Layer ...``."""
    if _PRINTED_OBJECT.match(view.text.strip()) and view.python.tree is None:
        return Kind.OUTPUT
    if view.python.tree is not None and _is_dumped_call(view.python.tree):
        return Kind.OUTPUT if view.is_announced else Kind.CONFIG
    return None


_PRINTED_OBJECT = re.compile(r"[A-Z]\w*\(\s*\n\s*\(?[\w.]+\)?: ")


def _is_dumped_call(tree: ast.Module) -> bool:
    if not _is_one_expression(tree) or not isinstance(tree.body[0], ast.Expr):
        return False
    call = tree.body[0].value
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id[0].isupper()


def _python(view: _View) -> Kind | None:
    tagged = view.language in PYTHON_TAGS
    tree = view.python.tree
    if tree is not None and _is_code(tree, tagged=tagged):
        return Kind.PYTHON
    if tree is None and (_reads_as_python(view) or (tagged and not view.shown_as_output)):
        return Kind.PYTHON
    return None


_PYTHON_LINE = re.compile(
    r"(from [\w.]+ import |import [\w.]+( as \w+)?(, *[\w.]+)*$|def \w+\(|class \w+[(:]|print\(|"
    r"(for .+ in|with|if|while) .+:$|[\w.]+ = [\w.]+\(|@\w[\w.]*(\(|$))"
)


def _reads_as_python(view: _View) -> bool:
    strong = sum(bool(_PYTHON_LINE.match(line)) for line in view.lines)
    return strong * 5 >= len(view.lines) or (strong > 1 and view.lines[0].startswith(("import ", "from ")))


def _is_code(tree: ast.Module, *, tagged: bool) -> bool:
    """Whether statements do something, rather than happen to parse (a word, ``key: value`` lines)."""
    if not tree.body:
        return tagged
    return any(_does_something(node, tagged=tagged) for node in tree.body)


def _does_something(node: ast.stmt, *, tagged: bool) -> bool:
    match node:
        case ast.AnnAssign(value=None):
            return False
        case ast.Assign(value=ast.Constant() | ast.UnaryOp() | ast.Name()):
            return tagged
        case ast.Expr(value=ast.Call() | ast.Await() | ast.Subscript()):
            return True
        case ast.Expr():
            return tagged
        case _:
            return True


_SETTING = re.compile(r"[-*]?\s*[\w. \"'/()-]{1,60}\s*(:(\s+|$)|=(?!=))(?!.*[.?!]$)|\[[\w.]+\]$")
_METRIC = re.compile(
    r"\b(accuracy|acc|precision|recall|f1\w*|loss|wer|cer|bleu\w*|rouge\w*|perplexity|exact\w*|em|score|map|auc|mse|"
    r"rmse|mae|total|support|eval_\w+|test_\w+|\w+_(accuracy|f1|exact|total))\b\W{1,6}-?\d",
    re.IGNORECASE,
)
_LIST_ITEM = re.compile(r"- \S{1,40}$")


def _config(view: _View) -> Kind | None:
    if view.language in CONFIG_TAGS:
        return Kind.CONFIG
    if view.language in TEXT_TAGS:
        return Kind.OUTPUT
    if installs.listed(view.text):
        return Kind.CONFIG
    settings = sum(bool(_SETTING.match(line)) and len(line) < 100 for line in view.lines)
    items = sum(bool(_LIST_ITEM.match(line)) for line in view.lines)
    if settings > 1 and (settings + items) * 5 >= len(view.lines) * 4:
        measured = sum(bool(_METRIC.search(line)) for line in view.lines)
        return Kind.OUTPUT if view.shown_as_output or measured * 2 > len(view.lines) else Kind.CONFIG
    return None


_LOG = re.compile(
    r"\[?\d{4}-\d\d-\d\d|\d+%\||(INFO|WARNING|DEBUG|ERROR)\b|[|+][-=+|]{5,}|.*\d\.\d+(\s+\d[\d.]*){2,}"
)


_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])")


def _log(view: _View) -> Kind | None:
    logged = sum(bool(_LOG.match(line)) for line in view.lines)
    numbered = sum(len(_NUMBER.findall(line)) > 1 for line in view.lines)
    if len(view.lines) > 2 and numbered * 2 > len(view.lines):
        return Kind.OUTPUT
    if logged * 3 >= len(view.lines) or view.shown_as_output or view.follows_code:
        return Kind.OUTPUT
    return None


_SEQUENCE = re.compile(r">\S|[A-Z*.]{8,}$")


def _fragment(view: _View) -> Kind | None:
    """Arguments without their command, or the format that a file's lines should have."""
    if view.lines[0].startswith("--") and not view.lines[0].startswith("---"):
        return Kind.PSEUDO
    return Kind.PSEUDO if all(_SEQUENCE.match(line) for line in view.lines) else None


def _by_tag(view: _View) -> Kind | None:
    if view.language in PYTHON_TAGS:
        return Kind.PYTHON
    # Not a command in it, or the shell's rule had taken it: what a terminal shows.
    return Kind.OUTPUT if view.language in SHELL_TAGS else None


_RULES: tuple[Callable[[_View], Kind | None], ...] = (
    _empty,
    _citation,
    _difference,
    _picture,
    _fragment,
    _error,
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
