"""Debian's Chromium, without a window, for the tests of pages and for the benchmark that opens them."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from selenium import webdriver

_FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")


def is_here() -> bool:
    """Whether there are a Chromium and its driver."""
    return all(map(shutil.which, ("chromium", "chromedriver")))


@contextmanager
def started(*, logs: bool = False) -> Iterator[webdriver.Chrome]:
    """A browser that leaves nothing behind; its own temporary folders outlive it.

    Args:
        logs: keep what pages complain of and ask for; this slows them.
    """
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or "chromium"
    for flag in _FLAGS:
        options.add_argument(flag)
    if logs:
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    with tempfile.TemporaryDirectory(prefix="chromium-") as folder:
        service = webdriver.ChromeService(shutil.which("chromedriver"), env={**os.environ, "TMPDIR": folder})
        driver = webdriver.Chrome(options=options, service=service)
        try:
            yield driver
        finally:
            driver.quit()
