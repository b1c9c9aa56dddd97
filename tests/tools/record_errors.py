"""Records how real snippets really fail: ``python -m tests.tools.record_errors [TITLE ...]``.

Runs the cards in ``tests/data/errors`` under bubblewrap, each snippet in a container of its own, and writes
what the sandbox saw to ``recordings.json`` beside them: of all, of those whose titles are named, or of those
that are ``missing``. The verdicts are not recorded; they are what is tested.
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Collection, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from snippet_images.progress import Progress
from snippet_sandbox.engines import open_engine
from snippet_sandbox.profile import GB, Host, Profile
from tests.hub_server import HubServer
from verify_snippets.images import Images
from verify_snippets.options import Options
from verify_snippets.plan import Plan, Step
from verify_snippets.planner import make_plan
from verify_snippets.ran import Ran
from verify_snippets.report.model import RunReport
from verify_snippets.running import open_runner, run_steps
from verify_snippets.target import load_card

FOLDER = Path(__file__).parent.parent / "data" / "errors"
RECORDINGS = FOLDER / "recordings.json"
OWN_REPO = "acme/tiny-gpt2"
DEMO = Path(__file__).parents[2] / "runners" / "verify_snippets" / "demo_repo"
PROFILE = Profile(name="test-errors", cpus=1, memory_bytes=2 * GB, pids=256, disk_bytes=GB)
KEPT_OF_STDERR = 2000
FROM_TOMORROW = {"model_type": "gpt99", "architectures": ["GPT99ForCausalLM"]}
OWN_CODE = """from transformers import PretrainedConfig, PreTrainedModel
from transformers.models.gpt2.modeling_gpt2 import GPT2ModelOfOld


class OwnConfig(PretrainedConfig):
    model_type = "own"


class OwnModel(PreTrainedModel):
    config_class = OwnConfig
"""


class Screen:
    """Says what runs on standard error."""

    def show(self, progress: Progress) -> None: ...
    def say(self, text: str) -> None: ...
    def planned(self, plan: Plan) -> None: ...
    def started(self, step: Step) -> None:
        """One line for each."""
        sys.stderr.write(f"{title_of(step)}\n")

    def finished(self, step: Step, run: RunReport) -> None: ...


def fill(hub: HubServer) -> None:
    """The repos that the card speaks of."""
    files: dict[str, str | bytes] = {p.name: p.read_bytes() for p in DEMO.iterdir() if p.suffix != ".md"}
    hub.add(OWN_REPO, files)
    hub.add("acme/gated", files, gated=True)
    hub.add("acme/from-tomorrow", files | {"config.json": json.dumps(FROM_TOMORROW)})
    classes = {"AutoConfig": "modeling_own.OwnConfig", "AutoModel": "modeling_own.OwnModel"}
    own = {"model_type": "own", "auto_map": classes}
    hub.add("acme/own-code", files | {"config.json": json.dumps(own), "modeling_own.py": OWN_CODE})


def title_of(step: Step) -> str:
    """The heading that a snippet stands under: ``cause: what fails``."""
    return step.snippet.block.headings[-1].title


def read_plans() -> Iterator[Plan]:
    """What would run of each card; pure, so that tests read the same."""
    for path in sorted(FOLDER.glob("*.md")):
        card = load_card(str(path), repo_id=OWN_REPO, revision=None, listener=Screen().show)
        yield make_plan(card, Host(cpus=8, memory_bytes=32 * GB), profile=PROFILE)


def recorded(ran: Ran) -> dict[str, Any]:
    """What came of one snippet, without what differs from run to run."""
    measured = ran.measurement
    told: dict[str, Any] = {
        "not_installable": ran.not_installable,
        "versions": dict(ran.versions),
        "refused_hosts": list(ran.contacts.refused_hosts),
        "measurement": None,
    }
    if measured is not None:
        told["measurement"] = {
            "ending": measured.ending,
            "exit_code": measured.exit_code,
            "signal": measured.signal,
            "stderr": measured.stderr[-KEPT_OF_STDERR:],
            "parts": [asdict(part) | {"duration_s": None, "laps_s": ()} for part in measured.parts],
        }
    return told


def main() -> None:
    """Run the cards' snippets and write down how they failed.

    In a process of its own: huggingface_hub asks for the Hub's address once, when it is imported.
    """
    endpoint = os.environ.get("HF_ENDPOINT")
    if endpoint:
        record(set(sys.argv[1:]), endpoint)
        return
    with HubServer() as hub:
        fill(hub)
        again = [sys.executable, "-m", "tests.tools.record_errors", *sys.argv[1:]]
        subprocess.run(again, env=os.environ | {"HF_ENDPOINT": hub.endpoint}, check=True)


def record(wanted: set[str], endpoint: str) -> None:
    """Run what is wanted against the Hub at an address."""
    kept = json.loads(RECORDINGS.read_text()) if wanted else {}
    engine = open_engine("bubblewrap")
    images = Images(engine, Screen().show)
    options = Options(engine="bubblewrap", time_limit_s=60.0)
    for plan in read_plans():
        steps = [step for step in plan.steps if step.runs and is_wanted(title_of(step), wanted, kept)]
        with open_runner(plan.card, options, Screen(), threading.Event(), engine, images.get) as runner:
            for ran in run_steps(steps, runner, Screen()):
                if ran.trouble:
                    sys.exit(f"{title_of(ran.step)}: {ran.trouble}")
                kept[title_of(ran.step)] = recorded(ran)
                write(kept, endpoint)
    engine.close()


def is_wanted(title: str, wanted: Collection[str], kept: Collection[str]) -> bool:
    """Whether a snippet is to be run."""
    return not wanted or title in wanted or ("missing" in wanted and title not in kept)


def write(kept: dict[str, Any], endpoint: str) -> None:
    """Write the recordings, as if the real Hub had answered and Python lay where it usually does."""
    text = json.dumps(kept, indent=1, sort_keys=True, ensure_ascii=False)
    text = text.replace(sys.base_prefix, "/usr/local")
    RECORDINGS.write_text(text.replace(endpoint, "https://huggingface.co") + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
