"""The profiles there are and what they cost, refreshed from the Hub's own list where that can be asked.

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
PRICES_USD_PER_HOUR: Mapping[str, float] = {
    "cpu-basic": 0.01,
    "cpu-upgrade": 0.03,
    "cpu-xl": 1.00,
    "cpu-performance": 1.90,
    "t4-small": 0.40,
    "t4-medium": 0.60,
    "l4x1": 0.80,
    "l4x4": 3.80,
    "l40sx1": 1.80,
    "l40sx4": 8.30,
    "l40sx8": 23.50,
    "a10g-small": 1.00,
    "a10g-large": 1.50,
    "a10g-largex2": 3.00,
    "a10g-largex4": 5.00,
    "a100-large": 2.50,
    "a100x4": 10.00,
    "a100x8": 20.00,
    "h200": 5.00,
    "h200x2": 10.00,
    "h200x4": 20.00,
    "h200x8": 40.00,
    "rtx-pro-6000": 2.75,
    "rtx-pro-6000x2": 5.50,
    "rtx-pro-6000x4": 11.00,
    "rtx-pro-6000x8": 22.00,
}
"""What an hour of a flavor costs, where the Hub doesn't say so itself.

Source: https://huggingface.co/docs/hub/jobs-pricing, read in November 2026.
"""
_HOURS = {"second": 3600.0, "minute": 60.0, "hour": 1.0}  # in one of them, so many of what is paid for


def catalogue(*, ask: bool, endpoint: str | None = None) -> Mapping[str, Profile]:
    """The built-in table, with what the Hub says today on top.

    Args:
        ask: whether the Hub may be asked now; what it said within a day counts in any case.
        endpoint: the Hub's address; the user's own by default.
    """
    said = _said(ask=ask, endpoint=endpoint)
    return {**PROFILES, **{profile.name: profile for profile in read_flavors(said)}}


def prices(*, ask: bool, endpoint: str | None = None) -> Mapping[str, float]:
    """Dollars for an hour of each flavor: the built-in table, with what the Hub says today on top.

    Args:
        ask: see ``catalogue``; they share one answer.
        endpoint: the Hub's address; the user's own by default.
    """
    return {**PRICES_USD_PER_HOUR, **read_prices(_said(ask=ask, endpoint=endpoint))}


def _said(*, ask: bool, endpoint: str | None) -> list[dict[str, Any]]:
    """What the Hub says of its flavors, or said within a day; nothing where it doesn't say."""
    said = _remembered()
    if said is None and ask:
        said = _ask(endpoint)
        if said:
            _remember(said)
    return said or []


def read_flavors(flavors: Iterable[Mapping[str, Any]]) -> list[Profile]:
    """Profiles from the Hub's answer; a flavor that can't be understood is left out.

    Args:
        flavors: each with ``name``, ``cpu`` ("2 vCPU"), ``ram`` ("16 GB") and ``accelerator``: None, or
            ``type``, ``model``, ``quantity`` and ``vram`` ("48 GB", of all together).
    """
    profiles = []
    for flavor in flavors:
        with suppress(KeyError, TypeError, ValueError, AttributeError):
            profiles.append(_read_flavor(flavor))
    return profiles


def read_prices(flavors: Iterable[Mapping[str, Any]]) -> dict[str, float]:
    """Dollars for an hour, by flavor, from the Hub's answer; a price that can't be understood is left out.

    Args:
        flavors: each with ``name``, ``unitCostUSD`` and the ``unitLabel`` that it is for: ``minute``.
    """
    found = {}
    for flavor in flavors:
        with suppress(KeyError, TypeError, ValueError, AttributeError):
            found[str(flavor["name"])] = float(flavor["unitCostUSD"]) * _HOURS[flavor["unitLabel"]]
    return found


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
    memory = _number(accelerator["vram"]) * GB
    return replace(plain, gpus=gpus, gpu_memory_bytes=memory, gpu_model=str(accelerator.get("model") or ""))


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
        from verify_snippets.hub_api import hardware  # the Hub's client takes long to import

        with suppress(Exception):  # refreshing is a courtesy: the built-in table serves without it
            answer.append(hardware(endpoint=endpoint, timeout_s=ANSWER_S))

    thread = threading.Thread(target=call, daemon=True)  # nothing else bounds a look-up of names
    thread.start()
    thread.join(ANSWER_S)
    return answer[0] if answer else None


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
