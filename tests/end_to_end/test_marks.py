"""Marks in a card's comments, where snippets really run."""

from pathlib import Path

from tests.end_to_end.conftest import Verify

CARD = """\
<!-- verify-snippets: skip reason="needs a camera" -->
```python
print(1 / 0)
```

<!-- verify-snippets: expect-fail -->
```python
print(undefined)
```

<!-- verify-snippets: expect-fail -->
```python
print("works after all")
```

<!-- verify-snippets: timeout=1 -->
```python
import time

time.sleep(60)
```

<!-- verify-snippets: expect-fail timeout=900 -->
```python
import time
time.sleep(60
```

<!-- verify-snippets: profil=cpu-basic needs=none -->
```python
print("fine")
```

<!-- verify-snippets: skip reason="not Python" -->
```python
import time
time.sleep(60
```

<!-- verify-snippets: profile=a100-large -->
```python
print("fine")
```
"""


def test_a_card_is_run_as_its_marks_say(verify: Verify, tmp_path: Path) -> None:
    card = tmp_path / "card.md"
    card.write_text(CARD)
    told = verify(card, "--engine", "bubblewrap", "--fresh")
    runs = {snippet["start_line"]: snippet["runs"][0] for snippet in told.report["snippets"]}
    lines = [n for n, line in enumerate(CARD.splitlines(), 1) if line == "```python"]
    skipped, fails, passes, slow, unreadable, typo, left_out, elsewhere = (runs[line] for line in lines)
    assert (skipped["verdict"], skipped["reason"]) == ("skipped", "the card says: needs a camera")
    assert (fails["verdict"], fails["expected_failure"]) == ("passed", True)
    assert fails["reason"].startswith("failed, as the card says that it does: ")
    assert "undefined" in fails["reason"]
    assert fails["remarks"] == [fails["reason"]]
    assert passes["verdict"] == "contradicted"
    assert passes["reason"] == "the card says that it fails, and it passed"
    assert (slow["verdict"], slow["cause"]["kind"]) == ("failed", "time-limit")
    assert "after 1 s" in slow["reason"]
    assert (unreadable["verdict"], unreadable["expected_failure"]) == ("passed", True)
    assert typo["verdict"] == "passed"
    assert "there is no mark “profil=cpu-basic”; did you mean profile?" in typo["remarks"]
    assert left_out["verdict"] == "skipped"
    assert elsewhere["verdict"] == "skipped"
    assert "the card's own mark names a100-large" in elsewhere["reason"]
    assert told.exit_code == 1
