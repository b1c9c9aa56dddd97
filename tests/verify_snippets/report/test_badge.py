"""Badges say the whole report in a few words and a colour."""

import json
import re
import xml.etree.ElementTree as ET

import pytest

from tests.verify_snippets.report import samples
from tests.verify_snippets.report.rich_sample import rich
from verify_snippets.report import badge
from verify_snippets.report.model import Report
from verify_snippets.verdict import Verdict


def of(*verdicts: Verdict, complete: bool = True) -> Report:
    runs = (samples.simple_run(verdict) for verdict in verdicts)
    snippets = (samples.snippet_report(line, run) for line, run in enumerate(runs, 1))
    return samples.report(*snippets, complete=complete)


CLAIM_WRONG = of(Verdict.PASSED).model_copy(update={"claims": rich().claims})


@pytest.mark.parametrize(
    ("report", "message", "color"),
    [
        (of(Verdict.PASSED, Verdict.PASSED, Verdict.SKIPPED), "2/2 verified", "brightgreen"),
        (of(Verdict.PASSED, Verdict.FAILED, Verdict.BLOCKED), "1/3 verified", "red"),
        (of(Verdict.PASSED, Verdict.BROKEN), "1/2 verified", "lightgrey"),
        (of(Verdict.FAILED, Verdict.BROKEN), "0/2 verified", "red"),
        (of(Verdict.PASSED, complete=False), "interrupted", "lightgrey"),
        (of(Verdict.SKIPPED), "nothing to run", "lightgrey"),
        (CLAIM_WRONG, "1/1 verified, 1 claim contradicted", "orange"),
    ],
)
def test_message_and_color(report: Report, message: str, color: str) -> None:
    told = json.loads(badge.render(report))
    assert (told["schemaVersion"], told["label"], told["message"], told["color"]) == (
        1,
        "snippets",
        message,
        color,
    )
    assert message in badge.render_svg(report)


def test_the_picture_has_a_title_and_room_for_its_text() -> None:
    svg = ET.fromstring(badge.render_svg(rich()))  # noqa: S314  we wrote it ourselves
    name = {"s": "http://www.w3.org/2000/svg"}
    assert (
        svg.findtext("s:title", namespaces=name) == "acme/tiny: snippets 1/6 verified, 1 claim contradicted"
    )
    left, right = svg.findall(".//s:text", name)
    assert int(left.attrib["x"]) + int(left.attrib["textLength"]) < int(right.attrib["x"])
    assert int(right.attrib["x"]) + int(right.attrib["textLength"]) < int(svg.attrib["width"])


def luminance(color: str) -> float:
    """Relative, as https://www.w3.org/TR/WCAG22/#dfn-relative-luminance has it."""
    parts = [int(color[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("report", [of(Verdict.PASSED), of(Verdict.FAILED), of(Verdict.SKIPPED), CLAIM_WRONG])
def test_white_text_can_be_read(report: Report) -> None:
    colors = re.findall(r'<rect [^>]*fill="(#[0-9a-f]{6})"', badge.render_svg(report))
    assert len(colors) == 2
    assert all(1.05 / (luminance(color) + 0.05) >= 4.5 for color in colors)
