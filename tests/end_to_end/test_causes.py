"""One card with a snippet for every cause there is, in real containers: each gets the cause it deserves."""

from pathlib import Path

import pytest

from tests.end_to_end.conftest import Verify
from tests.hub_server import HubServer
from verify_snippets.causes import Cause

INSTALLS = {
    Cause.NOT_INSTALLABLE: "pip install surely-nobody-published-this",
    Cause.VERSION_TOO_OLD: "pip install humanize==4.4.0",
}
CODES = {
    Cause.UNDECLARED_DEPENDENCY: "import fitz\nprint(fitz.open())",
    Cause.NOT_INSTALLABLE: "import json\nprint(json.dumps(1))",
    Cause.VERSION_TOO_NEW: "from huggingface_hub import cached_download\nprint(cached_download)",
    Cause.VERSION_TOO_OLD: "from humanize import natural_list\nprint(natural_list(['a', 'b']))",
    Cause.MISSING_INPUT: "with open('questions' + '.csv') as file:\n    print(file.read())",
    Cause.WRONG_REPO: "from huggingface_hub import hf_hub_download\nhf_hub_download('acme/modle', 'a.json')",
    Cause.GATED: "from huggingface_hub import hf_hub_download\nhf_hub_download('acme/secret', 'a.json')",
    Cause.NEEDS_GPU: "import torch\nprint(torch.ones(1).to('cud' + 'a'))",
    Cause.OUT_OF_MEMORY: "import numpy\nprint(numpy.ones((1 << 20, 1 << 24)))",
    Cause.TIME_LIMIT: "import time\nwhile True:\n    time.sleep(0.1)",
    Cause.NETWORK_REFUSED: "import requests\nprint(requests.get('http://10.1.2.3/a.json', timeout=9).json())",
    Cause.SYNTAX_ERROR: "answer = 42\nprint(answer)\nreturn answer",
    Cause.NEEDS_KEYBOARD: "name = input('> ')\nprint(name)",
    Cause.NEEDS_DISPLAY: "import tkinter\nwindow = tkinter.Tk()",
    Cause.EXTERNAL_SERVICE: "import os\nprint(len(os.environ['OPENAI_API_KEY']))",
    Cause.CARD_BUG: "scores = {'a': 1}\nprint(scores['label'])",
}


def card() -> str:
    """A section for each cause."""
    sections = []
    for cause, code in CODES.items():
        install = f"```bash\n{INSTALLS[cause]}\n```\n\n" if cause in INSTALLS else ""
        sections.append(f"## {cause}\n\n{install}```python\n{code}\n```\n")
    return "# Model\n\n" + "\n".join(sections)


@pytest.mark.usefixtures("cpu_image")
def test_every_cause(verify: Verify, engine_name: str, hub: HubServer, tmp_path: Path) -> None:
    """The report says of each snippet why it failed; the one that only lacks a GPU is skipped."""
    hub.add("acme/model", {"a.json": "{}"})
    hub.add("acme/secret", {"a.json": "{}"}, gated=True)
    path = tmp_path / "README.md"
    path.write_text(card())
    done = verify(path, "--engine", engine_name, "--repo-id", "acme/model", "--timeout", "25", hub=hub)
    assert done.exit_code == 1, done.stderr
    runs = [run for snippet in done.report["snippets"] for run in snippet["runs"]]
    python = [run for run in runs if "not Python" not in run["reason"]]
    assert [run["cause"] and run["cause"]["kind"] for run in python] == list(CODES), done.stdout
    by_cause = dict(zip(CODES, python, strict=True))
    assert {run["verdict"] for cause, run in by_cause.items() if cause != Cause.NEEDS_GPU} == {"failed"}
    assert by_cause[Cause.NEEDS_GPU]["verdict"] == "skipped"
    assert by_cause[Cause.WRONG_REPO]["cause"]["subjects"] == {
        "repo": "acme/modle",
        "replacement": "acme/model",
    }
    gone = by_cause[Cause.VERSION_TOO_NEW]
    assert gone["cause"]["subjects"]["since"] == "0.26.0"
    assert "was removed in huggingface_hub 0.26.0" in gone["reason"]
    assert by_cause[Cause.NETWORK_REFUSED]["cause"]["subjects"] == {"host": "10.1.2.3"}
