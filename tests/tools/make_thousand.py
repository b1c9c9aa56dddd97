"""Fills a test Hub with an organization of a thousand models, each with a small card of its own.

Their snippets need nothing but Python and, some of them, a library called ``transformers`` (see
``tests.nights.images``), so that a night over all of them is a matter of minutes.

``python -m tests.tools.make_thousand --port PORT`` serves it until it is interrupted.
"""

import argparse
import itertools
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from tests.hub_server import HubServer

PLAIN = """
```python
name = "{repo_id}".split("/")[1]
assert name == "{name}"
print(name)
```
"""

IN_TWO_PARTS = """
```python
words = "{repo_id}".split("/")
```

Then say it:

```python
print(" by ".join(reversed(words)))
```
"""

INSTALLING = """
```bash
pip install six
```

```python
import six

print(six.text_type("{repo_id}"))
```
"""

SUMMARIZING = """
```python
from transformers import pipeline

summarize = pipeline("summarization", model="{repo_id}")
print(summarize("A long story, told in short."))
```
"""

FAILING = (
    """
```python
number = int("{repo_id}")
print(number)
```
""",
    """
```python
words = "{repo_id}".tokenize()
print(words)
```
""",
)

# Every other time that it is asked, the Hub tells an even number of likes (see ``Repo.likes``).
FLIPPING = """
```python
import json
import os
from urllib.request import urlopen

asked = f"{{os.environ['HF_ENDPOINT']}}/api/models/{repo_id}?expand=likes"
likes = json.load(urlopen(asked))["likes"]
assert likes % 2, f"{{likes}} likes are not odd"
```
"""

# Each time that one of them runs, the Hub is asked something that nobody else asks.
TOLD_TO_THE_HUB = "\nAnd then:\n".join(
    f"""
```python
import os
from urllib.request import urlopen

asked = f"{{{{os.environ['HF_ENDPOINT']}}}}/api/models/{{repo_id}}?expand=spaces&part={part}"
print(urlopen(asked).status)
```
"""
    for part in (1, 2, 3)
)


@dataclass(frozen=True, kw_only=True)
class Organization:
    """What an organization has, as repo ids by what must come of them.

    Attributes:
        name: of the organization.
        passing: whose snippets pass, whatever happens.
        summarizing: pass for as long as their library knows the task.
        failing: fail always, for one of the reasons in ``FAILING``.
        flaky: fail and pass by turns, though nothing changes.
        gated: whose files nobody gets.
        without_card: have no README.md.
        snippets: how many there are in all cards that can be read.
    """

    name: str
    passing: list[str] = field(default_factory=list)
    summarizing: list[str] = field(default_factory=list)
    failing: list[str] = field(default_factory=list)
    flaky: list[str] = field(default_factory=list)
    gated: list[str] = field(default_factory=list)
    without_card: list[str] = field(default_factory=list)
    snippets: list[str] = field(default_factory=list)

    @property
    def readable(self) -> list[str]:
        """Models whose snippets run."""
        return [*self.passing, *self.summarizing, *self.failing, *self.flaky]

    @property
    def all(self) -> list[str]:
        """Every model."""
        return [*self.readable, *self.gated, *self.without_card]


def fill(
    hub: HubServer,
    name: str,
    *,
    plain: int = 888,
    in_two_parts: int = 5,
    installing: int = 1,
    summarizing: int = 41,
    failing: int = 10,
    flaky: int = 5,
    gated: int = 30,
    without_card: int = 20,
    plain_card: str = PLAIN,
) -> Organization:
    """Add an organization to a Hub; by default it has a thousand models.

    The popular ones of each kind are mixed, as they would be anywhere.
    """
    made = Organization(name=name)
    for card, count, into in (
        (plain_card, plain, made.passing),
        (IN_TWO_PARTS, in_two_parts, made.passing),
        (INSTALLING, installing, made.passing),
        (SUMMARIZING, summarizing, made.summarizing),
        (FAILING[0], (failing + 1) // 2, made.failing),
        (FAILING[1], failing // 2, made.failing),
        (FLIPPING, flaky, made.flaky),
        (PLAIN, gated, made.gated),
        ("", without_card, made.without_card),
    ):
        for _ in range(count):
            repo_id = f"{name}/m-{len(made.all):04}"
            into.append(repo_id)
            _add(hub, repo_id, card, gated=into is made.gated, flips=into is made.flaky)
    made.snippets.extend(_snippets(hub, made.readable))
    return made


def change(hub: HubServer, repo_id: str, note: str) -> str:
    """Commit a new card to a repo: the same snippets below another sentence; return the commit."""
    repo = hub.store.get("model", repo_id)
    assert repo is not None
    files = {path: file.data for path, file in repo.commits[repo.refs["main"]].items()}
    files["README.md"] += f"\n{note}\n".encode()
    return repo.commit(files)


def _add(hub: HubServer, repo_id: str, card: str, *, gated: bool, flips: bool) -> None:
    name = repo_id.partition("/")[2]
    front = "---\nlibrary_name: transformers\npipeline_tag: summarization\n---\n"
    text = f"{front}# {name}\n{card.format(repo_id=repo_id, name=name)}"
    number = int(name.removeprefix("m-"))
    hub.add(
        repo_id,
        {"README.md": text} if card else {"config.json": "{}"},
        gated=gated,
        downloads=number * 7919 % 10_007,  # prime to each other: every model has another number
        likes=itertools.count() if flips else itertools.repeat(1),
    )


def _snippets(hub: HubServer, repo_ids: list[str]) -> Iterator[str]:
    for repo_id in repo_ids:
        repo = hub.store.get("model", repo_id)
        assert repo is not None
        card = repo.commits[repo.refs["main"]]["README.md"].data.decode()
        yield from itertools.repeat(repo_id, card.count("```python"))


def main() -> None:
    """Serve the thousand; the address goes to stdout."""
    parser = argparse.ArgumentParser(prog="tests.tools.make_thousand", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    arguments = parser.parse_args()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs inherit it ignored
    with suppress(KeyboardInterrupt), HubServer(port=arguments.port) as hub:
        fill(hub, "acme")
        sys.stdout.write(f"HF_ENDPOINT={hub.endpoint}\n")
        sys.stdout.flush()
        threading.Event().wait()


if __name__ == "__main__":
    main()
