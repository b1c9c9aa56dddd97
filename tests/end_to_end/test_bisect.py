"""--bisect, in real containers with real libraries from a real package index."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Verify, open_or_skip

pytestmark = pytest.mark.image

CARD = """---
library_name: transformers
---
```python
from transformers import AutoModelWithLMHead, AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained("acme/tiny-gpt2")
model = AutoModelWithLMHead.from_pretrained("acme/tiny-gpt2")
print(model.generate(**tokenizer("The quick", return_tensors="pt"), max_new_tokens=3).shape)
```

```python
from transformers import AutoModelForWishfulThinking
```

```python
print(undefined)
```
"""


@pytest.fixture
def checkout(tiny_repos: Path, tmp_path: Path) -> Path:
    """A repo whose card was last changed when transformers 4.57.1 was current."""
    folder = tmp_path / "tiny-gpt2"
    shutil.copytree(tiny_repos / "acme" / "tiny-gpt2", folder)
    (folder / "README.md").write_text(CARD)
    moment = "2025-11-20T12:00:00+00:00"
    environment = {"PATH": "/usr/bin:/bin", "GIT_AUTHOR_DATE": moment, "GIT_COMMITTER_DATE": moment}
    author = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    for words in (["init", "-q"], ["add", "."], [*author, "commit", "-q", "-m", "first", "--no-gpg-sign"]):
        subprocess.run(["git", "-C", folder, *words], check=True, env=environment)
    return folder


def test_rot_is_told_from_what_never_worked(checkout: Path, verify: Verify) -> None:
    """To the release; what no library can be blamed for is not tried."""
    open_or_skip("bubblewrap").close()
    arguments = (checkout, "--repo-id", "acme/tiny-gpt2", "--engine", "bubblewrap", "--bisect")
    done = verify(*arguments)
    assert done.verdicts() == ["failed"] * 3, done.stderr
    broken = done.run_of("L4")["rot"]
    assert broken["sentence"] == "worked with transformers 4.57.6, fails since 5.0.0", done.stderr
    assert (broken["as_of"], broken["verdict"], broken["library"]) == ("2025-11-20", "passed", "transformers")
    assert (broken["works_with"], broken["fails_since"]) == ("4.57.6", "5.0.0")
    assert broken["versions"]["transformers"] == "4.57.1"
    assert re.match(r"0\.\d+", broken["versions"]["huggingface-hub"])

    never = done.run_of("L12")["rot"]
    assert never["sentence"] == (
        "failed then, too: it never worked with what was current on 2025-11-20 (transformers 4.57.1)"
    )
    assert (never["verdict"], never["library"]) == ("failed", "")
    assert done.run_of("L16")["rot"] is None
    assert "trying with transformers 5.0.0" in done.stderr
    assert broken["sentence"] in done.stdout
