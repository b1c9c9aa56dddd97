"""The Hub's own generator of code, run in an embedded JavaScript engine.

``generator.js`` is the npm package ``@huggingface/tasks``, bundled by ``tests/tools/bundle_hub_code.py`` and
not edited; ``generator.json`` says which version it is. The script has no access to files, network or time
beyond the engine's own language, and its time and memory are bounded.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from snippet_images.errors import InfrastructureError
from verify_snippets.hub_code.model import HubCode, LibraryCode

LIBRARIES_AT_MOST = 4
SAMPLES_AT_MOST = 8  # of a library; the Hub's longest list has three
SAMPLE_LIMIT_CHARACTERS = 50_000
_TIME_LIMIT_S = 5  # of CPU time
_MEMORY_LIMIT_BYTES = 128 * 1024**2
_STACK_LIMIT_BYTES = 512 * 1024  # well within that of a thread
_GGUF_FILE = "{{GGUF_FILE}}"


@cache
def version() -> str:
    """Name and version of the generator, such as ``@huggingface/tasks 0.21.54``."""
    told = json.loads(_data("generator.json"))
    return f"{told['package']} {told['version']}"


def generate(model: Mapping[str, Any]) -> HubCode:
    """The samples for a model.

    Args:
        model: as ``GET /api/models/{repo}`` tells it, or ``model_data.from_files`` makes it.

    Raises:
        InfrastructureError: the generator fails, or takes too much time or memory.
    """
    libraries = [
        LibraryCode(
            library=each["library"], samples=tuple(_filled(sample, model) for sample in each["samples"])
        )
        for each in _run(json.dumps({"tags": [], **model}))[:LIBRARIES_AT_MOST]
        if each["samples"]
    ]
    return HubCode(libraries=tuple(libraries), made_by=version())


def _run(model: str) -> list[dict[str, Any]]:
    import quickjs  # type: ignore[import-untyped]  # here: of no use to most commands

    context = quickjs.Context()  # a thread's own: a new one each time
    context.set_memory_limit(_MEMORY_LIMIT_BYTES)
    context.set_max_stack_size(_STACK_LIMIT_BYTES)
    context.set_time_limit(_TIME_LIMIT_S)
    try:
        context.eval(_data("generator.js"))
        told: list[dict[str, Any]] = json.loads(context.get("hubCode")(model))
    except (quickjs.JSException, quickjs.StackOverflow) as error:
        raise InfrastructureError(
            f"the Hub's generator of code ({version()}) can't make anything of this model: {error}",
            hint="leave it out with --no-hub-code",
        ) from error
    return [
        {
            "library": each["library"],
            "samples": [
                sample
                for sample in each["samples"][:SAMPLES_AT_MOST]
                if len(sample) <= SAMPLE_LIMIT_CHARACTERS
            ],
        }
        for each in told
    ]


def _filled(sample: str, model: Mapping[str, Any]) -> str:
    """A sample in which a file is named that the Hub's page lets the reader choose: the first there is."""
    paths = sorted(str(file.get("rfilename", "")) for file in model.get("siblings") or ())
    weights = [path for path in paths if path.endswith(".gguf")]
    return sample.replace(_GGUF_FILE, weights[0]) if weights else sample


@cache
def _data(name: str) -> str:
    return files("verify_snippets.hub_code").joinpath(name).read_text(encoding="utf-8")
