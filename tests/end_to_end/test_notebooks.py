"""A notebook of a repo on the Hub, and blocks with lines for a kernel: from the card to the report.

On the engine that is quickest to start: what engines have to do with kernels, each of them promises.
"""

import json
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Verify, open_or_skip
from tests.hub_server import HubServer
from tests.verify_snippets.notebook_samples import notebook

pytestmark = pytest.mark.image

REPO = "acme/demo"
CARD = """---
library_name: idna
---
[The notebook](demo.ipynb) shows more.

```python
!pip install idna
import idna
name = idna.encode("pythön.org").decode()
%timeit -n1 -r1 idna.decode(name)
name
```

```python
shown = name
!echo {shown}
```
"""
CELLS = {
    "import asyncio\nawait asyncio.sleep(0.01)\nx = 3": "passed",
    "!pip install idna\n# installed beforehand": "skipped",
    "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 4, 9])\nplt.show()": "passed",
    "from PIL import Image\nImage.new('RGB', (8, 8), 'red')": "passed",
    "print('begun')\n!exit 3": "failed",
    "y = 1 / 0": "failed",
    "print(y)": "blocked",
    "import idna\nprint(idna.__name__, x)": "passed",
    "from google.colab import files": "skipped",
    "files.upload()": "skipped",
    "from huggingface_hub import hf_hub_download as get\nopen(get('acme/demo', 'a.txt')).read()": "passed",
}


@pytest.fixture
def repo(hub: HubServer) -> HubServer:
    """A repo with two notebooks and a broken one."""
    files: dict[str, str | bytes] = {
        "README.md": CARD,
        "a.txt": "of the repo",
        "demo.ipynb": notebook(*CELLS).text,
        "deadly.ipynb": notebook("z = 1", "import os\nprint('now')\nos.abort()", "print(z)").text,
        "broken.ipynb": "{",
    }
    hub.add(REPO, files)
    return hub


def test_a_notebook_of_the_hub(repo: HubServer, tmp_path: Path, verify: Verify) -> None:
    """A verdict for each cell, its own output, pictures and memory; the executed notebook is saved."""
    open_or_skip("bubblewrap").close()
    saved = tmp_path / "saved"
    arguments = (REPO, "--engine", "bubblewrap", "--notebooks-dir", saved)
    done = verify(*arguments, hub=repo)
    told = {snippet["id"]: snippet for snippet in done.report["snippets"]}
    runs = {name: snippet["runs"][0] for name, snippet in told.items()}

    # the card's own blocks, in a kernel as well
    first, second = (name for name in told if name.startswith("L"))
    assert [runs[first]["verdict"], runs[second]["verdict"]] == ["passed", "passed"], done.stdout
    assert "loop" in runs[first]["stdout"]
    assert runs[second]["stdout"].splitlines()[-1] == "xn--pythn-mua.org"

    cells = [f"demo.ipynb:{number}" for number in range(1, len(CELLS) + 1)]
    assert [runs[cell]["verdict"] for cell in cells] == list(CELLS.values()), done.stdout
    assert {told[cell]["kind"] for cell in cells} == {"notebook"}
    assert {told[cell]["origin"] for cell in cells} == {"notebook"}
    plot, picture, shell, bug, blocked, text = (runs[f"demo.ipynb:{number}"] for number in (3, 4, 5, 6, 7, 8))
    assert [each["media_type"] for each in (*plot["pictures"], *picture["pictures"])] == ["image/png"] * 2
    assert shell["stdout"] == "begun\n"
    assert shell["error"]["message"] == "`!exit 3` ended with exit code 3"
    assert (shell["error"]["document"], shell["error"]["card_line"]) == ("demo.ipynb:5", 2)
    assert bug["error"]["card_text"] == "y = 1 / 0"
    assert 'File "demo.ipynb:6", line 1' in bug["error"]["traceback"]
    assert blocked["reason"].startswith("demo.ipynb:6, which it needs: ")
    assert text["stdout"] == "idna 3\n"
    assert "idna" in text["versions"]
    assert text["memory"]["anonymous_bytes"] > plot["memory"]["anonymous_bytes"] / 2
    assert runs["demo.ipynb:11"]["stdout"] == "'of the repo'\n"

    # a kernel that died, and a notebook that is none
    assert [runs[f"deadly.ipynb:{number}"]["verdict"] for number in (1, 2, 3)] == [
        "passed",
        "failed",
        "blocked",
    ]
    assert "SIGABRT at line 3" in runs["deadly.ipynb:2"]["reason"]
    assert "JSON can't be read" in runs["broken.ipynb"]["reason"]

    executed = json.loads((saved / "demo.ipynb").read_text())
    codes = [cell for cell in executed["cells"] if cell["cell_type"] == "code"]
    assert [cell["source"] for cell in codes] == list(CELLS)
    assert "image/png" in codes[3]["outputs"][0]["data"]
    assert codes[4]["outputs"] == [{"output_type": "stream", "name": "stdout", "text": "begun\n"}]

    # known by now, and saved from what is known
    (saved / "demo.ipynb").unlink()
    again = verify(*arguments, hub=repo)
    reused = [run["reused_from"] for snippet in again.report["snippets"] for run in snippet["runs"]]
    assert sum(when is not None for when in reused) == 13
    assert json.loads((saved / "demo.ipynb").read_text()) == executed
