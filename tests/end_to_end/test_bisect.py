"""--bisect, in real containers with real libraries from a real package index."""

import subprocess
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Verify, open_or_skip

pytestmark = pytest.mark.image

# Small, quickly installed, and a break that many cards ran into.
CARD = """# A card

```python
from huggingface_hub import HfFolder

print(HfFolder.get_token())
```

```python
from huggingface_hub import NeverThere
```
"""
DAY = "2025-09-01"


@pytest.fixture
def card(tmp_path: Path) -> Path:
    """A card that was last changed when huggingface_hub 0.34.4 was current."""
    file = tmp_path / "repo" / "README.md"
    file.parent.mkdir()
    file.write_text(CARD)
    moment = f"{DAY}T12:00:00+00:00"
    environment = {"PATH": "/usr/bin:/bin", "GIT_AUTHOR_DATE": moment, "GIT_COMMITTER_DATE": moment}
    author = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    for words in (["init", "-q"], ["add", "."], [*author, "commit", "-q", "-m", "first", "--no-gpg-sign"]):
        subprocess.run(["git", "-C", file.parent, *words], check=True, env=environment)
    return file


def test_rot_is_told_from_what_never_worked(card: Path, verify: Verify) -> None:
    """To the release."""
    open_or_skip("bubblewrap").close()
    done = verify(card, "--engine", "bubblewrap", "--bisect")
    assert done.verdicts() == ["failed", "failed"], done.stderr
    broken, never = (done.run_of(name)["rot"] for name in ("L3", "L9"))
    assert broken["sentence"] == "worked with huggingface-hub 0.36.2, fails since 1.0.0", done.stderr
    assert (broken["as_of"], broken["verdict"], broken["library"]) == (DAY, "passed", "huggingface-hub")
    assert (broken["works_with"], broken["fails_since"]) == ("0.36.2", "1.0.0")
    assert broken["versions"]["huggingface-hub"] == "0.34.4"
    assert never["sentence"] == (
        f"failed then, too: it never worked with what was current on {DAY} (huggingface-hub 0.34.4)"
    )
    assert (never["verdict"], never["library"]) == ("failed", "")
    assert "trying with huggingface-hub 1.0.0" in done.stderr
    assert broken["sentence"] in done.stdout
