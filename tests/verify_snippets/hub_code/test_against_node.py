"""The embedded engine and the bundle say what the npm package says in Node."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.tools.bundle_hub_code import ENTRY, HERE, TASKS, bundle, fetch
from tests.verify_snippets.hub_code.models import MODELS
from verify_snippets.hub_code import generator

_SCRIPT = """
import { readFileSync } from "node:fs";
import "./%s";
const models = JSON.parse(readFileSync(0, "utf-8"));
process.stdout.write(JSON.stringify(models.map((model) => JSON.parse(hubCode(JSON.stringify(model))))));
"""


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the npm package, fetched and checked."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("there is no Node here")
    folder = tmp_path_factory.mktemp("node")
    try:
        fetch(folder, TASKS)
    except subprocess.CalledProcessError as error:
        pytest.skip(f"npm's registry gives no {TASKS.name}: {error.stderr[-200:]}")
    shutil.copyfile(HERE / ENTRY, folder / ENTRY.replace(".js", ".mjs"))
    return folder


def test_every_sample_is_the_one_that_node_gives(package: Path) -> None:
    script = package / "ask.mjs"
    script.write_text(_SCRIPT % ENTRY.replace(".js", ".mjs"))
    asked = json.dumps(list(MODELS.values()))
    done = subprocess.run(["node", script], input=asked, capture_output=True, text=True, check=True)
    for (name, model), told in zip(MODELS.items(), json.loads(done.stdout), strict=True):
        ours = [
            {"library": each.library, "samples": list(each.samples)}
            for each in generator.generate(model).libraries
        ]
        assert ours == told, name


def test_the_script_is_what_bundling_gives(package: Path) -> None:
    out = package / "again.js"
    try:
        bundle(package, out)
    except subprocess.CalledProcessError as error:
        pytest.skip(f"npm's registry gives no esbuild: {error.stderr}")
    except SystemExit as error:
        pytest.skip(str(error))
    own = Path(generator.__file__).with_name("generator.js")
    assert out.read_text(encoding="utf-8") == own.read_text(encoding="utf-8")
