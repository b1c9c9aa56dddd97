"""Which of a snippet's statements can be timed warm: those after the last one that loads something. Pure.

The first run of a snippet reads weights, compiles kernels and fills caches; what a card promises of its time
is said of what comes then. The statements are found by the names that libraries give to loading; where the
work can't be told from the loading, nothing is.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from verify_snippets.names import last_name
from verify_snippets.pattern import Pattern

_LOADS = Pattern(
    r"from_\w+|\w+_pretrained|load|load_\w+|create_model\w*|\w*download\w*|pipeline|urlopen|urlretrieve|imread|"
    r"SentenceTransformer|CrossEncoder|SparseEncoder"
)
_CLIENTS = {"requests", "httpx", "urllib"}
_FILE_OR_REPO = Pattern(r"[\w.-]+/[\w./-]+|[\w./-]+\.(?:pt|pth|onnx|gguf|bin|safetensors|ckpt|tflite)")
_BESIDE_THE_MODEL = Pattern(r"Tokenizer|Processor|Config|Extractor|Scheduler")
_INPUTS = Pattern(r"load_(?:image|audio|video|dataset)\w*|urlopen|urlretrieve|imread|\w*download\w*")
_OF_INPUTS = {"Image", "librosa", "torchaudio", "soundfile", "sf", "np", "numpy", "json", "yaml"}
_SHOWS = {"print", "display", "pprint", "len", "type", "repr", "str"}
_Defined = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True, kw_only=True)
class Lines:
    """Lines of a document, both ends included, 1-based."""

    first: int
    last: int

    def __str__(self) -> str:
        return f"line {self.first}" if self.first == self.last else f"lines {self.first}-{self.last}"


def after_loading(codes: Sequence[str], text_line: int) -> Lines | None:
    """The statements at the end of a snippet that load nothing and do the work; None if there are none.

    Args:
        codes: what runs in one process, in order; the last one is the snippet's own.
        text_line: the document's line that holds the snippet's first.
    """
    trees = [tree for code in codes for tree in _parsed(code)]
    if not trees or len(trees) < len(codes):
        return None
    own = trees[-1].body
    loading = _Loading.of([statement for tree in trees for statement in tree.body])
    last = max((n for n, statement in enumerate(own) if loading.is_done_by(statement)), default=-1)
    rest = own[last + 1 :]
    if not rest or (last >= 0 and rest[0].lineno <= (own[last].end_lineno or 0)):
        return None
    if not loading.is_used_by(rest):
        return None
    end = max(statement.end_lineno or statement.lineno for statement in rest)
    return Lines(first=text_line + rest[0].lineno - 1, last=text_line + end - 1)


def loads_model(codes: Sequence[str]) -> bool:
    """Whether what runs in one process loads a model, and not just its tokenizer or an input."""
    calls = (call for code in codes for tree in _parsed(code) for call in _calls(tree))
    return any(_is_loading(call, ()) and not _is_beside(call) for call in calls)


def _parsed(code: str) -> list[ast.Module]:
    """A piece of code; nothing where it is no Python."""
    try:
        return [ast.parse(code)]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


@dataclass(frozen=True, kw_only=True)
class _Loading:
    """What is loaded in one process.

    Attributes:
        functions: names of its own functions that load.
        models: names of what was loaded, and of functions that use it.
        others: names of what was loaded beside a model: tokenizers, pictures.
        unnamed: whether something was loaded, and perhaps used at once, without a name for it.
    """

    functions: frozenset[str]
    models: frozenset[str]
    others: frozenset[str]
    unnamed: bool

    @classmethod
    def of(cls, statements: Sequence[ast.stmt]) -> "_Loading":
        defined = [statement for statement in statements if isinstance(statement, _Defined)]
        loads = frozenset(each.name for each in defined if any(_is_loading(c, ()) for c in _calls(each)))
        models: set[str] = set()
        others: set[str] = set()
        for statement in statements:
            call = _what_is_kept(statement, loads)
            if call is not None:
                (others if _is_beside(call) else models).update(_targets(statement))
        models |= {each.name for each in defined if each.name not in loads and _names(each) & models}
        kept = [_what_is_kept(statement, loads) for statement in statements]
        unnamed = any(
            _is_loading(call, loads) and call not in kept and not _is_beside(call)
            for statement in statements
            for call in _calls(statement)
        )
        return cls(functions=loads, models=frozenset(models), others=frozenset(others), unnamed=unnamed)

    def is_done_by(self, statement: ast.stmt) -> bool:
        """Whether a statement loads, or imports, which loads, too."""
        if isinstance(statement, _Defined):
            return False
        return any(
            isinstance(node, ast.Import | ast.ImportFrom)
            or (isinstance(node, ast.Call) and _is_loading(node, self.functions))
            for node in ast.walk(statement)
        )

    def is_used_by(self, statements: Sequence[ast.stmt]) -> bool:
        """Whether statements work with what was loaded; where nothing was, whether they do anything."""
        doing = [statement for statement in statements if not isinstance(statement, _Defined)]
        wanted = self.models or self.others
        if self.unnamed and not self.models:
            return False
        calls = [call for statement in doing for call in _calls(statement)]
        if not wanted:
            loops = (ast.For, ast.While, ast.comprehension)
            return bool(calls) or any(isinstance(n, loops) for each in doing for n in ast.walk(each))
        return any(_root(call.func) not in _SHOWS and _names(call) & wanted for call in calls)


def _calls(node: ast.AST) -> Iterator[ast.Call]:
    return (each for each in ast.walk(node) if isinstance(each, ast.Call))


def _names(node: ast.AST) -> set[str]:
    """The names that a piece of code reads; those that are only shown don't count."""
    shown = {
        argument.id
        for call in _calls(node)
        if _root(call.func) in _SHOWS
        for argument in call.args
        if isinstance(argument, ast.Name)
    }
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)} - shown


def _is_loading(call: ast.Call, functions: frozenset[str] | tuple[()]) -> bool:
    name, root = last_name(call.func), _root(call.func)
    if name in functions or _LOADS.fullmatch(name):
        return True
    if root in _CLIENTS and isinstance(call.func, ast.Attribute):
        return True
    return name == "open" if root == "Image" else name[:1].isupper() and _is_given_a_file(call)


def _is_beside(call: ast.Call) -> bool:
    """Whether what a call loads is no model, but what goes into one or comes with it."""
    if _root(call.func) in _CLIENTS | _OF_INPUTS or _INPUTS.fullmatch(last_name(call.func)):
        return True
    return _BESIDE_THE_MODEL.search(ast.unparse(call.func)) is not None


def _is_given_a_file(call: ast.Call) -> bool:
    """Whether a class is made from a repo or a file of weights, as ``YOLO("yolo11n.pt")`` is."""
    if last_name(call.func) in ("Path", "PurePath"):
        return False
    given = [*call.args[:1], *(keyword.value for keyword in call.keywords)]
    texts = [each.value for each in given if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    return any(_FILE_OR_REPO.fullmatch(text) for text in texts)


def _what_is_kept(statement: ast.stmt, functions: frozenset[str]) -> ast.Call | None:
    """The loading call whose result a statement binds to a name, moved to a device or not."""
    value = getattr(statement, "value", None) if isinstance(statement, ast.Assign | ast.AnnAssign) else None
    while isinstance(value, ast.Call):
        if _is_loading(value, functions):
            return value
        value = value.func.value if isinstance(value.func, ast.Attribute) else None
    return None


def _targets(statement: ast.stmt) -> set[str]:
    targets = getattr(statement, "targets", None) or [getattr(statement, "target", statement)]
    return {each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name)}


def _root(function: ast.expr) -> str:
    """The name that a call begins with: ``requests`` of ``requests.get(...).raw``."""
    while isinstance(function, ast.Attribute | ast.Call | ast.Subscript):
        function = function.func if isinstance(function, ast.Call) else function.value
    return function.id if isinstance(function, ast.Name) else ""
