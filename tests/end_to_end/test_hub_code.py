"""The Hub's own code of real repos, in real containers, beside a card's."""

from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from snippet_images.progress import silent
from snippet_sandbox.job import Job, Mount
from snippet_sandbox.profile import PROFILES
from tests.end_to_end.conftest import TOOLS, Verify, files_of, open_or_skip
from tests.hub_server import HubServer
from verify_snippets.hub_code import generator

pytestmark = [pytest.mark.image, pytest.mark.usefixtures("cpu_image")]

CARD = """---
library_name: transformers
pipeline_tag: {task}
---
# A model

```python
from transformers import AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained("acme/model")
```
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two of the tiny repos of ``make_tiny_library_repos``."""
    folder = tmp_path_factory.mktemp("libraries")
    engine = open_or_skip("bubblewrap")
    engine.ensure_image("cpu", silent)
    script = "/run/tools/make_tiny_library_repos.py"
    done = engine.run(
        Job(
            image="cpu",
            profile=PROFILES["cpu-basic"],
            command=("/opt/venv/bin/python", script, "/run/made", "chat", "text-classification"),
            mounts=(
                Mount(source=TOOLS, target=PurePosixPath("/run/tools")),
                Mount(source=folder, target=PurePosixPath("/run/made"), writable=True),
            ),
        )
    )
    engine.close()
    assert done.exit_code == 0, done.stderr
    return folder / "acme"


def by_id(report: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Each snippet by its id."""
    return {snippet["id"]: snippet for snippet in report["snippets"]}


@pytest.mark.parametrize("engine_name", ["bubblewrap"], indirect=True)
def test_a_chat_model_in_a_folder(made: Path, tmp_path: Path, verify: Verify, engine_name: str) -> None:
    """What the Hub would show once it is there is run before it is, and no line of the card is marked."""
    (made / "chat" / "README.md").write_text(CARD.format(task="text-generation"))
    page, log = tmp_path / "page.html", tmp_path / "github.log"
    wanted = ["--report", f"html:{page}", "--report", f"github:{log}"]
    done = verify(made / "chat", "--repo-id", "acme/model", "--engine", engine_name, *wanted, hub_code=True)
    assert done.exit_code == 0, done.stdout + done.stderr
    found = by_id(done.report)
    assert list(found) == ["L7", "hub:transformers:1", "hub:transformers:2"]
    assert done.verdicts() == ["passed"] * 3
    assert done.report["hub_code"] == generator.version()
    chat, direct = found["hub:transformers:1"], found["hub:transformers:2"]
    assert (chat["origin"], chat["document"], chat["start_line"]) == ("hub", "hub:transformers", 1)
    assert "messages" in chat["code"]
    assert direct["runs"][0]["stdout"].strip()  # it prints what the model answers
    assert found["L7"]["code"] == ""
    assert "The Hub&#39;s own code" in page.read_text() or "The Hub's own code" in page.read_text()
    assert "hub:transformers" not in log.read_text()  # nothing to annotate


@pytest.mark.parametrize("engine_name", ["bubblewrap"], indirect=True)
def test_metadata_that_are_wrong_fail(
    hub: HubServer, made: Path, tmp_path: Path, verify: Verify, engine_name: str
) -> None:
    """A task that the model can't do is seen by the Hub's code alone."""
    files = files_of(made / "text-classification") | {"README.md": CARD.format(task="image-classification")}
    hub.add("acme/model", files).told = {
        "tags": ["transformers"],
        "library_name": "transformers",
        "pipeline_tag": "image-classification",
        "transformersInfo": {
            "auto_model": "AutoModelForSequenceClassification",
            "processor": "AutoTokenizer",
        },
    }
    log = tmp_path / "github.log"
    asked = ["acme/model", "--engine", engine_name, "--report", f"github:{log}"]
    done = verify(*asked, hub=hub, hub_code=True)
    assert done.exit_code == 1, done.stdout + done.stderr
    assert done.verdicts() == ["passed", "failed", "passed"]
    failed = done.run_of("hub:transformers:1")
    assert failed["reason"].startswith("the card's own repo `acme/model` has no `preprocessor_config.json`")
    assert "the Hub made this code from the card's library_name, pipeline_tag" in failed["reason"]
    assert failed["error"]["document"] == "hub:transformers:1"
    assert failed["error"]["card_line"] == 4
    assert failed["error"]["card_text"].startswith('pipe = pipeline("image-classification"')
    (error,) = [line for line in log.read_text().splitlines() if line.startswith("::error")]
    assert "line=" not in error.partition("::")[2].partition("::")[0]
    without = verify("plan", "acme/model", "--no-hub-code", hub=hub)
    assert "hub:" not in without.stdout
