"""The likely cause of a failure, in one sentence. Pure."""

import re
from collections.abc import Callable

from snippet_sandbox.job import PartError
from verify_snippets import packages
from verify_snippets.ran import Ran

_GPU_SIGNS = (
    "Torch not compiled with CUDA enabled",
    "No CUDA GPUs are available",
    "Found no NVIDIA driver",
    "CUDA is not available",
    "no CUDA-capable device is detected",
    "requires a GPU",
    "No GPU found",
)


def only_lacks_gpu(error: PartError) -> bool:
    """Whether an exception says that there is no GPU, and nothing else."""
    return any(sign.lower() in error.message.lower() for sign in _GPU_SIGNS)


def sentence(error: PartError, ran: Ran) -> str:
    """What went wrong and the likely cause."""
    for explain in _EXPLANATIONS:
        if said := explain(error, ran):
            return said
    return f"{error.type}: {_first_line(error.message)}"


def _missing_module(error: PartError, ran: Ran) -> str:
    found = re.search(r"No module named '([\w.]+)'", error.message)
    if not found:
        return ""
    module = found[1].partition(".")[0]
    if module in ran.step.snippet.undeclared:
        return f"the card never tells the reader to install what brings {module!r}"
    return f"{found[1]!r} is not installed, or not in the installed version"


def _removed_name(error: PartError, ran: Ran) -> str:
    found = re.search(r"cannot import name '(\w+)' from '([\w.]+)'", error.message)
    if not found:
        return ""
    library = found[2].partition(".")[0]
    where = "" if found[2] == library else f" in {found[2]}"
    return f"{_version(library, ran)} has no {found[1]!r}{where}: renamed, removed, or of another version"


def _unknown_argument(error: PartError, _: Ran) -> str:
    found = re.search(r"([\w.]+\(\)) got an unexpected keyword argument '(\w+)'", error.message)
    return (
        f"{found[1]} does not take {found[2]!r} in the installed version: renamed or removed" if found else ""
    )


def _unknown_task(error: PartError, ran: Ran) -> str:
    found = re.search(r"Unknown task ([\w-]+)", error.message)
    return f"there is no pipeline {found[1]!r} in {_version('transformers', ran)}" if found else ""


def _unknown_name(error: PartError, _: Ran) -> str:
    found = re.search(r"name '(\w+)' is not defined", error.message)
    return f"{found[1]!r} is used and nothing in the snippet defines or imports it" if found else ""


def _refused_host(error: PartError, ran: Ran) -> str:
    refused = ran.contacts.refused_hosts
    mentioned = any(host in error.message for host in refused)
    network = re.search(
        r"Connection|Proxy|Tunnel|HTTPError|URLError|Max retries|403", f"{error.type} {error.message}"
    )
    if refused and (mentioned or network):
        return f"it asked for {', '.join(refused)}, which the gateway refuses"
    return ""


def _hub(error: PartError, _: Ran) -> str:
    text = f"{error.type} {' '.join(error.chain)} {error.message}"
    if "GatedRepo" in text or "gated repo" in text:
        return "the repo is gated: this run's token has no access to it"
    found = re.search(
        r"([\w.-]+/[\w.-]+|[\w.-]+) is not a local folder and is not a valid model identifier", text
    )
    if found:
        return f"there is no repo {found[1]!r} on the Hub"
    if "RepositoryNotFound" in text:
        return f"a repo that it loads does not exist: {_first_line(error.message)}"
    if "EntryNotFound" in text or "does not appear to have a file named" in text:
        return f"a file that it loads is not in the repo: {_first_line(error.message)}"
    return ""


_BY_TYPE = {
    "SyntaxError": "not valid Python",
    "IndentationError": "not valid Python",
    "TabError": "not valid Python",
    "EOFError": "waits for input at the keyboard",
    "FileNotFoundError": "a file that the card does not provide",
    "MemoryError": "out of memory",
    "SystemExit": "ends the process itself",
}


def _by_type(error: PartError, _: Ran) -> str:
    what = _BY_TYPE.get(error.type)
    return f"{what} ({error.type}: {_first_line(error.message)})" if what else ""


_EXPLANATIONS: tuple[Callable[[PartError, Ran], str], ...] = (
    _refused_host,
    _missing_module,
    _removed_name,
    _unknown_argument,
    _unknown_task,
    _unknown_name,
    _hub,
    _by_type,
)


def _first_line(message: str) -> str:
    lines = message.strip().splitlines()
    return lines[0][:300] if lines else "no message"


def _version(library: str, ran: Ran) -> str:
    known = [ran.versions[name] for name in packages.providers(library, ran.versions)]
    return f"{library} {known[0]}" if known else library
