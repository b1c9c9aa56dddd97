"""What cells gave, taken in from an agent whose words come from code that nobody trusts."""

import base64
import json
from typing import Any

import pytest

from snippet_sandbox.cells import NOTEBOOK_BYTES, Cells
from snippet_sandbox.job import PICTURE_BYTES, PICTURES

PNG = b"\x89PNG\r\n\x1a\n" + bytes(16)


def heard(*outputs: object) -> Cells:
    """After these outputs of one cell."""
    cells = Cells()
    for output in outputs:
        cells.hear({"output_of": "c", "gave": output})
    return cells


def data(**forms: Any) -> dict[str, Any]:
    """Something that a cell showed."""
    named = {name.replace("_", "/", 1): form for name, form in forms.items()}
    return {"output_type": "display_data", "data": named, "metadata": {"left": "out"}}


def test_outputs_keep_the_shape_of_the_format() -> None:
    """And nothing beside."""
    stream = {"output_type": "stream", "name": "stdout", "text": "hello", "more": 1}
    error = {"output_type": "error", "ename": "E", "evalue": "e", "traceback": ["a", 2]}
    result = {"output_type": "execute_result", "execution_count": 3, "data": {"text/plain": "3"}}
    assert heard(stream, error, result).outputs["c"] == [
        {"output_type": "stream", "name": "stdout", "text": "hello"},
        {"output_type": "error", "ename": "E", "evalue": "e", "traceback": ["a", "2"]},
        {"output_type": "execute_result", "execution_count": 3, "data": {"text/plain": "3"}, "metadata": {}},
    ]


@pytest.mark.parametrize("told", [None, 3, [], {}, {"output_type": "update"}, {"output_type": ["stream"]}])
def test_what_is_no_output_is_dropped(told: object) -> None:
    """Whatever sent it."""
    assert not heard(told).outputs


def test_what_is_no_json_is_dropped() -> None:
    """Python's reader takes NaN; other programs' don't."""
    (output,) = heard(data(application_json={"x": float("nan")}, text_plain="x")).outputs["c"]
    assert output["data"] == {"text/plain": "x"}
    assert json.loads(json.dumps(output, allow_nan=False)) == output


def test_a_notebook_has_a_limit() -> None:
    """What is beyond it is left out, and that is said once."""
    big = {"output_type": "stream", "name": "stdout", "text": "x" * (NOTEBOOK_BYTES // 2)}
    outputs = heard(big, big, big, big).outputs["c"]
    assert len(outputs) == 2
    assert "left out" in outputs[-1]["text"]


def test_pictures_are_what_their_bytes_say() -> None:
    """Not what a cell calls them; and no more, and no bigger, than those of files."""
    good = base64.encodebytes(PNG).decode()
    big = base64.b64encode(PNG + bytes(PICTURE_BYTES)).decode()
    cells = heard(data(image_png=good), data(image_png="no picture"), data(image_png=big), data(image_png=3))
    assert [(picture.name, picture.data) for picture in cells.pictures("c")] == [("c-1.png", PNG)]
    assert len(heard(*[data(image_png=good)] * 20).pictures("c")) == PICTURES
