"""The dashboard of real nights: what they found is on it, and one that finds nothing leaves it as it is."""

import re
from pathlib import Path

import pytest

from tests.nights.conftest import MakeWorld
from tests.tools import make_thousand
from tests.verify_snippets.report.html_reader import Reader
from verify_snippets.site.folder import MANIFEST

pytestmark = pytest.mark.image


def test_a_night_brings_the_dashboard_up_to_date(make_world: MakeWorld, tmp_path: Path) -> None:
    world, out = make_world(), tmp_path / "site"
    models = make_thousand.fill(
        world.hub, "acme", plain=2, in_two_parts=0, installing=0, summarizing=0, failing=2, flaky=0, gated=1,
        without_card=1,
    )  # fmt: skip
    first = world.night("acme", "--site", out)
    assert first.exit_code == 1, first.stderr
    index = Reader((out / "index.html").read_text()).text
    assert "50 % of 4 cards pass" in re.sub(r"\s+", " ", index)
    for name in models.failing:
        page = (out / f"models/{name}.html").read_text()
        assert "failing" in Reader(page).text
        assert f'href="../../reports/{name}.html"' in page
        assert "failed" in Reader((out / f"reports/{name}.html").read_text()).text
    stamps = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()}
    second = world.night("acme", "--site", out)
    assert second.containers == 0
    changed = {str(p.relative_to(out)) for p, stamp in stamps.items() if p.stat().st_mtime_ns != stamp}
    assert changed <= {"index.html", MANIFEST}  # the night's number and its times
