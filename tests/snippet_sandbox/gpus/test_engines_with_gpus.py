"""Every engine that answers on a host with GPUs keeps its promises for jobs with them."""

import pytest

from snippet_images.progress import silent
from snippet_sandbox import testing_gpus
from snippet_sandbox.engine import Engine
from snippet_sandbox.testing import Check

pytestmark = pytest.mark.alone


@pytest.mark.parametrize("check", testing_gpus.CHECKS.values(), ids=testing_gpus.CHECKS.keys())
def test_promise(engine: Engine, check: Check) -> None:
    """Each promise holds on each engine; skipped with its reason where there is no GPU."""
    if reason := testing_gpus.why_not():
        pytest.skip(reason)
    engine.ensure_image(testing_gpus.IMAGE, silent)
    check(engine)
