"""The catalogue of profiles, refreshed from the Hub's own list of hardware where that can be asked.

Source: ``GET /api/jobs/hardware``, as ``HfApi.list_jobs_hardware`` reads it. What it says is kept for a day.
"""

import json
import re
import threading
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from snippet_images import paths
from snippet_sandbox.profile import GB, PROFILES, Profile

KEPT_S = 24 * 3600.0
ANSWER_S = 3.0


def catalogue(*, ask: bool, endpoint: str | None = None) -> Mapping[str, Profile]:
    """The built-in table, with what the Hub says today on top.

    Args:
        ask: whether the Hub may be asked now; what it said within a day counts in any case.
        endpoint: the Hub's address; the user's own by default.
    """
    said = _remembered()
    if said is None and ask:
        said = _ask(endpoint)
        if said:
            _remember(said)
    return {**PROFILES, **{profile.name: profile for profile in read_flavors(said or [])}}


def read_flavors(flavors: Iterable[Mapping[str, Any]]) -> list[Profile]:
    """Profiles from the Hub's answer; a flavor that can't be understood is left out.

    Args:
        flavors: each with ``name``, ``cpu`` ("2 vCPU"), ``ram`` ("16 GB") and ``accelerator``: None, or
            ``type``, ``quantity`` and ``vram`` ("48 GB", of all together).
    """
    profiles = []
    for flavor in flavors:
        with suppress(KeyError, TypeError, ValueError, AttributeError):
            profiles.append(_read_flavor(flavor))
    return profiles


def _read_flavor(flavor: Mapping[str, Any]) -> Profile:
    plain = Profile(
        name=str(flavor["name"]), cpus=_number(flavor["cpu"]), memory_bytes=_number(flavor["ram"]) * GB
    )
    accelerator = flavor.get("accelerator")
    if not accelerator:
        return plain
    if accelerator.get("type", "gpu") != "gpu":
        raise ValueError("not a GPU")  # a TPU or the like: no snippet is planned for it
    gpus = _number(accelerator["quantity"])
    return replace(plain, gpus=gpus, gpu_memory_bytes=_number(accelerator["vram"]) * GB)


def _number(text: object) -> int:
    """The first number in a text such as ``16 GB``; terabytes are told in GB by the Hub."""
    found = re.search(r"\d+", str(text))
    if not found:
        raise ValueError(f"no number in {text!r}")
    return int(found[0])


def _ask(endpoint: str | None) -> list[dict[str, Any]] | None:
    """The Hub's answer, or None where there is none in time."""
    answer: list[list[dict[str, Any]]] = []

    def call() -> None:
        from huggingface_hub import HfApi

        with suppress(Exception):  # refreshing is a courtesy: the built-in table serves without it
            flavors = HfApi(endpoint=endpoint).list_jobs_hardware()
            answer.append([_plain(flavor) for flavor in flavors])

    thread = threading.Thread(target=call, daemon=True)  # the client's own call has no time limit
    thread.start()
    thread.join(ANSWER_S)
    return answer[0] if answer else None


def _plain(flavor: Any) -> dict[str, Any]:
    accelerator = flavor.accelerator
    return {
        "name": flavor.name,
        "cpu": flavor.cpu,
        "ram": flavor.ram,
        "accelerator": accelerator
        and {"type": accelerator.type, "quantity": accelerator.quantity, "vram": accelerator.vram},
    }


def _file() -> Path:
    return paths.cache_dir() / "flavors.json"


def _remembered() -> list[dict[str, Any]] | None:
    try:
        if time.time() - _file().stat().st_mtime > KEPT_S:
            return None
        said = json.loads(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return said if isinstance(said, list) else None


def _remember(said: list[dict[str, Any]]) -> None:
    with suppress(OSError):
        _file().parent.mkdir(parents=True, exist_ok=True)
        partial = _file().with_suffix(".partial")
        partial.write_text(json.dumps(said), encoding="utf-8")
        partial.rename(_file())
