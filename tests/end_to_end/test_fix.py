"""``fix`` in real containers: each cure is tried, and only what then runs is offered."""

from pathlib import Path

import pytest

from tests.end_to_end.conftest import Outcome, Verify
from tests.hub_server import HubServer
from verify_snippets.patching import unified

pytestmark = [pytest.mark.image, pytest.mark.usefixtures("cpu_image")]

OLD_HUB = "from huggingface_hub import cached_download, hf_hub_url"
HUB = "from huggingface_hub import hf_hub_download as get"
# {cure: (what the card says, what it says once mended)}: a card with one snippet for each
CURES = {
    "missing-package": ("from dotenv import load_dotenv", "from dotenv import load_dotenv"),
    "renamed-argument": (
        f'{HUB}\nget("acme/tiny", "config.json", use_auth_token=True)',
        f'{HUB}\nget("acme/tiny", "config.json")',
    ),
    "renamed-name": ("import numpy\nprint(numpy.float_(1))", "import numpy\nprint(numpy.float64(1))"),
    "missing-import": ("print(json.dumps(1))", "import json\nprint(json.dumps(1))"),
    "own-repo": (
        f'{HUB}\nget("acme/tinny", "config.json")',
        f'{HUB}\nget("acme/tiny", "config.json")',
    ),
    "own-repo (placeholder)": (
        'from huggingface_hub import snapshot_download\nsnapshot_download("your-model-name")',
        'from huggingface_hub import snapshot_download\nsnapshot_download("acme/tiny")',
    ),
    "cpu-device": (
        'import torch\nprint(torch.ones(2).to("cuda"))',
        'import torch\nprint(torch.ones(2).to("cpu"))',
    ),
    "hub-download": (
        f'{OLD_HUB}\ncached_download(hf_hub_url("acme/tiny", "config.json"))',
        'from huggingface_hub import hf_hub_download\nhf_hub_download("acme/tiny", "config.json")',
    ),
    "syntax": ("import math\nprint(“pi”, math.pi)", 'import math\nprint("pi", math.pi)'),
    "missing-import, renamed-name": (
        "def half(x):\n    return np.float_(x) / 2\n\nprint(half(1))",
        "import numpy as np\ndef half(x):\n    return np.float64(x) / 2\n\nprint(half(1))",
    ),
}
INSTALL = "# Tiny\n\nIt runs on a CPU, too.\n\n```bash\npip install numpy{}\n```\n"
BROKEN = "raise ValueError('past mending')"


def card(codes: list[str], packages: str = "") -> str:
    """A card with a section for each snippet."""
    sections = [f"\n## Part {n}\n\n```python\n{code}\n```\n" for n, code in enumerate(codes)]
    return INSTALL.format(packages) + "".join(sections)


def repairs(outcome: Outcome) -> dict[str, dict[str, object]]:
    """The repairs that the report lists, by their cure; the second of one kind by its number."""
    found: dict[str, dict[str, object]] = {}
    for repair in outcome.report["repairs"]:
        name = repair["cure"] if repair["cure"] not in found else f"{repair['cure']} (placeholder)"
        found[name] = repair
    return found


@pytest.mark.parametrize("engine_name", ["bubblewrap"], indirect=True)
def test_every_cure_is_tried_and_offered(tmp_path: Path, verify: Verify, engine_name: str) -> None:
    """The mended card is the one that its author would have written; what can't be mended is said."""
    folder = tmp_path / "repo"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    before = card([*(code for code, _ in CURES.values()), BROKEN]).replace("\n", "\r\n")
    after = card([*(code for _, code in CURES.values()), BROKEN], " python-dotenv").replace("\n", "\r\n")
    (folder / "README.md").write_bytes(before.encode())
    with HubServer() as hub:
        outcome = verify("fix", folder, "--repo-id", "acme/tiny", "--engine", engine_name, "--write", hub=hub)
    assert set(repairs(outcome)) == set(CURES), outcome.stderr
    assert (folder / "README.md").read_bytes().decode() == after
    assert outcome.exit_code == 1
    assert "past mending" in outcome.stderr
    for repair in outcome.report["repairs"]:
        assert repair["versions"]["python"]
        assert repair["duration_s"] > 0
    assert outcome.stdout == unified(before, after, "README.md").replace("\r\n", "\n")  # as text it came here


@pytest.mark.parametrize("engine_name", [pytest.param("docker", marks=pytest.mark.docker)], indirect=True)
def test_a_card_on_the_hub_gets_one_pull_request(verify: Verify, hub: HubServer, engine_name: str) -> None:
    """Opened once; found up to date the second time; updated once the card has changed."""
    broken, mended = CURES["missing-import"]
    text = (
        "\ufeff---\r\nlicense: mit\r\n---\r\n# T  \r\n```sh\r\npip install -q huggingface_hub \r\n```\r\n"
        f"```python\r\n{broken}\r\n```\r\n```py\r\nfrom huggingface_hub import HfFolder\r\n```\r\nno end"
    )
    repo = hub.add("acme/tiny", {"README.md": text.encode(), "config.json": "{}"})
    arguments = ("fix", "acme/tiny", "--engine", engine_name, "--create-pr")
    refused = verify(*arguments, hub=hub)
    assert refused.exit_code == 2
    assert "token" in refused.stderr
    dry = verify(*arguments, "--dry-run", hub=hub, HF_TOKEN="hf_reader")
    assert (dry.exit_code, repo.pull_requests) == (0, [])
    said = [verify(*arguments, hub=hub, HF_TOKEN="hf_reader").stderr for _ in range(2)]
    assert "pull request opened" in said[0], said[0]
    assert "up to date already" in said[1]
    repo.commit({"README.md": text.replace("# T", "# Tiny").encode(), "config.json": "{}"})
    assert "pull request updated" in verify(*arguments, hub=hub, HF_TOKEN="hf_reader").stderr
    (pull,) = repo.pull_requests
    expected = text.replace("# T", "# Tiny").replace(broken, mended.replace("\n", "\r\n"))
    expected = expected.replace("-q huggingface_hub ", '-q "huggingface_hub<1" ')
    assert repo.commits[repo.refs[pull.ref]]["README.md"].data == expected.encode()
    assert set(repo.commits[repo.refs[pull.ref]]) == {"README.md", "config.json"}
    assert "`json` is used and never imported" in pull.body
    assert "`HfFolder` was removed in huggingface_hub 1.0.0" in pull.body
    assert "hf_reader" not in pull.body
