"""Every engine that answers on this host passes the one set of checks."""

import os

import pytest

from snippet_images.progress import silent
from snippet_sandbox import testing
from snippet_sandbox.engine import Engine

pytestmark = pytest.mark.alone


@pytest.mark.parametrize("check", testing.CHECKS.values(), ids=testing.CHECKS.keys())
def test_promise(engine: Engine, check: testing.Check, request: pytest.FixtureRequest) -> None:
    """Each promise holds on each engine."""
    rootless = "rootless" in request.node.name
    if rootless and check is testing.processes_are_limited and os.getuid() == 0:
        pytest.skip("the kernel exempts root from RLIMIT_NPROC, by which a rootless sandbox limits processes")
    engine.ensure_image(testing.IMAGE, silent)
    check(engine)
