"""How fast the dashboard is made, and how fast it opens: ``python -m tests.bench site``.

A store is filled as nights fill it; every model has its history and the report of its last run. The site is
made from nothing, again with nothing changed, and again after a night in which one model of a hundred ran.
Then the first page is opened in headless Chromium, and filtered and sorted there. Other work on the machine
makes all of it slower, so the load is printed, and of making also the processor time of all processes.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from selenium import webdriver

from tests import chromium
from tests.bench.table import this_machine
from tests.verify_snippets.site.fill import fill
from verify_snippets.site.build import Built, build
from verify_snippets.store import Store, open_store

MODELS, NIGHTS = 2_000, 30
OPENINGS = 9
_HUB = "https://huggingface.co"
_MEMORY = Path("/dev/shm")  # noqa: S108  commits of a store that is thrown away need no disk

_LOADED = "return performance.getEntriesByType('navigation')[0].loadEventEnd"
_DRAWN = """
const done = arguments[arguments.length - 1];
const began = performance.now();
(() => { %s })();
requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
"""
_STEPS = {
    "filter by a word": """
        const box = document.querySelector('[name=q]');
        box.value = 'bert';
        box.dispatchEvent(new Event('input', { bubbles: true }));""",
    "sort by downloads": "document.querySelector('[data-key=downloads] button').click();",
    "next page": "document.querySelector('.paging [data-step=\"1\"]').click();",
}


@dataclass(frozen=True, kw_only=True)
class _Made:
    what: str
    built: Built
    wall_s: float
    cpu_s: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what was measured."""
    parser = argparse.ArgumentParser(prog="tests.bench site", description=__doc__)
    parser.add_argument("--models", type=int, default=MODELS)
    parser.add_argument("--with-runs", type=int, help="models with runs and a report; default: all")
    parser.add_argument("--nights", type=int, default=NIGHTS)
    options = parser.parse_args(arguments)
    sys.stdout.write(f"{this_machine({})}\n\n")
    folder = Path(tempfile.mkdtemp(dir=_MEMORY if _MEMORY.is_dir() else None))
    try:
        with open_store(f"sqlite:///{folder / 'night.db'}") as store:
            with_runs = options.models if options.with_runs is None else options.with_runs
            fill(store, models=options.models, nights=options.nights, with_runs=with_runs)
            _make(store, folder / "out")
        _open(folder / "out")
    finally:
        shutil.rmtree(folder)
    return 0


def _make(store: Store, out: Path) -> None:
    _print_made(_timed("from nothing", store, out))
    _print_made(_timed("nothing changed", store, out))
    now = datetime.now(UTC)
    store.put_standings([replace(each, last_ran_at=now) for each in store.standings()[::100]])
    _print_made(_timed("1 % ran again", store, out))
    sizes = {name: (out / name).stat().st_size for name in ("index.html", "assets/data.js", "assets/site.js")}
    told = ", ".join(f"{name} {size / 1e3:.0f} kB" for name, size in sizes.items())
    whole = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    sys.stdout.write(f"\n{told}; the whole site {whole / 1e6:.0f} MB\n\n")


def _timed(what: str, store: Store, out: Path) -> _Made:
    began, used = time.perf_counter(), _processor_time()
    built = build(store, out, hub=_HUB)
    return _Made(what=what, built=built, wall_s=time.perf_counter() - began, cpu_s=_processor_time() - used)


def _processor_time() -> float:
    """Of this process and of those that it started and that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _print_made(made: _Made) -> None:
    built = made.built
    sys.stdout.write(
        f"{made.what:<18}{built.models:>6} models{built.written:>6} files written{made.wall_s:>8.2f} s"
        f"{made.cpu_s:>8.2f} s of processors   load {os.getloadavg()[0]:.1f}\n"
    )
    sys.stdout.flush()


def _open(out: Path) -> None:
    """Open the first page again and again, and use it."""
    with chromium.started() as driver:
        address = (out / "index.html").as_uri()
        _print_times("open (load event)", [_opened(driver, address) for _ in range(OPENINGS)])
        for what, step in _STEPS.items():
            script = _DRAWN % step
            _print_times(what, [_used(driver, address, script) for _ in range(OPENINGS)])


def _opened(driver: webdriver.Chrome, address: str) -> float:
    driver.get("about:blank")
    driver.get(address)
    return float(driver.execute_script(_LOADED))


def _used(driver: webdriver.Chrome, address: str, script: str) -> float:
    _opened(driver, address)
    return float(driver.execute_async_script(script))


def _print_times(what: str, milliseconds: Sequence[float]) -> None:
    sys.stdout.write(
        f"{what:<18}{median(milliseconds):>8.0f} ms median{max(milliseconds):>8.0f} ms at most of "
        f"{len(milliseconds)}   load {os.getloadavg()[0]:.1f}\n"
    )
    sys.stdout.flush()
