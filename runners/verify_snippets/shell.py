"""What a card's shell lines say: the commands, what they install, and what they merely set up."""

import bisect
import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from verify_snippets import installs
from verify_snippets.pattern import Pattern


@dataclass(frozen=True, kw_only=True)
class Command:
    """One command, its words unquoted.

    Attributes:
        words: the program and its arguments; ``sudo`` and environment settings left out.
        variables: environment settings before it, such as ``CUDA_VISIBLE_DEVICES=0``.
        source: the command as written.
    """

    words: tuple[str, ...]
    variables: tuple[str, ...] = ()
    source: str = ""

    @property
    def program(self) -> str:
        """The program's name without its folder."""
        return self.words[0].rpartition("/")[2] if self.words else ""

    @property
    def sets_up(self) -> bool:
        """Whether it installs, downloads or prepares, rather than runs what the card is about."""
        return _sets_up(self)

    @property
    def requirements(self) -> tuple[str, ...]:
        """The packages that it has pip install, as written."""
        return tuple(installs.requirements(self.words))


@dataclass(frozen=True, kw_only=True)
class Script:
    """A block read as a shell would.

    Attributes:
        commands: in order.
        known: how many of its logical lines begin with a command that a shell is known to have.
        lines: how many logical lines there are, comments left out.
        prompted: whether lines begin with ``$``; then the others are output.
    """

    commands: tuple[Command, ...]
    known: int
    lines: int
    prompted: bool

    @property
    def only_sets_up(self) -> bool:
        """Whether every command prepares and none runs anything."""
        return bool(self.commands) and all(command.sets_up for command in self.commands)

    @property
    def all_known(self) -> bool:
        """Whether every line is a command for sure."""
        return 0 < self.known == self.lines

    def looks_like_shell(self, *, tagged: bool) -> bool:
        """Whether the text is commands, given whether its tag says so."""
        if self.prompted:
            return True
        if tagged:
            return self.known > 0 or _is_command(self.commands)
        return self.known * 2 > self.lines or (self.known > 0 and self.commands[0].program in PROGRAMS)


PROGRAMS = {
    *(
        "pip",
        "pip3",
        "python",
        "python3",
        "py",
        "uv",
        "uvx",
        "conda",
        "mamba",
        "micromamba",
        "pipx",
        "poetry",
    ),
    *(
        "apt",
        "apt-get",
        "brew",
        "yum",
        "dnf",
        "pacman",
        "snap",
        "winget",
        "choco",
        "git",
        "git-lfs",
        "wget",
        "curl",
    ),
    *("cd", "mkdir", "cp", "mv", "ln", "rm", "chmod", "touch", "export", "source", ".", "bash", "sh", "sudo"),
    *("docker", "docker-compose", "podman", "ollama", "huggingface-cli", "hf", "vllm", "sglang", "torchrun"),
    *("accelerate", "deepspeed", "streamlit", "gradio", "chainlit", "jupyter", "npm", "npx", "yarn", "pnpm"),
    *(
        "bun",
        "node",
        "make",
        "cmake",
        "ninja",
        "tar",
        "unzip",
        "gunzip",
        "7z",
        "echo",
        "cat",
        "ls",
        "pwd",
        "nvidia-smi",
    ),
    *("llama-cli", "llama-server", "mlx_lm.generate", "mlx_lm.convert", "mlx_lm.server", "lm_eval", "lms"),
    *(
        "tritonserver",
        "trtllm-build",
        "mpirun",
        "ffmpeg",
        "aria2c",
        "modelscope",
        "kaggle",
        "gdown",
        "cargo",
        "rustup",
    ),
    *(
        "virtualenv",
        "pyenv",
        "set",
        "grep",
        "sed",
        "head",
        "tail",
        "env",
        "lmdeploy",
        "xinference",
        "swift",
        "tune",
    ),
    *(
        "torch-model-archiver",
        "spacy",
        "nohup",
        "time",
        "activate",
        "brev",
        "aws",
        "gsutil",
        "gcloud",
        "az",
        "kubectl",
    ),
}
_WRAPPERS = {"sudo", "time", "nohup", "exec", "command", "xvfb-run", "then", "do"}
_INSTALLERS = {
    *("apt", "apt-get", "brew", "yum", "dnf", "pacman", "snap", "winget", "choco", "wget", "aria2c", "gdown"),
    *(
        "cd",
        "mkdir",
        "cp",
        "mv",
        "ln",
        "rm",
        "chmod",
        "touch",
        "export",
        "source",
        ".",
        "tar",
        "unzip",
        "gunzip",
    ),
    *(
        "7z",
        "virtualenv",
        "pyenv",
        "activate",
        "cmake",
        "make",
        "ninja",
        "echo",
        "set",
        "rustup",
        "pipx",
        "git-lfs",
    ),
    *("git", "pip", "pip3", "conda", "mamba", "micromamba", "poetry", "deactivate", "setx", "pushd", "popd"),
}
_SET_UP_WORDS = {
    "uv": {"pip", "venv", "sync", "add", "python", "tool", "init"},
    "docker": {"pull", "build", "model pull", "login"},
    "podman": {"pull", "build"},
    "ollama": {"pull", "create"},
    "huggingface-cli": {"download", "login", "lfs-enable-largefiles"},
    "hf": {"download", "auth"},
    "modelscope": {"download"},
    "kaggle": {"datasets", "competitions"},
    "npm": {"install", "i", "ci", "init"},
    "yarn": {"add", "install"},
    "pnpm": {"add", "install", "i"},
    "bun": {"add", "install"},
    "cargo": {"install", "build"},
    "accelerate": {"config"},
    "lms": {"get"},
    "spacy": {"download"},
}
_SET_UP_MODULES = {"pip", "venv", "ensurepip", "virtualenv", "build", "wheel"}
_SET_UP_SCRIPT = Pattern(r"(^|[/_-])(setup|install\w*|download\w*|get_pip|get-pip)[\w-]*\.(py|sh|bash|ps1)$")
_SET_UP_MODULE = Pattern(r"(^|[._])(load_from_hub|download\w*)$")
_ASSIGNMENT = Pattern(r"[A-Za-z_]\w*=")
_PROMPT = Pattern(r"^\s*(?:\$|>|#(?=\s*(?:pip|apt|cd)\b.*&&)|PS [^>]*>|\(\w+\) ?\$|C:\\[^>]*>)\s+(?=\S)")
_SEPARATORS = {"&&", "||", ";", "|", "&", "|&"}
_MAX_JOINED_LINES = 200


MAX_CHARACTERS = 200_000
"""Of a script; what comes after is data."""


def read(text: str) -> Script:
    """Read a text as a shell would, whatever it is; the first ``MAX_CHARACTERS`` of it."""
    lines = logical_lines(text)
    prompted = any(re.match(r"\s*\$ +\S", line) for line in lines)
    if prompted:
        lines = [line for line in lines if re.match(r"\s*\$ +\S", line)]
    stripped = [_PROMPT.sub("", line, count=1).strip().lstrip("!%").strip() for line in lines]
    stripped = [line for line in stripped if line and not line.startswith(("#", "//", "REM "))]
    commands = tuple(command for line in stripped for command in _commands(line))
    known = sum(_is_known(line) for line in stripped)
    return Script(commands=commands, known=known, lines=len(stripped), prompted=prompted)


def logical_lines(text: str) -> list[str]:
    """The lines of the first ``MAX_CHARACTERS`` of a script, each with those that continue it."""
    return list(_logical_lines(text[:MAX_CHARACTERS]))


def _logical_lines(text: str) -> Iterator[str]:
    """Lines with their continuations joined (backslash, open quote) and here-documents left out."""
    lines = text.split("\n")
    places: dict[str, list[int]] = {}
    for number, line in enumerate(lines):
        places.setdefault(line.strip(), []).append(number)
    number = 0
    while number < len(lines):
        joined, number = _joined(lines, number)
        yield joined
        if (document := re.search(r"<<-?\s*['\"]?(\w+)['\"]?", joined)) is not None:
            ends = places.get(document.group(1), [])
            after = bisect.bisect_left(ends, number)
            number = ends[after] + 1 if after < len(ends) else number


def _joined(lines: Sequence[str], first: int) -> tuple[str, int]:
    """The logical line that starts at ``first``, and the number of the line after it."""
    parts = [lines[first]]
    number = first + 1
    while number < len(lines) and len(parts) < _MAX_JOINED_LINES:
        last = parts[-1].rstrip()
        if last.endswith(("\\", "^")) and not last.endswith("\\\\"):
            parts[-1] = last[:-1]
        elif not _has_open_quote(parts):
            break
        parts.append(lines[number])
        number += 1
    else:
        if len(parts) > 1 and _has_open_quote(parts):  # an apostrophe, not a quote
            return lines[first], first + 1
    return " ".join(part.strip() for part in parts), number


def _has_open_quote(parts: Sequence[str]) -> bool:
    text = "\n".join(parts)
    if "'" not in text and '"' not in text:
        return False
    return text.count('"') % 2 == 1 or (text.count("'") % 2 == 1 and '"' not in text)


_PLAIN_WORD = Pattern(r"[a-z][a-z0-9_-]*$")


def _is_known(line: str) -> bool:
    words = line.split()
    while words and (_ASSIGNMENT.match(words[0]) or words[0] in _WRAPPERS):
        if words[0] in {"sudo", "nohup"}:
            return True
        words = words[1:]
    if not words or (len(words) > 1 and words[1].startswith(("=", ":"))):
        return False
    program = words[0]
    if re.fullmatch(r"(\.{1,2}|~)?(/[\w.-]+)+", program):
        return True
    if len(words) > 1 and re.fullmatch(r"[a-z][\w.-]+", program) and re.match(r"--[a-z][\w-]+$", words[1]):
        return True
    if any(word.endswith("install") for word in words[1:4]) and all(map(_PLAIN_WORD.match, words)):
        return True
    return program in PROGRAMS and (
        len(words) > 1 or program not in {"python", "python3", "time", "swift", "head"}
    )


def _is_command(commands: Sequence[Command]) -> bool:
    """Whether an unknown program's line has the look of a command: a plain word, then arguments."""
    if not commands or not commands[0].words:
        return False
    first = commands[0].words
    return re.fullmatch(r"[\w./-]+", first[0]) is not None and (
        len(first) == 1 or any(word.startswith("-") for word in first[1:]) or len(first) <= 3
    )


def _commands(line: str) -> Iterator[Command]:
    """The commands of one logical line."""
    words: list[str] = []
    for word in _split(line):
        if word in _SEPARATORS:
            yield from _command(words)
            words = []
        elif word.startswith("#"):
            break
        else:
            words.append(word)
    yield from _command(words)


_SPECIAL = Pattern(r"['\"\\;&|]")


def _split(line: str) -> list[str]:
    if not _SPECIAL.search(line):
        return line.split()
    lexer = shlex.shlex(line[:20000], posix=True, punctuation_chars=";&|")
    lexer.whitespace_split = True
    lexer.commenters = ""
    try:
        return list(lexer)
    except ValueError:  # a quote that nothing closes
        return line.split()


def _command(words: list[str]) -> Iterator[Command]:
    variables: list[str] = []
    rest = list(words)
    while rest and (_ASSIGNMENT.match(rest[0]) or rest[0] in _WRAPPERS):
        word = rest.pop(0)
        if "=" in word:
            variables.append(word)
    if rest or variables:
        yield Command(words=tuple(rest), variables=tuple(variables), source=" ".join(words))


def _sets_up(command: Command) -> bool:
    if not command.words:
        return True
    program, arguments = command.program, command.words[1:]
    if program in _INSTALLERS or _SET_UP_SCRIPT.search(command.words[0]):
        return True
    if program in _SET_UP_WORDS:
        return bool({*arguments[:1], " ".join(arguments[:2])} & _SET_UP_WORDS[program])
    if program == "curl":
        return any(
            word.startswith(("-o", "-O", "--output", "-L", "-fsSL", "-sSL", "-LO")) for word in arguments
        )
    if program in {"python", "python3", "py", "bash", "sh", "iex", "irm"}:
        return _interpreter_sets_up(arguments)
    if any(word in {"install", "registry-install"} for word in arguments[:2]):
        return True
    return program.endswith(("activate", "Activate.ps1", "activate.bat"))


def _interpreter_sets_up(words: Sequence[str]) -> bool:
    arguments = list(words)
    if len(arguments) > 1 and arguments[0] == "-m":
        asked = arguments[2:3]
        if _SET_UP_MODULE.search(arguments[1]):
            return True
        return arguments[1] in _SET_UP_MODULES | {"nltk.downloader"} or asked in (["download"], ["install"])
    return any(_SET_UP_SCRIPT.search(word) for word in arguments[:1])
