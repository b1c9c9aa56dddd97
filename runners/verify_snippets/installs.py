"""What pip, or conda in its place, is told to install."""

import re
from collections.abc import Iterator, Sequence

from verify_snippets.pattern import Pattern

_PIP_VALUE_OPTIONS = {
    *(
        "-r",
        "--requirement",
        "-i",
        "--index-url",
        "--extra-index-url",
        "-f",
        "--find-links",
        "-c",
        "--constraint",
    ),
    *(
        "-t",
        "--target",
        "--prefix",
        "--root",
        "--upgrade-strategy",
        "--platform",
        "--python-version",
        "--abi",
    ),
    *("-e", "--editable", "--config-settings", "--global-option", "--no-binary", "--only-binary", "--index"),
    *(
        "--progress-bar",
        "--timeout",
        "--trusted-host",
        "--proxy",
        "--python",
        "-p",
        "-n",
        "--name",
        "-C",
        "--src",
    ),
}
_PIP_VALUE_OPTIONS |= {"--index-strategy", "--torch-backend", "--prerelease", "--resolution", "--cache-dir"}
_TOOLS = {"pip", "uv", "setuptools", "wheel", "virtualenv"}
_REQUIREMENT = Pattern(r"[A-Za-z0-9][\w.-]*(\[[\w ,.-]*\])?\s*([<>=!~]=?.*|@ ?.+)?$", re.DOTALL)


_PINNED = Pattern(r"[A-Za-z0-9][\w.-]*(\[[\w,-]+\])?\s*(==|>=|<=|~=)\s*[\w.*+]+$")
_BARE = Pattern(r"[A-Za-z][\w.-]*(\[[\w,-]+\])?$")


def listed(text: str) -> tuple[str, ...]:
    """The lines of a text that is a ``requirements.txt``; none where it isn't one."""
    lines = [line.strip() for line in text.split("\n") if line.strip() and not line.startswith("#")]
    pinned = sum(_PINNED.match(line) is not None for line in lines)
    if pinned * 2 <= len(lines) or not all(_PINNED.match(line) or _BARE.match(line) for line in lines):
        return ()
    return tuple(lines)


def requirements(words: Sequence[str]) -> Iterator[str]:
    """The packages that a command installs for Python, as pip takes them.

    Those of pip are given as written; local paths and files of requirements are left out.
    """
    if words and words[0].rpartition("/")[2] in {"conda", "mamba", "micromamba"}:
        yield from _of_conda(words[1:])
        return
    arguments = _after_install(words)
    skip = False
    for word in arguments:
        if skip:
            skip = False
        elif word in _PIP_VALUE_OPTIONS:
            skip = True
            if word in {"-e", "--editable"}:
                skip = not _editable_url(arguments)
        elif word.startswith("-") or word in {">", ">>"}:
            continue
        elif _is_requirement(word):
            yield word.rstrip(",")


_CONDA_VALUE_OPTIONS = {"-c", "--channel", "-n", "--name", "-p", "--prefix", "-f", "--file", "--solver"}
_NOT_FOR_PIP = Pattern(
    r"(python|pip|pypy|cuda.*|cudnn|nccl|nvidia|pytorch-(cuda|mutex)|(lib)?(gcc|gxx|stdcxx|sndfile|gl|ffi)[\w-]*|g\+\+|"
    r"gxx\S*|cmake|make|ffmpeg|git|git-lfs|sox|openjdk|java\S*|nodejs|r-\S*|compilers|\w+-compiler|openmpi|mkl|"
    r"conda|mamba|anaconda|jupyter-lab|espeak\S*|wget|curl|unzip|rust|ca-certificates|openssl|zlib|bioconda)$"
)
_PIP_NAMES = {
    "pytorch": "torch",
    "pytorch-cpu": "torch",
    "pytorch-gpu": "torch",
    "tensorflow-mkl": "tensorflow",
}
_CONDA_SPEC = Pattern(r"([A-Za-z][\w.-]*)(?:\s*(==?|>=|<=|~=|<|>)\s*([\d.*]+)(?:=\S*)?)?$")


def _of_conda(arguments: Sequence[str]) -> Iterator[str]:
    """The packages of ``conda install`` and ``conda create`` that an index for pip has as well."""
    if not {"install", "create"} & set(arguments[:2]):
        return
    skip = False
    for word in arguments:
        if skip or word in _CONDA_VALUE_OPTIONS:
            skip = not skip
        elif not word.startswith("-") and word not in {"install", "create", "env"}:
            yield from _conda_package(word.rpartition("::")[2])


def _conda_package(spec: str) -> Iterator[str]:
    """Conda's ``name=1.2`` is pip's ``name==1.2.*``."""
    found = _CONDA_SPEC.match(spec)
    if found is None or _NOT_FOR_PIP.match(found.group(1).lower()):
        return
    name, sign, version = found.groups()
    name = _PIP_NAMES.get(name.lower(), name)
    if sign == "=":
        is_whole = version.count(".") >= 2 or version.endswith("*")
        yield f"{name}=={version}" if is_whole else f"{name}=={version}.*"
    else:
        yield f"{name}{sign or ''}{version or ''}"


def _editable_url(arguments: Sequence[str]) -> bool:
    return any(word.startswith("git+") for word in arguments)


def _after_install(words: Sequence[str]) -> Sequence[str]:
    """The arguments of ``pip install``, however pip was called; none for other commands."""
    if "install" not in words[:6]:
        return ()
    before = [word.rpartition("/")[2] for word in words[: words.index("install")]]
    if any(word in {"pip", "pip3"} or re.fullmatch(r"pip3?\.\d+", word) for word in before):
        return words[words.index("install") + 1 :]
    return ()


_ARCHIVE = Pattern(r"\.(whl|zip|tar\.\w+|tgz)(#|\?|$)|/(archive|zipball|tarball)/")


def _is_requirement(word: str) -> bool:
    if word.startswith(("http://", "https://")):
        return _ARCHIVE.search(word) is not None
    if word.startswith("git+"):
        return True
    if (
        "/" in word.partition("@")[0]
        or "\\" in word
        or word.endswith((".whl", ".txt", ".tar.gz"))
        or "$" in word
    ):
        return False
    name = re.split(r"[\[<>=!~@ ]", word, maxsplit=1)[0]
    return _REQUIREMENT.match(word) is not None and name.lower() not in _TOOLS
