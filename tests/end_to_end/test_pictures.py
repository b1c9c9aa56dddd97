"""What snippets draw with real libraries gets into the report, and what drawing takes does not."""

import base64
from pathlib import Path
from typing import Any

import pytest

from snippet_sandbox.job import TIMELINE_POINTS
from tests.end_to_end.conftest import Verify, open_or_skip

pytestmark = pytest.mark.image

MB = 10**6
CARD = """---
library_name: pillow
---
```python
import matplotlib.pyplot as plt

plt.figure(figsize=(20, 20))
plt.plot([1, 4, 9])
plt.show()
```

```python
import matplotlib.pyplot as plt

plt.figure(figsize=(20, 20))
plt.plot([1, 4, 9])
plt.close("all")
```

```python
import matplotlib.pyplot as plt
from PIL import Image

plt.figure(figsize=(2, 1))
plt.plot([1, 4, 9])
plt.savefig("plot.png")
image = Image.new("RGB", (64, 48), "red")
image.save("saved.jpg")
image.show()
```
"""


def test_figures_and_pictures(tmp_path: Path, verify: Verify) -> None:
    """One that was shown, ones that were saved, none twice; none of it is memory of the snippet's.

    On the engine that is quickest to start: what engines have to do with it, each of them promises.
    """
    open_or_skip("bubblewrap").close()
    card = tmp_path / "README.md"
    card.write_text(CARD)
    done = verify(card, "--engine", "bubblewrap", "--fresh")
    assert done.verdicts() == ["passed"] * 3, done.stdout
    shown, closed, saved = (done.run_of(snippet["id"]) for snippet in done.report["snippets"])

    assert [picture["name"] for picture in shown["pictures"]] == ["figure-1.png"]
    assert _png_size(shown["pictures"][0]) == (2000, 2000)
    assert closed["pictures"] == []
    assert abs(_peak(shown) - _peak(closed)) < 5 * MB
    assert shown["stdout"] == ""
    assert "Warning" not in shown["stderr"]

    names = [picture["name"] for picture in saved["pictures"]]
    assert names[:2] == ["plot.png", "saved.jpg"]
    assert len(names) == 3, names
    assert _png_size(saved["pictures"][0]) == (200, 100)
    assert _png_size(saved["pictures"][2]) == (64, 48)

    for run in (shown, closed, saved):
        course = run["memory"]["timeline"]
        assert 10 < len(course) <= TIMELINE_POINTS
        assert course[0] == [0.0, 0]
        assert max(held for _, held in course) == _peak(run)


def _peak(run: dict[str, Any]) -> int:
    return int(run["memory"]["anonymous_bytes"])


def _png_size(picture: dict[str, Any]) -> tuple[int, int]:
    """Width and height, as the header says: https://www.w3.org/TR/png-3/#11IHDR."""
    data = base64.b64decode(picture["base64"])
    return int.from_bytes(data[16:20]), int.from_bytes(data[20:24])
