"""Placeholders: what a reader must replace, or supply, before code can run."""

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise

from verify_snippets.kinds import Kind
from verify_snippets.reading import Reading
from verify_snippets.shell import Command

_WORDS = (
    r"your|path|model|token|name|dir|director\w+|folder|file|key|id|user\w*|org\w*|repo|image|audio|video|prompt|"
    r"text|data\w*|input|output|checkpoint|ckpt|url|host|port|api|here|insert|num\w*|value|version|actual|"
    r"size|task|lang\w*"
)
_ANGLE = re.compile(rf"<[^<>|\n]*\b(?:{_WORDS})(?:\b|[_-])[^<>|\n]*>", re.IGNORECASE)
_ANY_ANGLE = re.compile(r"<[A-Za-z][^<>|\n]{1,60}>")
_BRACES = re.compile(r"(?<!\$)\{\{?[A-Z][A-Z_ ]+\}?\}|\{your[\w -]*\}")
_YOURS = re.compile(
    r"(^|[^A-Za-z])(your|YOUR|Your)([-_./ A-Z]|$)|"
    r"(^|[/\"'_-])yours?[a-z_-]*(path|model|key|token|name|data|image|file)",
    re.ASCII,
)
_PATH_TO = re.compile(
    r"path[/_-]to\b|path_to_|/path/|^path/|PATH_TO|(^|/)\.\.\.(/|$)|/your/|some[/_-]path|"
    r"^/?path$|(^|[/_ -])(here|HERE)$|path/(of|for)/",
)
_SECRET = re.compile(
    r"^(hf_|sk-|Bearer )?[xX*]{3,}$|^(hf|sk)[-_](x+|[.]{2,}|your|token|\*)|API[_-]?KEY|^(HF_)?TOKEN$|^xxx+",
    re.ASCII,
)
_DUMMY = re.compile(
    r"^(username|user|my-?(org|name|user\w*)|org|organization|author|owner|namespace)/[\w.-]+$|"
    r"^[\w-]+/(your|my)[-_][\w.-]+$|^my[-_](model|dataset|repo|finetuned|fine-tuned|image|audio)[\w.-]*$|"
    r"^(MODEL|REPO|DATASET|HF)[_-](NAME|ID|PATH|DIR|TOKEN)$|^model[_-](id|name|path)$",
)
_ENTER = re.compile(
    r"^your\b.{0,60}$|^(enter|insert|put|paste|type|write|add)\b.{0,40}\b(your|here)\b.{0,20}$|"
    r"^.{0,60}\b(here|goes here)[\s.!>\]]*$|^(question or instruction|some text|"
    r"text to \w+|input text|any text)$",
    re.IGNORECASE,
)
_MEDIA = {
    *(
        "jpg",
        "jpeg",
        "png",
        "gif",
        "bmp",
        "webp",
        "tif",
        "tiff",
        "wav",
        "mp3",
        "flac",
        "ogg",
        "m4a",
        "mp4",
        "avi",
    ),
    *(
        "mov",
        "mkv",
        "webm",
        "csv",
        "tsv",
        "xlsx",
        "parquet",
        "pdf",
        "docx",
        "nii",
        "dcm",
        "mid",
        "midi",
        "npy",
        "npz",
    ),
    *(
        "txt",
        "json",
        "jsonl",
        "yaml",
        "yml",
        "h5",
        "hdf5",
        "pkl",
        "fasta",
        "pdb",
        "obj",
        "ply",
        "gz",
        "zip",
        "svs",
        "xml",
    ),
}
_INPUT_FILE = re.compile(r"[\w~./ -]{1,120}\.(\w{1,7})$")
_INPUT_FOLDER = re.compile(r"(\./)?(data|images|inputs?)/[\w./-]+$")
_CONSTANT = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$|[A-Z]{4,}$")
_READERS = {
    *(
        "open",
        "load",
        "read",
        "imread",
        "load_image",
        "load_audio",
        "read_csv",
        "read_parquet",
        "read_json",
        "read_excel",
    ),
    *(
        "transcribe",
        "predict",
        "from_file",
        "load_video",
        "VideoReader",
        "VideoCapture",
        "read_image",
        "load_file",
        "encode",
    ),
    *(
        "transcribe_file",
        "separate_file",
        "classify_file",
        "loadtxt",
        "get_embedding",
        "info",
        "generate",
        "image",
        "chat",
    ),
    *(
        "diarize",
        "enhance_file",
        "load_dataset",
        "AudioSegment",
        "from_mp3",
        "from_wav",
        "verify_files",
        "load_image_file",
    ),
    *(
        "Path",
        "model",
        "pipe",
        "pipeline",
        "processor",
        "classifier",
        "inference",
        "audio_from_path",
        "pipeline_asr",
    ),
}
_INPUT_NAMES = re.compile(
    r"(image|img|audio|video|wav|speech|file|input|path|sample|src|source|query|"
    r"doc\w*|data\w*|pdf|mask|ref\w*|prompt)\w*$",
    re.IGNORECASE,
)
_OUTPUT_NAMES = re.compile(
    r"(out|output|save|dest|dst|result|target_dir|export|log)\w*$|.*(_out|_output|save_\w+)$", re.IGNORECASE
)
_WRITERS = re.compile(
    r"(save\w*|write\w*|to_\w+|export\w*|dump\w*|imwrite|savefig|urlretrieve|download\w*|hf_hub_download|"
    r"snapshot_download|cached_download|from_pretrained|from_hparams|load_from_hub|"
    r"from_single_file|makedirs|mkdir)$"
)


def find(reading: Reading, made: Collection[str]) -> tuple[str, ...]:
    """The literal strings that must be replaced or supplied first, in order of appearance.

    Args:
        reading: a block that is meant to be run.
        made: what is there: files that it or a block it needs makes, and the card's own repo.
    """
    if reading.block.kind.is_shell:
        found = set(_in_commands(reading, made))
    elif reading.code.tree is not None:
        found = {*_in_python(reading, made), *reading.code.unquoted}
    else:
        return ()
    text = reading.block.text
    return tuple(sorted((word for word in found if word in text), key=text.index))


def fill(code: str, placeholders: Sequence[str], repo_id: str | None) -> tuple[str, dict[str, str]] | None:
    """Put in what is certain: the card's own repo id, where a model id is asked for.

    Returns:
        The code and the stand-ins, or None if any placeholder has no certain stand-in.
    """
    stand_ins: dict[str, str] = {}
    for placeholder in placeholders:
        if repo_id is None or not _asks_for_model(placeholder, code):
            return None
        stand_ins[placeholder] = repo_id
    for placeholder, value in stand_ins.items():
        code = code.replace(placeholder, value)
    return code, stand_ins


_MODEL_WORDS = {"model", "repo", "checkpoint"}
_OTHER_WORDS = {
    "your",
    "my",
    "the",
    "this",
    "hf",
    "user",
    "username",
    "org",
    "organization",
    "name",
    "id",
    "here",
}
_LOADS_MODEL = r"(from_pretrained|SentenceTransformer|CrossEncoder|pipeline|snapshot_download|model|repo_id)"


def _asks_for_model(placeholder: str, code: str) -> bool:
    """Whether a placeholder stands, quoted, exactly where a model is loaded by its id."""
    words = set(re.findall(r"[a-z]+", placeholder.lower()))
    if not words & _MODEL_WORDS or not words <= _MODEL_WORDS | _OTHER_WORDS:
        return False
    quoted = re.escape(placeholder)
    loaded = rf"{_LOADS_MODEL}\s*(?:=|\()\s*(?:[\w-]+\s*=\s*)?[\"']{quoted}[\"']"
    named = rf"(model|repo|checkpoint)(_id|_name|_path|_name_or_path)?\s*=\s*[\"']{quoted}[\"']"
    uses = len(re.findall(quoted, code))
    return 0 < uses == len(re.findall(rf"{loaded}|{named}", code))


def _is_placeholder(word: str) -> bool:
    if not word or len(word) > 200 or "\n" in word or re.match(r"https?://(?!.*your)", word):
        return False
    rules = (_ANGLE, _BRACES, _PATH_TO, _SECRET, _DUMMY, _YOURS)
    if " " in word.strip() and not word.strip().startswith(("<", "/", "{", "your", "YOUR")):
        return bool(_ENTER.match(word)) and len(word) < 60
    return any(rule.search(word) for rule in rules) or bool(_ENTER.match(word))


def _in_commands(reading: Reading, made: Collection[str]) -> Iterator[str]:
    for command in reading.script.commands:
        yield from _ANY_ANGLE.findall(command.source)
        for word in (*command.words[1:], *command.variables):
            value = word.partition("=")[2] if re.match(r"-{0,2}[\w-]+=", word) else word
            if _is_placeholder(value) and not value.startswith("-") and not set("<>") & set(value):
                yield value
        if not command.sets_up:
            yield from _input_words(command, made)


_SEEN_OR_HEARD = {
    *(
        "jpg",
        "jpeg",
        "png",
        "gif",
        "bmp",
        "webp",
        "tif",
        "tiff",
        "wav",
        "mp3",
        "flac",
        "ogg",
        "m4a",
        "mp4",
        "avi",
        "mov",
    ),
    *("mkv", "webm", "pdf", "nii", "dcm", "csv", "fasta", "pdb"),
}
_OUTPUT_OPTION = re.compile(r"--?(o|out\w*|output\S*|save\S*|dest\w*|export\S*|result\S*)$|>{1,2}$")


def _input_words(command: Command, made: Collection[str]) -> Iterator[str]:
    """Pictures, sounds and tables that a command reads and that nobody has made."""
    for before, word in pairwise(("", *command.words)):
        extension = _INPUT_FILE.match(word)
        if extension is None or extension.group(1).lower() not in _SEEN_OR_HEARD:
            continue
        if not _OUTPUT_OPTION.match(before) and not _is_there(word, made):
            yield word


def _is_there(path: str, made: Collection[str]) -> bool:
    """Whether a file is made by the card, or lies in a folder of a repository that it clones."""
    plain = path.removeprefix("./")
    return plain in made or path in made or (CHECKOUT in made and "/" in plain)


CHECKOUT = "."
"""Stands among the files that are there for all files of a cloned repository."""


def _in_python(reading: Reading, made: Collection[str]) -> Iterator[str]:
    documentation = _loose_strings(reading.code.nodes)
    for node, parent in _strings(reading.code.nodes):
        value = node.value
        if id(node) in documentation or not isinstance(value, str) or value in made:
            continue
        if _is_placeholder(value) or _is_missing_input(value, parent, made):
            yield value
    for name in reading.names.wanted:
        if _CONSTANT.match(name):
            yield name


def _loose_strings(nodes: Iterable[ast.AST]) -> set[int]:
    """Docstrings and strings that nothing uses."""
    return {id(node.value) for node in nodes if isinstance(node, ast.Expr)}


def _strings(nodes: Iterable[ast.AST]) -> Iterator[tuple[ast.Constant, ast.AST]]:
    """Every string with the statement, call or keyword that takes it."""
    for parent in nodes:
        for child in _taken(parent):
            if isinstance(child, ast.Constant) and isinstance(child.value, str):
                yield child, parent


def _taken(parent: ast.AST) -> list[ast.AST]:
    if isinstance(parent, ast.JoinedStr | ast.Compare | ast.Subscript):
        return []
    return list(ast.iter_child_nodes(parent))


def _is_missing_input(value: str, parent: ast.AST, made: Collection[str]) -> bool:
    """Whether a string names a file that the code reads and that nothing in the card makes."""
    if (
        _INPUT_FOLDER.match(value)
        and isinstance(parent, ast.keyword | ast.Assign)
        and not _is_there(value, made)
    ):
        return True
    extension = _INPUT_FILE.match(value)
    if extension is None or extension.group(1).lower() not in _MEDIA or _is_there(value, made):
        return False
    match parent:
        case ast.Call():
            called = (
                parent.func.attr if isinstance(parent.func, ast.Attribute) else getattr(parent.func, "id", "")
            )
            return called in _READERS and not _opens_to_write(parent)
        case ast.keyword(arg=str() as name):
            return bool(_INPUT_NAMES.match(name)) and not _OUTPUT_NAMES.match(name)
        case ast.Assign(targets=[ast.Name(id=name)]):
            return bool(_INPUT_NAMES.search(name)) and not _OUTPUT_NAMES.match(name)
        case ast.List() | ast.Dict():
            return True
        case _:
            return False


def _opens_to_write(call: ast.Call) -> bool:
    modes = [*call.args[1:2], *(word.value for word in call.keywords if word.arg == "mode")]
    return any(isinstance(mode, ast.Constant) and str(mode.value)[:1] in {"w", "a", "x"} for mode in modes)


def is_constant(name: str) -> bool:
    """Whether a name is written as a constant, for the reader to put a value in: ``MODEL_PATH``."""
    return _CONSTANT.match(name) is not None


def meant_to_run(kind: Kind, *, runnable: bool) -> bool:
    """Whether a block's placeholders are asked for at all."""
    return runnable if kind.is_python else kind.is_shell
