"""Which web hosts a snippet may speak to, from the command line to the report."""

from pathlib import Path

import pytest

from tests.end_to_end.conftest import Verify

CARD = """# Tiny

```python
from urllib.error import URLError
from urllib.request import urlopen

try:
    urlopen("http://example.org/", timeout=60)
except URLError as error:
    print(error.reason)
```
"""


@pytest.fixture
def card(tmp_path: Path) -> Path:
    path = tmp_path / "README.md"
    path.write_text(CARD)
    return path


@pytest.mark.parametrize("engine_name", ["bubblewrap"], indirect=True)
@pytest.mark.image
@pytest.mark.usefixtures("cpu_image")
def test_what_is_closed_is_refused_and_told(verify: Verify, card: Path) -> None:
    told = verify(card, "--engine", "bubblewrap", "--web", "hub")
    run = told.run_of("L3")
    assert told.report["web"] == "hub"
    assert "web: hub" in told.stdout
    assert (run["verdict"], run["stdout"]) == ("passed", "Forbidden\n")
    assert run["contacts"]["hosts"] == []
    assert run["contacts"]["refused_hosts"] == ["example.org"]

    again = verify(card, "--engine", "bubblewrap", "--web", "hub")
    assert again.run_of("L3")["reused_from"]
    otherwise = verify(card, "--engine", "bubblewrap", "--web", "cdn.example.org,example.com")
    assert otherwise.report["web"] == "cdn.example.org,example.com"
    assert otherwise.run_of("L3")["reused_from"] is None
    assert otherwise.run_of("L3")["contacts"]["refused_hosts"] == ["example.org"]
