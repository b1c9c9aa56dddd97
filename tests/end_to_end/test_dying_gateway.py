"""A gateway that dies under a snippet: the snippet isn't blamed, and the other steps are told."""

import threading

import pytest

from snippet_images.progress import silent
from snippet_sandbox.gateway.gateway import Gateway
from snippet_sandbox.profile import Host
from tests.end_to_end.conftest import open_or_skip
from tests.runners import runner_in
from tests.snippet_sandbox.gateway.test_dying import kill
from verify_snippets.card import Card, Source
from verify_snippets.planner import make_plan
from verify_snippets.run import Ready
from verify_snippets.verdict import Verdict, judge

pytestmark = pytest.mark.alone

HOST = Host(cpus=2, memory_bytes=8 * 10**9)
CODE = """
import time
from urllib.request import urlopen

time.sleep(3)
urlopen("http://example.org/", timeout=5)
"""


@pytest.mark.image
def test_a_step_is_broken_and_the_next_one_too() -> None:
    engine = open_or_skip("bubblewrap")
    text = f"```python{CODE}```\n\n```python\nprint('next')\n```\n"
    plan = make_plan(Card(text=text, sha256="", source=Source.FILE, location="README.md"), HOST)
    first, second = plan.steps
    with Gateway() as gateway:
        runner = runner_in(engine, gateway, engine.ensure_image("bare", silent), time_limit_s=60)
        ready = runner.prepare(first)
        assert isinstance(ready, Ready)
        with ready:
            threading.Timer(1.0, kill, [gateway]).start()
            told = judge(ready.run())
        assert (told.verdict, told.reason) == (Verdict.BROKEN, "the gateway died while the job ran")
        after = runner.prepare(second)
        assert not isinstance(after, Ready)
        assert judge(after).verdict is Verdict.BROKEN
    engine.close()
