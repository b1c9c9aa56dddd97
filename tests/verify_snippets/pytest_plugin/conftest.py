"""One card for all tests of the plugin, and pytest as its users start it."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

CARD = """\
# Tiny

```python
greeting = "hello"
print(greeting)
```

```python
import json
import sys

print("to stderr", file=sys.stderr)
number = json.loads("{")
```

```python
print(number)
```

```python
open("/path/to/your/file.csv")
```

```bash
python train.py --epochs 3
```

```python
import os
for name in os.listdir("."):
    print name, "and more"
```

```python
print(1 + 1)
```

Output:

```text
3
```
"""
PASSES, FAILS, BLOCKED, ASKS, SHELL, NO_PYTHON, DIFFERS = "L3", "L8", "L16", "L20", "L24", "L28", "L34"
ALL = [PASSES, FAILS, BLOCKED, ASKS, SHELL, NO_PYTHON, DIFFERS]
BUBBLEWRAP = "--card-engine=bubblewrap"


@dataclass(frozen=True, kw_only=True)
class Session:
    """What one start of pytest came to."""

    exit_code: int
    output: str
    cases: dict[str, ElementTree.Element]

    def properties(self, name: str) -> dict[str, str]:
        """What the JUnit report says of a snippet beside its outcome."""
        return {p.attrib["name"]: p.attrib["value"] for p in self.cases[name].iter("property")}


def start(folder: Path, *arguments: str, **variables: str) -> Session:
    """Start pytest in a folder, and wait for it."""
    report = folder / "junit.xml"
    report.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", "--strict-markers", f"--junit-xml={report}", *arguments]
    done = subprocess.run(
        [*command, "-o", "junit_logging=all", "-rs"],
        cwd=folder,
        env=os.environ | {"COLUMNS": "120", "NO_COLOR": "1"} | variables,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    cases = ElementTree.parse(report).iter("testcase") if report.exists() else ()  # noqa: S314 - our own
    return Session(
        exit_code=done.returncode,
        output=done.stdout + done.stderr,
        cases={case.attrib["name"]: case for case in cases},
    )
