"""The dashboard as its readers meet it: 2,000 models, by keyboard, on a phone, in the dark, on paper."""

import functools
import re
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select

from tests.browser.conftest import Browser
from tests.browser.test_page import CONTRAST
from tests.verify_snippets.site.attacks import embitter
from tests.verify_snippets.site.fill import fill
from verify_snippets.site.build import build
from verify_snippets.store import open_store

MODELS = 2_000


@pytest.fixture(scope="session")
def site(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dashboard within the browser's own folder, so that only what leads out of it counts as a request."""
    folder = tmp_path_factory.mktemp("store")
    with open_store(f"sqlite:///{folder / 'night.db'}") as store:
        fill(store, models=MODELS, nights=15, with_runs=3)
        build(store, browser.folder / "site", hub="https://huggingface.co")
    return browser.folder / "site"


def a_page(site: Path, folder: str) -> str:
    """The page of that folder with most to show."""
    found = max((site / folder).rglob("*.html"), key=lambda path: path.stat().st_size)
    return str(found.relative_to(site))


def names(browser: Browser) -> list[str]:
    """The models in the table's rows as they stand."""
    found = browser.run("return [...document.querySelectorAll('.models tbody th')].map(th => th.textContent)")
    return list(found)


def column(browser: Browser, label: str) -> list[str]:
    """What stands in a column."""
    script = f"return [...document.querySelectorAll('td[data-label=\"{label}\"]')].map(td => td.textContent)"
    return list(browser.run(script))


def announced(browser: Browser) -> str:
    """What a screen reader was told last; it comes a moment after the last letter."""
    wait = (
        "const done = arguments[0]; setTimeout(() => done(document.getElementById('found').textContent), 250)"
    )
    return str(browser.driver.execute_async_script(wait))


def test_all_models_are_there_and_nobody_is_asked_for_anything(browser: Browser, site: Path) -> None:
    browser.visit(site / "index.html")
    assert announced(browser) == "2,000 models, 100 on a page"
    assert len(names(browser)) == 100
    for page in (a_page(site, "models"), a_page(site, "causes"), a_page(site, "reports")):
        browser.visit(site / page, keep_logs=True)
    assert not browser.console()
    assert not browser.requests()


def test_it_works_from_a_web_host_as_well(browser: Browser, site: Path) -> None:
    handler = functools.partial(_Quiet, directory=str(site))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as host:
        threading.Thread(target=host.serve_forever, daemon=True).start()
        browser.visit(f"http://127.0.0.1:{host.server_port}/index.html")
        assert announced(browser) == "2,000 models, 100 on a page"
        assert browser.run("return document.styleSheets[0].cssRules.length") > 100
        assert not browser.console()
        host.shutdown()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        pass


def test_words_find_models_and_causes(browser: Browser, site: Path) -> None:
    browser.visit(site / "index.html")
    box = browser.driver.find_element(By.NAME, "q")
    box.send_keys("BERT einops")
    assert all("bert" in name for name in names(browser))
    assert all("einops" in cause for cause in column(browser, "Cause"))
    assert announced(browser) == f"{len(names(browser))} of 2,000 models"
    box.send_keys(Keys.ESCAPE)
    assert announced(browser).startswith("2,000 models")


def test_what_is_shown_is_said_by_the_address(browser: Browser, site: Path) -> None:
    browser.visit(site / "index.html")
    Select(browser.driver.find_element(By.NAME, "state")).select_by_value("failing")
    Select(browser.driver.find_element(By.NAME, "library")).select_by_value("timm")
    browser.driver.find_element(By.CSS_SELECTOR, "th[data-key=name] button").click()
    shown = names(browser)
    assert set(column(browser, "State")) == {"✗ failing"}
    assert set(column(browser, "Library")) == {"timm"}
    fragment = browser.run("return location.hash")
    assert fragment == "#state=failing&library=timm&sort=name"
    browser.visit(site / "index.html", fragment=fragment)
    assert names(browser) == shown
    assert browser.driver.find_element(By.NAME, "library").get_attribute("value") == "timm"
    browser.run("location.hash = '#q=nobody-has-this-name'")
    assert announced(browser) == "0 of 2,000 models"
    browser.driver.find_element(By.CSS_SELECTOR, "button[type=reset]").click()
    assert announced(browser).startswith("2,000 models")


@pytest.mark.parametrize("address", ["#sort=constructor", "#page=-3", "#page=9999", "#state=%00", "#q=%"])
def test_an_address_that_makes_no_sense_does_no_harm(browser: Browser, site: Path, address: str) -> None:
    browser.visit(site / "index.html", fragment=address)
    assert "2,000 models" in announced(browser)
    assert not browser.console()


def test_columns_are_sorted_by_keyboard_and_say_so(browser: Browser, site: Path) -> None:
    browser.visit(site / "index.html")
    head = browser.driver.find_element(By.CSS_SELECTOR, "th[data-key=downloads]")
    button = head.find_element(By.TAG_NAME, "button")
    button.send_keys(Keys.ENTER)
    downloads = [int(text.replace(",", "")) for text in column(browser, "Downloads")]
    assert downloads == sorted(downloads, reverse=True)
    assert head.get_attribute("aria-sort") == "descending"
    button.send_keys(Keys.SPACE)
    assert head.get_attribute("aria-sort") == "ascending"
    assert browser.run("return document.querySelectorAll('[aria-sort]').length") == 1


def test_what_has_no_value_comes_last_either_way(browser: Browser, site: Path) -> None:
    for direction in ("time", "-time"):
        browser.visit(site / "index.html", fragment=f"#sort={direction}")
        assert column(browser, "Time")[0]
        browser.visit(site / "index.html", fragment=f"#sort={direction}&page=20")
        assert not column(browser, "Time")[-1]


def test_the_table_is_walked_by_keyboard_from_page_to_page(browser: Browser, site: Path) -> None:
    browser.visit(site / "index.html")
    first = names(browser)
    focused = "return document.activeElement.textContent || document.activeElement.name"
    _press(browser, "/")
    assert browser.run(focused) == "q"
    _press(browser, Keys.ARROW_DOWN)
    assert browser.run(focused) == first[0]
    assert browser.run("return getComputedStyle(document.activeElement).outlineStyle") == "solid"
    _press(browser, Keys.ARROW_DOWN)
    assert browser.run(focused) == first[1]
    browser.run("[...document.querySelectorAll('.models tbody th a')].at(-1).focus()")
    _press(browser, Keys.ARROW_DOWN)
    assert browser.run(focused) == names(browser)[0]
    assert names(browser) != first
    _press(browser, Keys.ARROW_UP)
    assert browser.run(focused) == first[-1]
    _press(browser, Keys.ENTER)
    assert browser.driver.title.startswith(first[-1])


def test_its_own_keys_can_be_switched_off(browser: Browser, site: Path) -> None:
    """Who speaks to the computer types letters without knowing."""
    browser.visit(site / "index.html")
    browser.driver.find_element(By.NAME, "keys").click()
    _press(browser, "/")
    assert browser.run("return document.activeElement.name") == "keys"


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_nothing_has_to_be_scrolled_sideways(browser: Browser, site: Path, width: int) -> None:
    for page in ("index.html", a_page(site, "models"), a_page(site, "causes")):
        browser.visit(site / page, width=width)
        browser.unfold()
        assert browser.run("return document.documentElement.scrollWidth") <= width, page


@pytest.mark.parametrize("dark", [False, True])
def test_every_text_stands_out_from_its_ground(browser: Browser, site: Path, dark: bool) -> None:
    for page in ("index.html", a_page(site, "models"), a_page(site, "causes")):
        browser.visit(site / page, dark=dark)
        browser.unfold()
        measured = browser.run(CONTRAST)
        assert measured["count"] > 30
        assert measured["found"] == [], page


def test_without_javascript_the_worst_are_there_and_the_way_to_others(browser: Browser, site: Path) -> None:
    browser.visit(site / "index.html", javascript=False)
    rows = browser.driver.find_elements(By.CSS_SELECTOR, ".models tbody tr")
    assert len(rows) == 50
    assert all("failing" in row.text for row in rows)
    assert not browser.driver.find_element(By.CSS_SELECTOR, ".filters").is_displayed()
    assert "The first 50 of 2,000 models" in browser.driver.find_element(By.ID, "found").text
    browser.driver.find_element(By.CSS_SELECTOR, "#found a").click()
    assert len(browser.driver.find_elements(By.CSS_SELECTOR, ".plain li")) == MODELS
    browser.driver.back()
    browser.driver.find_element(By.CSS_SELECTOR, ".causes a").click()
    assert len(browser.driver.find_elements(By.CSS_SELECTOR, ".members tbody tr")) > 50


def test_the_script_draws_rows_as_the_page_has_them(browser: Browser, site: Path) -> None:
    drawn = []
    for javascript in (False, True):
        browser.visit(site / "index.html", javascript=javascript)
        rows = browser.driver.find_elements(By.CSS_SELECTOR, ".models tbody tr")[:20]
        texts = [row.get_attribute("innerHTML") or "" for row in rows]
        drawn.append([re.sub(r"\s+|<time.*?</time>|</?code>", "", text) for text in texts])
    assert drawn[0] == drawn[1]


def test_what_a_screen_reader_needs_is_there(browser: Browser, site: Path) -> None:
    for page in ("index.html", a_page(site, "models"), a_page(site, "causes")):
        browser.visit(site / page)
        browser.unfold()
        lacking = browser.run("""
            const all = (selector) => [...document.querySelectorAll(selector)];
            const named = (element) => (element.getAttribute('aria-label') || element.textContent).trim();
            return {
              names: all('a[href], button, summary, nav').filter(e => !named(e)).length,
              fields: all('input, select').filter(e => !e.labels.length).length,
              headers: all('th:not([scope])').length,
              captions: all('table').filter(t => !t.caption).length,
              references: all('[aria-labelledby]').filter(e => e.getAttribute('aria-labelledby').split(' ')
                .some(id => !document.getElementById(id))).length,
              links: all('a[href^="#"]').filter(a => !a.hash.includes('='))
                .filter(a => !document.getElementById(a.hash.slice(1))).length,
              drawings: all('svg:not([aria-hidden])').filter(s => s.getAttribute('role') !== 'img').length,
            };""")
        assert not {what: count for what, count in lacking.items() if count}, page
        for landmark in ("main", "header.top", "footer", "h1"):
            assert browser.run(f"return document.querySelectorAll('{landmark}').length") == 1


@pytest.mark.parametrize(("javascript", "width"), [(True, 1280), (True, 390), (False, 390)])
def test_nothing_hostile_happens(browser: Browser, tmp_path: Path, javascript: bool, width: int) -> None:
    site = browser.folder / f"hostile-{javascript}-{width}"
    with open_store(f"sqlite:///{tmp_path / 'night.db'}") as store:
        fill(store, models=40, nights=2, with_runs=1)
        embitter(store)
        build(store, site, hub="https://huggingface.co")
    browser.visit(site / "index.html", javascript=javascript, width=width)
    assert "<script>" in browser.driver.find_element(By.CSS_SELECTOR, ".models tbody").text
    assert browser.run("return document.images.length") == 0
    for page in ("index.html", a_page(site, "models"), a_page(site, "causes"), "models.html"):
        browser.visit(site / page, javascript=javascript, width=width, keep_logs=True)
        browser.unfold()
        assert browser.run("return document.documentElement.scrollWidth") <= width, page
        assert browser.run("return document.scripts.length") <= 2
    assert not browser.console()  # had anything been tried, the policy's refusal would stand here
    assert not browser.requests()


def test_paper_shows_every_row_that_was_found(browser: Browser, site: Path) -> None:
    browser.visit(site / "index.html", fragment="#library=timm")
    found = int(announced(browser).split()[0])
    assert found > 100
    browser.run("dispatchEvent(new Event('beforeprint'))")
    assert len(names(browser)) == found
    browser.run("dispatchEvent(new Event('afterprint'))")
    assert len(names(browser)) == 100


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, False), (1280, True)])
def test_it_can_be_looked_at(browser: Browser, site: Path, width: int, dark: bool) -> None:
    for page in ("index.html", a_page(site, "models"), a_page(site, "causes"))[: 1 if dark else 3]:
        browser.visit(site / page, width=width, dark=dark)
        shown = page.partition("/")[0].removesuffix(".html")
        name = f"site-{shown}-{width}{'-dark' if dark else ''}"
        assert browser.picture(name).stat().st_size > 20_000


def _press(browser: Browser, key: str) -> None:
    browser.driver.switch_to.active_element.send_keys(key)
