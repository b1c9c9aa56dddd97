"""The signs by which a string is known for a placeholder, or for a file that its reader must supply."""

import re

from verify_snippets.pattern import Pattern
from verify_snippets.word_table import word_table

_WORDS = (
    r"your|path|model|token|name|dir|director\w+|folder|file|key|id|user\w*|org\w*|repo|image|audio|video|prompt|"
    r"text|data\w*|input|output|checkpoint|ckpt|url|host|port|api|here|insert|num\w*|value|version|actual|"
    r"size|task|lang\w*"
)
_ANGLE = Pattern(rf"<[^<>|\n]*\b(?:{_WORDS})(?:\b|[_-])[^<>|\n]*>", re.IGNORECASE)
_BRACES = Pattern(r"(?<!\$)\{\{?[A-Z][A-Z_ ]+\}?\}|\{your[\w -]*\}")
_YOURS = Pattern(
    r"(^|[^A-Za-z])(your|YOUR|Your)([-_./ A-Z]|$)|"
    r"(^|[/\"'_-])yours?[a-z_-]*(path|model|key|token|name|data|image|file)",
    re.ASCII,
)
_PATH_TO = Pattern(
    r"path[/_-]to\b|path_to_|/path/|^path/|PATH_TO|(^|/)\.\.\.(/|$)|/your/|some[/_-]path|"
    r"^/?path$|(^|[/_ -])(here|HERE)$|path/(of|for)/",
)
_SECRET = Pattern(
    r"^(hf_|sk-|Bearer )?[xX*]{3,}$|^(hf|sk)[-_](x+|[.]{2,}|your|token|\*)|API[_-]?KEY|^(HF_)?TOKEN$|^xxx+",
    re.ASCII,
)
_DUMMY = Pattern(
    r"^(username|user|my-?(org|name|user\w*)|org|organization|author|owner|namespace)/[\w.-]+$|"
    r"^[\w-]+/(your|my)[-_][\w.-]+$|^my[-_](model|dataset|repo|finetuned|fine-tuned|image|audio)[\w.-]*$|"
    r"^(MODEL|REPO|DATASET|HF)[_-](NAME|ID|PATH|DIR|TOKEN)$|^(\w+_)?model[_-](id|name|path)$|"
    r"(^|/)example_(checkpoint|model|weights|file|data)\.\w{1,8}$"
)
_SHOUTED = Pattern(r"^(?=.*_)[A-Z_]*(?<![A-Z])(YOU|HERE|REPLACE|INSERT|CHANGE|FILL|DEFINE)(?![A-Z])[A-Z_]*$")
_ENTER = Pattern(
    r"^your\b.{0,60}$|^(enter|insert|put|paste|type|write|add)\b.{0,40}\b(your|here)\b.{0,20}$|"
    r"^.{0,60}\b(here|goes here)[\s.!>\]]*$|^(question or instruction|some text|"
    r"text to \w+|input text|any text)$",
    re.IGNORECASE,
)
_IN_ONE_WORD = (_ANGLE, _BRACES, _PATH_TO, _SECRET, _DUMMY, _SHOUTED, _YOURS)
_ADDRESS = Pattern(r"https?://(?!.*your)")
_MAX_LENGTH = 200


def is_placeholder(word: str) -> bool:
    """Whether a string asks to be replaced."""
    if not word or len(word) > _MAX_LENGTH or "\n" in word or _ADDRESS.match(word):
        return False
    if " " in word.strip() and not word.strip().startswith(("<", "/", "{", "your", "YOUR")):
        return bool(_ENTER.match(word)) and len(word) < 60
    return any(sign.search(word) for sign in _IN_ONE_WORD) or bool(_ENTER.match(word))


_BEGINS_NOWHERE = Pattern(r"\.{0,2}/?(path/to|your/path)/")


def is_path_to(word: str) -> bool:
    """Whether a string, or part of one, begins as a path that can exist nowhere: ``/path/to/``."""
    return " " not in word.strip() and len(word) <= _MAX_LENGTH and _BEGINS_NOWHERE.match(word) is not None


_BRACKETED = Pattern(r"<[A-Za-z][^<>|\n]{1,60}>|\[[A-Z][A-Z_ ]{3,40}\]")


def bracketed(line: str) -> list[str]:
    """What stands in angle brackets, or in capitals in square ones, in a shell's line."""
    return _BRACKETED.findall(line)


_CONSTANT = Pattern(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$|[A-Z]{4,}$")


def is_constant(name: str) -> bool:
    """Whether a name is written as a constant, for the reader to put a value in: ``MODEL_PATH``."""
    return _CONSTANT.match(name) is not None


SEEN_OR_HEARD = word_table(
    "jpg jpeg png gif bmp webp tif tiff wav mp3 flac ogg m4a mp4 avi mov mkv webm",
    "pdf nii dcm csv fasta pdb",
)
"""Endings of files that are always somebody's input: no program brings its own."""
MEDIA = SEEN_OR_HEARD | word_table(
    "tsv xlsx parquet docx mid midi npy npz txt json jsonl yaml yml h5 hdf5 pkl obj ply gz zip svs xml"
)
"""Endings of files that are input where code reads them."""
_FILE = Pattern(r"[\w~./ -]{1,120}\.(\w{1,7})$")
_FOLDER = Pattern(r"(\./)?(data|images|inputs?)/[\w./-]+$")


def ending(word: str) -> str:
    """The ending of a file's name, lower-case; empty for what is no file's name."""
    found = _FILE.match(word)
    return found.group(1).lower() if found is not None else ""


def is_input_folder(word: str) -> bool:
    """Whether a string is a folder that people keep their input in."""
    return _FOLDER.match(word) is not None


READERS = word_table(
    "open load read imread load_image load_audio read_csv read_parquet read_json read_excel",
    "transcribe predict from_file load_video VideoReader VideoCapture read_image load_file encode",
    "transcribe_file separate_file classify_file loadtxt get_embedding info generate image chat",
    "diarize enhance_file load_dataset AudioSegment from_mp3 from_wav verify_files load_image_file",
    "Path model pipe pipeline processor classifier inference audio_from_path pipeline_asr",
)
"""Functions and methods that take the path of an input."""
_INPUT_NAME = Pattern(
    r"(image|img|audio|video|wav|speech|file|input|path|sample|src|source|query|"
    r"doc\w*|data\w*|pdf|mask|ref\w*|prompt)\w*$",
    re.IGNORECASE,
)
_OUTPUT_NAME = Pattern(
    r"(out|output|save|dest|dst|result|target_dir|export|log)\w*$|.*(_out|_output|save_\w+)$", re.IGNORECASE
)
_OUTPUT_OPTION = Pattern(r"--?(o|out\w*|output\S*|save\S*|dest\w*|export\S*|result\S*)$|>{1,2}$")
_INPUT_OPTION = Pattern(r"--?(i|input\S*|source|src|test\w*|text\w*|file|prompts?[-_]file)$")


_WEIGHTS_OPTION = Pattern(
    r"-m$|--?\w*(ckpt|checkpoint|weights?|model)([_-](dir|path|file|folder)\w*)?(_\w+)?$", re.IGNORECASE
)
_LOCAL_WEIGHTS = Pattern(r"\./[\w.-]+/?$|[\w.-]+\.(gguf|safetensors|ckpt|pth?|bin|onnx)$")


def is_weights_option(word: str) -> bool:
    """Whether what follows an option of a command are a model's weights."""
    return _WEIGHTS_OPTION.match(word) is not None


def is_local_weights(word: str) -> bool:
    """Whether a string names weights in the folder one stands in, which are no repository's own."""
    return _LOCAL_WEIGHTS.match(word) is not None


_USUAL_VARIABLES = Pattern(
    r"(HOME|PWD|OLDPWD|USER|TMPDIR|SHELL|HOSTNAME|UID|LANG|RANDOM|(LD_LIBRARY_|LIBRARY_|PYTHON)?PATH|VIRTUAL_ENV|"
    r"CONDA_\w+|XDG_\w+|SLURM_\w+|CUDA_(HOME|VISIBLE_DEVICES))$"
)


def is_usual_variable(name: str) -> bool:
    """Whether a shell has a variable without being told."""
    return _USUAL_VARIABLES.match(name) is not None


def names_input(name: str, *, whole: bool = True) -> bool:
    """Whether an argument or a variable of that name takes an input, at the end of its name if not whole."""
    found = _INPUT_NAME.match(name) if whole else _INPUT_NAME.search(name)
    return found is not None and _OUTPUT_NAME.match(name) is None


def is_output_option(word: str) -> bool:
    """Whether what follows an option of a command is written, not read."""
    return _OUTPUT_OPTION.match(word) is not None


def is_input_option(word: str) -> bool:
    """Whether what follows an option of a command is read."""
    return _INPUT_OPTION.match(word) is not None
