"""A headless Chromium, and what it says of a page."""

import base64
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver

from tests import chromium

SCREENSHOTS = os.environ.get("VERIFY_SNIPPETS_SCREENSHOTS")
"""A folder for the pictures that tests take; they are thrown away where it is not named."""


@dataclass(frozen=True, kw_only=True)
class Browser:
    """A browser; one page after the other is opened in it."""

    driver: webdriver.Chrome
    folder: Path

    def open(self, html: str, *, width: int = 1280, dark: bool = False, javascript: bool = True) -> None:
        """Open a page from a file, as a reader does who was sent one."""
        page = self.folder / "report.html"
        page.write_text(html, encoding="utf-8")
        self.visit(page, width=width, dark=dark, javascript=javascript)

    def visit(
        self,
        place: Path | str,
        *,
        fragment: str = "",
        width: int = 1280,
        dark: bool = False,
        javascript: bool = True,
        keep_logs: bool = False,
    ) -> None:
        """Open a file, or an address; what was complained of and asked for before is forgotten."""
        self.driver.get("about:blank")
        if not keep_logs:
            self.console()
            self.requests()
        phone = width < 600
        self.command(
            "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=phone
        )
        self.command("Emulation.setScriptExecutionDisabled", value=not javascript)
        self.media("screen", dark=dark)
        self.driver.get((place if isinstance(place, str) else place.as_uri()) + fragment)

    def media(self, media: str, *, dark: bool = False) -> None:
        """Have the page drawn for a screen or for paper."""
        features = {"prefers-color-scheme": "dark" if dark else "light", "prefers-reduced-motion": "reduce"}
        told = [{"name": name, "value": value} for name, value in features.items()]
        self.command("Emulation.setEmulatedMedia", media=media, features=told)

    def command(self, name: str, **arguments: Any) -> Any:
        """One command of Chromium's own protocol."""
        return self.driver.execute_cdp_cmd(name, arguments)

    def run(self, script: str) -> Any:
        """What a script returns."""
        return self.driver.execute_script(script)

    def unfold(self) -> None:
        """Open every fold."""
        self.run("document.querySelectorAll('details').forEach(fold => { fold.open = true; })")

    def console(self) -> list[str]:
        """What was complained of since it was asked last: errors of scripts, and breaches of the policy."""
        return [entry["message"] for entry in self._log("browser")]

    def requests(self) -> list[str]:
        """The addresses asked for since it was asked last, the page's own and those within it aside."""
        events = [json.loads(entry["message"])["message"] for entry in self._log("performance")]
        asked = [e["params"] for e in events if e["method"] == "Network.requestWillBeSent"]
        own = (self.folder.as_uri(), "data:", "about:")
        return [event["request"]["url"] for event in asked if not event["request"]["url"].startswith(own)]

    def _log(self, name: str) -> list[dict[str, Any]]:
        return list(self.driver.get_log(name))  # type: ignore[no-untyped-call]

    def picture(self, name: str) -> Path:
        """The whole page as a PNG."""
        height = self.run("return document.documentElement.scrollHeight")
        width = self.run("return innerWidth")
        clip = {"x": 0, "y": 0, "width": width, "height": min(height, 8000), "scale": 1}
        taken = self.command("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)
        path = Path(SCREENSHOTS or self.folder, f"{name}.png")
        path.write_bytes(base64.b64decode(taken["data"]))
        return path


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One for all tests, as long as they run."""
    if not chromium.is_here():
        pytest.skip("no chromium with its driver is here")
    with chromium.started(logs=True) as driver:
        yield Browser(driver=driver, folder=tmp_path_factory.mktemp("page"))
