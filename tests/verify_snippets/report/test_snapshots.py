"""What every format says of one report that has everything; ``python -m`` this module writes it anew."""

from pathlib import Path

import pytest

from tests.verify_snippets.report.rich_sample import rich
from verify_snippets.report import FORMATS

FOLDER = Path(__file__).with_name("snapshots")
ELSEWHERE = {"json": "its schema is published", "html": "it is looked at in a browser"}
HERE = [name for name in FORMATS if name not in ELSEWHERE]


def _path(name: str) -> Path:
    return FOLDER / f"{name}.{FORMATS[name].ending}"


@pytest.mark.parametrize("name", HERE)
def test_the_report_is_as_in_the_snapshot(name: str) -> None:
    written = FORMATS[name].render(rich())
    assert written == _path(name).read_bytes().decode(), (
        f"{name} has changed: read the difference, and if it is meant run `python -m {__name__}`"
    )


if __name__ == "__main__":
    for each in HERE:
        _path(each).write_bytes(FORMATS[each].render(rich()).encode())
