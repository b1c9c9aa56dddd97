"""Every engine that answers on this host passes the one set of checks."""

import pytest

from snippet_images.progress import silent
from snippet_sandbox import testing
from snippet_sandbox.engine import Engine


@pytest.mark.parametrize("check", testing.CHECKS.values(), ids=testing.CHECKS.keys())
def test_promise(engine: Engine, check: testing.Check) -> None:
    """Each promise holds on each engine."""
    engine.ensure_image(testing.IMAGE, silent)
    check(engine)
